"""What is said in a recording, and what the service hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from local.stand_ins.transcribe import languages
from local.stand_ins.transcribe.wav import Wav

CUSTOMER, AGENT = 0, 1  # facts/speech-analysis.md 2: left is the customer and everybody else
MOODS = ("POSITIVE", "NEGATIVE", "NEUTRAL", "MIXED")
#: What there is to be detected in a turn, by its name in a script and in a result.
DETECTED = {"issues": "IssuesDetected", "outcomes": "OutcomesDetected", "actions": "ActionItemsDetected"}
REDACTED = "[PII]"
_PERSONAL = re.compile(r"\[\[(?P<text>.+?)\|(?P<type>[A-Z_]+)\]\]")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*|[^\w\s]")
_CHARACTER = re.compile(r"[A-Za-z0-9]+|\w|[^\w\s]")
_PACE, _PAUSE = 300, 500  # milliseconds: a word, and between two turns
_NOT_UNDERSTOOD = "um"


class ScriptError(ValueError):
    """A script that cannot be read; the message says where."""


@dataclass(frozen=True)
class Word:
    """A word or a mark, from `begin` to `end` in milliseconds; `personal`: the kind of data it is of."""

    text: str
    begin: int
    end: int
    personal: str = ""

    @property
    def kind(self) -> Literal["pronunciation", "punctuation"]:
        """How results name it."""
        marks = self.text != REDACTED and not any(character.isalnum() for character in self.text)
        return "punctuation" if marks else "pronunciation"


@dataclass(frozen=True)
class Turn:
    """What one speaker says without a break, as it is heard; `detected` are parts of `text` by kind."""

    channel: int
    speaker: str
    text: str
    words: tuple[Word, ...]
    confidence: float
    mood: str
    detected: Mapping[str, tuple[str, ...]]

    @property
    def begin(self) -> int:
        """When it begins, in milliseconds of the recording."""
        return self.words[0].begin

    @property
    def end(self) -> int:
        """When it ends."""
        return self.words[-1].end


def check(said: Mapping[str, Any]) -> None:
    """Raise ScriptError unless this is a script: a language, and what is said by whom."""
    lines = said.get("said", [])
    if not isinstance(said.get("language"), str) or not isinstance(lines, list):
        raise ScriptError("a script has a language, such as en-GB, and a list of what is said")
    for number, line in enumerate(lines, 1):
        if line.get("by") not in ("customer", "agent") or not isinstance(line.get("text"), str):
            raise ScriptError(f"line {number}: by is customer or agent, and text is what is said")
        if line.get("mood", "NEUTRAL") not in MOODS:
            raise ScriptError(f"line {number}: mood is one of {', '.join(MOODS)}")


def length(said: Mapping[str, Any]) -> float:
    """Return how many seconds a recording needs in which all of this is said."""
    ends = [turn.end for turn in _turns(said, 2, redacted=False, understood=True)]
    return max(float(said.get("seconds", 0)), (max(ends) + _PAUSE) / 1000 if ends else 2.0)


def hear(wav: Wav, locale: str, *, redacted: bool) -> list[Turn]:
    """Return what is heard of a recording in a language, by when it begins; nothing where it is silent.

    What is said in another language is not understood, and what lies behind the end is not there.
    """
    if wav.said is None:
        return []
    understood = languages.primary(str(wav.said["language"])) == languages.primary(locale)
    turns = _turns(wav.said, wav.channels, redacted=redacted, understood=understood)
    heard = [turn for turn in turns if turn.end <= wav.seconds * 1000]
    return sorted(heard, key=lambda turn: turn.begin)


def _turns(said: Mapping[str, Any], channels: int, *, redacted: bool, understood: bool) -> Iterator[Turn]:
    free = _PAUSE
    for line in said.get("said", []):
        begin = int(line["at"] * 1000) if "at" in line else free
        text = line["text"] if understood else _not_understood(line["text"])
        words = tuple(_words(text, begin, str(said["language"]), redacted=redacted))
        if not words:
            continue
        free = words[-1].end + _PAUSE
        yield Turn(
            channel=min(channels - 1, AGENT if line["by"] == "agent" else CUSTOMER),
            speaker=line["by"],
            text=_plain(text, redacted=redacted),
            words=words,
            confidence=0.98 if understood else 0.2,
            mood=line.get("mood", "NEUTRAL") if understood else "NEUTRAL",
            detected={
                kind: tuple(_plain(part, redacted=redacted) for part in line.get(kind, ()) if understood)
                for kind in DETECTED
            },
        )


def _words(text: str, begin: int, locale: str, *, redacted: bool) -> Iterator[Word]:
    words = _WORD if languages.is_spaced(locale) else _CHARACTER
    at = begin
    for part, personal in _parts(text):
        for found in [REDACTED] if personal and redacted else words.findall(part):
            word = Word(found, at, at + _PACE, personal)
            if word.kind == "punctuation":
                word = Word(found, at, at)
            at = word.end
            yield word


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Return the parts of a text, each with the kind of personal data that it is, or nothing."""
    at = 0
    for mark in _PERSONAL.finditer(text):
        yield text[at : mark.start()], ""
        yield mark["text"], mark["type"]
        at = mark.end()
    yield text[at:], ""


def _plain(text: str, *, redacted: bool) -> str:
    return _PERSONAL.sub(REDACTED if redacted else r"\g<text>", text)


def _not_understood(text: str) -> str:
    return " ".join([_NOT_UNDERSTOOD] * max(1, len(_plain(text, redacted=False).split()))) + "."
