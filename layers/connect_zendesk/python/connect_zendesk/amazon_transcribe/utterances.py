"""Makes what one speaker said at one time out of words with times, one after another (X3)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.amazon_connect.values import mappings, text

#: Milliseconds of silence after which a speaker begins anew, and after the end of a sentence.
_PAUSE, _AFTER_SENTENCE = 1_500, 600
#: Characters after which the next word begins anew: no paragraph is longer.
_LONGEST = 1_200
_ENDS = (".", "?", "!", "。", "\uff1f", "\uff01", "\u061f", "\u0964")


@dataclass(frozen=True)
class Utterance:
    """What one speaker said from ``begins`` to ``ends`` (milliseconds); ``speaker`` is a label."""

    begins: int
    ends: int
    text: str
    speaker: str

    @staticmethod
    def of_segment(entry: Mapping[str, Any]) -> "Utterance | None":
        """Return what a sentence of the service's own says, or None where there are no words in it."""
        said = text(entry.get("transcript"))
        if said is None:
            return None
        begins = milliseconds(entry.get("start_time")) or 0
        ends = milliseconds(entry.get("end_time"))
        label = text(entry.get("channel_label")) or text(entry.get("speaker_label")) or ""
        return Utterance(begins, begins if ends is None else ends, said, label)


@dataclass
class _Growing:
    """What is being said, word by word."""

    begins: int
    ends: int
    speaker: str
    words: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, word: str, *, before: str) -> None:
        """Add a word, or a mark, with what stands before it."""
        self.words.append(f"{before}{word}" if self.words else word)
        self.length += len(word)

    def is_over(self, begins: int, speaker: str) -> bool:
        """Return whether a word that begins then begins something new."""
        pause = begins - self.ends
        ended = bool(self.words) and self.words[-1].endswith(_ENDS)
        return (
            speaker != self.speaker
            or pause >= _PAUSE
            or (ended and pause >= _AFTER_SENTENCE)
            or self.length >= _LONGEST
        )

    def done(self) -> Utterance:
        """Return it."""
        return Utterance(self.begins, self.ends, "".join(self.words), self.speaker)


def utterances(
    items: Iterable[Mapping[str, Any]], *, spaced: bool, speaker: str | None
) -> Iterator[Utterance]:
    """Yield what was said, of words and punctuation marks in their order.

    ``spaced``: words have spaces between them. ``speaker`` is the label of all of them; None: each has its
    own. A mark has no time of its own, and may come first or alone where there is no speech at all.
    """
    said: _Growing | None = None
    for item in items:
        word = next((text(one.get("content")) for one in mappings(item.get("alternatives"))), None)
        if word is None:
            continue
        begins = milliseconds(item.get("start_time"))
        if item.get("type") == "punctuation" or begins is None:
            if said is not None:
                said.add(word, before="")
            continue
        label = speaker if speaker is not None else _label(item)
        if said is not None and said.is_over(begins, label):
            yield said.done()
            said = None
        if said is None:
            said = _Growing(begins, begins, label)
        said.add(word, before=" " if spaced else "")
        said.ends = max(said.ends, milliseconds(item.get("end_time")) or begins)
    if said is not None:
        yield said.done()


def milliseconds(value: Any) -> int | None:
    """Return a time that is written in seconds, as text or as a number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return round(seconds * 1000) if 0 <= seconds < 1e9 else None


def _label(item: Mapping[str, Any]) -> str:
    return text(item.get("channel_label")) or text(item.get("speaker_label")) or ""
