"""How each message of a chat sounded: Contact Lens lists that apart from the messages, and side by side.

The list has first all of one side's, then all of the other's, each in order. So each side's is read along
with the conversation, a window ahead, and the whole is never held.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from connect_zendesk.amazon_connect import contact_file_json
from connect_zendesk.amazon_connect.chat_transcript import mood
from connect_zendesk.amazon_connect.values import text
from connect_zendesk.rules.transcripts.conversation import Mood

_WINDOW = 500
_MOST_SIDES = 5


class Moods:
    """The moods of a file's messages, to be asked for in the order of the conversation."""

    def __init__(self, path: Path) -> None:
        self._sides = [_Side(path, side) for side in _sides(path)]

    def of(self, message: str | None) -> Mood | None:
        """Return how a message sounded, by its id."""
        found = (side.of(message) for side in self._sides if message)
        return next((mood_ for mood_ in found if mood_), None)


def _sides(path: Path) -> list[str]:
    """Return the sides that the list is about, the first few."""
    sides: dict[str, None] = {}
    for group in contact_file_json.entries(path, contact_file_json.MOODS):
        sides.setdefault(text(group.get("ParticipantRole")) or "")
        if len(sides) == _MOST_SIDES:
            break
    return list(sides)


class _Side:
    """One side's moods, a window of them."""

    def __init__(self, path: Path, side: str) -> None:
        self._coming = _moods(path, side)
        self._window = dict(islice(self._coming, _WINDOW))

    def of(self, message: str) -> Mood | None:
        found = self._window.pop(message, None)
        if found:
            self._window.update(islice(self._coming, 1))
        return found


def _moods(path: Path, side: str) -> Iterator[tuple[str, Mood]]:
    for group in contact_file_json.entries(path, contact_file_json.MOODS):
        found, items = mood(group), group.get("TranscriptItems")
        if found is None or (text(group.get("ParticipantRole")) or "") != side or not isinstance(items, list):
            continue
        for item in items:
            if isinstance(item, dict) and (id_ := text(item.get("Id"))):
                yield id_, found
