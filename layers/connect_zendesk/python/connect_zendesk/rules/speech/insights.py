"""Puts together what Amazon Comprehend says of the pieces of a side's words (X3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connect_zendesk.rules.transcripts.conversation import Mood, Named, Tone

#: What is shown of key phrases and of names, and how sure Comprehend must be of each.
MOST_SHOWN = 10
SUREST = 0.8
#: What is remembered on the way, however much is said.
_MOST_KEPT = 1_000
_LONGEST = 100
_SHORTEST = 2
_MOODS: Mapping[str, Mood] = {
    "Positive": "positive",
    "Neutral": "neutral",
    "Negative": "negative",
    "Mixed": "mixed",
}


@dataclass
class Tones:
    """How one side sounded: the scores of its pieces, each weighed by its length."""

    _sums: dict[Mood, float] = field(default_factory=dict)
    _weight: float = 0

    def add(self, scores: Mapping[str, float], weight: int) -> None:
        """Add the scores of a piece of so many bytes."""
        for name, mood in _MOODS.items():
            self._sums[mood] = self._sums.get(mood, 0) + scores.get(name, 0) * weight
        self._weight += weight

    def tone(self) -> Tone | None:
        """Return the tone of all pieces; None where there are none."""
        if not self._weight:
            return None
        shares = {mood: total / self._weight for mood, total in self._sums.items()}
        return Tone(max(shares, key=lambda mood: shares[mood]), shares)


@dataclass
class Found:
    """What was found in the pieces: texts with how often each was, and the surest score of each.

    Texts that differ in case alone are one; the first is as it is shown. What comes first or often is most
    of use, so the best are those that are most often there, the surest first.
    """

    _known: dict[tuple[str, str], tuple[int, float, str]] = field(default_factory=dict)

    def add(self, text: str, score: float, kind: str = "") -> None:
        """Add something that was found, by Comprehend's word for its ``kind``."""
        shown = " ".join(text.split())[:_LONGEST]
        key = (kind, shown.casefold())
        if (
            score < SUREST
            or len(shown) < _SHORTEST
            or (key not in self._known and len(self._known) >= _MOST_KEPT)
        ):
            return
        times, surest, first = self._known.get(key, (0, 0.0, shown))
        self._known[key] = (times + 1, max(surest, score), first)

    def best(self) -> tuple[Named, ...]:
        """Return what is shown of it."""
        ranked = sorted(self._known.items(), key=lambda item: (-item[1][0], -item[1][1]))
        return tuple(Named(kind, first) for (kind, _), (_, _, first) in ranked[:MOST_SHOWN])
