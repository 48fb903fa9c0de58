"""Reads what Amazon Transcribe wrote of a recording: the same turns from either engine (X3).

Call Analytics writes Contact Lens's file but for a few fields, and is read with the same code. Standard
transcription writes words with times, of which turns are made here, or sentences where it has them: by
channel, by speaker, or of one voice (facts/speech-analysis.md 5.2).
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connect_zendesk.amazon_connect import contact_file_json, contact_files
from connect_zendesk.amazon_connect.contact_file_json import CHANNEL_ITEMS, ITEMS, SEGMENTS, NotAContactFile
from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.amazon_connect.values import mapping, mappings, text
from connect_zendesk.amazon_transcribe.utterances import Utterance, utterances
from connect_zendesk.rules import wording
from connect_zendesk.rules.transcripts.conversation import Conversation, Numbers, Participant, Role, Turn

__all__ = ["NotAContactFile", "Recorded", "open"]

#: Channels of Amazon Connect's recordings: everybody but the leg's agent is on the first (facts 2).
_CHANNELS: Mapping[str, Role] = {"ch_0": "customer", "ch_1": "agent"}


@dataclass(frozen=True)
class Recorded:
    """What is known of the recording that a file is of, from what was asked of the service.

    ``locale`` is Amazon Transcribe's code, ``spaced`` whether its words have spaces between them,
    ``channels`` how many were read apart, ``seconds`` the length. ``voicemail``: a message by a caller.
    """

    leg: str
    locale: str
    spaced: bool = True
    channels: int = 2
    seconds: float = 0
    voicemail: bool = False


def open(path: Path, recorded: Recorded) -> Conversation:  # noqa: A001
    """Return what a file of Amazon Transcribe's says; it stays on disk while it is read.

    Raises `NotAContactFile` where it is not JSON, is truncated, or is neither engine's.
    """
    facts = contact_file_json.facts(path)
    if not isinstance(facts.get("results"), dict):
        file = ContactFile("", "", None, None, recorded.leg, "lens_voice", redacted=False)
        return replace(contact_files.open(file, path), kind="call_analytics")
    turns = _Turns(path, facts, recorded)
    people, talk = _gone_through(turns)
    length = round(recorded.seconds * 1000)
    return Conversation(
        "voicemail" if recorded.voicemail else "transcription",
        recorded.leg,
        turns,
        redacted=facts.get("isRedacted") is True,
        language=recorded.locale,
        participants=people,
        numbers=Numbers(duration=length or None, talk={} if recorded.voicemail else talk),
    )


class _Turns:
    """The turns of a standard transcription, made of the file each time that they are gone through."""

    def __init__(self, path: Path, facts: Mapping[str, Any], recorded: Recorded) -> None:
        self._path, self._recorded = path, recorded
        results = mapping(facts.get("results"))
        listed = mappings(mapping(results.get("channel_labels")).get("channels"))
        self._channels = [
            text(one.get("channel_label")) or f"ch_{number}" for number, one in enumerate(listed)
        ]
        self._whole = next(
            (text(one.get("transcript")) for one in mappings(results.get("transcripts"))), None
        )
        first = next(contact_file_json.entries(path, SEGMENTS), {})
        self._in_sentences = bool(first) and (not self._channels or "channel_label" in first)

    def __iter__(self) -> Iterator[Turn]:
        empty = True
        for said in self._said():
            empty = False
            yield self._turn(said)
        if empty and self._whole:  # no times at all: still what was said
            yield self._turn(Utterance(0, 0, self._whole, ""))

    def _said(self) -> Iterator[Utterance]:
        if not self._channels:
            return self._read(lambda _: True)
        heard = [
            (number, label)
            for number, label in enumerate(self._channels)
            if not self._recorded.voicemail or _CHANNELS.get(label) == "customer"
        ]
        each = [self._of_channel(number, label) for number, label in heard]
        return heapq.merge(*each, key=lambda said: (said.begins, said.ends))

    def _of_channel(self, number: int, label: str) -> Iterator[Utterance]:
        if self._in_sentences:
            return self._read(lambda entry: entry.get("channel_label") == label)
        found = contact_file_json.entries(self._path, CHANNEL_ITEMS, number)
        return utterances(found, spaced=self._recorded.spaced, speaker=label)

    def _read(self, of_side: Callable[[Mapping[str, Any]], bool]) -> Iterator[Utterance]:
        if not self._in_sentences:
            return utterances(
                contact_file_json.entries(self._path, ITEMS), spaced=self._recorded.spaced, speaker=None
            )
        found = filter(of_side, contact_file_json.entries(self._path, SEGMENTS))
        return filter(None, map(Utterance.of_segment, found))

    def _turn(self, said: Utterance) -> Turn:
        role, name = self._speaker(said.speaker)
        return Turn(
            "message",
            role,
            name=name,
            text=said.text,
            participant=said.speaker or None,
            offset=said.begins,
            ends=said.ends,
        )

    def _speaker(self, label: str) -> tuple[Role, str | None]:
        if self._recorded.voicemail:
            return "customer", None
        if label in _CHANNELS:
            return _CHANNELS[label], None
        number = label.rpartition("_")[2]
        return "other", wording.SPEAKER.format(number=int(number) + 1) if number.isdecimal() else None


def _gone_through(turns: _Turns) -> tuple[tuple[Participant, ...], dict[Role, int]]:
    """Return who spoke, and for how many milliseconds each side did."""
    people: dict[tuple[str, Role], Participant] = {}
    talk: dict[Role, int] = {}
    for turn in turns:
        who = (turn.participant or "", turn.role)
        people.setdefault(who, Participant(who[0], turn.role, turn.name))
        talk[turn.role] = talk.get(turn.role, 0) + max(0, (turn.ends or 0) - (turn.offset or 0))
    return tuple(people.values()), talk
