"""Reads the JSON of a contact file piece by piece, so that memory does not grow with the conversation.

A file has a few facts about the whole and lists as long as the conversation, in any order. The facts are read
in one go through the file, each list in another.

Whatever bytes there are, time grows with their number and memory does not: a single value, what is kept of
the facts, an entry and the depth of nesting have limits that no contact file comes near. The parser itself
would copy a long value once for each piece that it reads.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import ijson  # type: ignore[import-untyped]

from connect_zendesk.errors import Permanent

#: In a place: each entry of a list.
EACH = ""
#: Where lists are that grow with the conversation: they are gone through, never kept.
TRANSCRIPT = ("Transcript",)
MOODS = ("ConversationCharacteristics", "Sentiment", "DetailsByTranscriptItemGroup")
#: Those of Amazon Transcribe: words, with what each channel has of them, and sentences.
ITEMS = ("results", "items")
CHANNEL_ITEMS = ("results", "channel_labels", "channels", EACH, "items")
SEGMENTS = ("results", "audio_segments")
_LONG = {
    TRANSCRIPT,
    MOODS,
    ITEMS,
    CHANNEL_ITEMS,
    SEGMENTS,
    ("Categories", "MatchedDetails"),
    ("ConversationCharacteristics", "NonTalkTime", "Instances"),
    ("results", "speaker_labels", "segments"),
}
#: What an entry has of each of its words, which is most of a file's size and nothing that is shown.
_WORDS_OF_ENTRY = frozenset({"Items", "items"})
#: Bytes. The parser holds what it made of one piece, which is twenty times as much.
_AT_A_TIME = 16_384
_LONGEST_LIST = 1_000
_MOST_VALUES = 100_000
_DEEPEST = 40
#: What is nested deeper than `_DEEPEST` is passed over, and more than this is no contact file: the parser
#: remembers each container that is open.
_DEEPEST_PASSED_OVER = 200_000
#: Bytes of one value; and characters of all that is kept at one time: the facts, or one entry.
_LONGEST_VALUE = 1_000_000
_MOST_TEXT = 4_000_000
_OPEN, _CLOSE = {"start_map", "start_array"}, {"end_map", "end_array"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotAContactFile(Permanent, ValueError):
    """The file is not what its name says. The message is the reason, without personal data."""


def facts(path: Path) -> dict[str, Any]:
    """Return a file's facts: its object, with [] or {} in the place of what grows with the conversation.

    Goes through the whole file, so that what is broken further down is found. Of other lists the first
    thousand entries are kept. Raises `NotAContactFile`.
    """
    value = _built(_events(path))
    if not isinstance(value, dict):
        raise NotAContactFile("not a JSON object")
    return value


def entries(path: Path, place: tuple[str, ...], which: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the objects of one of the long lists, read as they are wanted. Raises `NotAContactFile`.

    What an object says of each of its words is left out. Where ``place`` has `EACH`, of all entries of that
    list, or of the one whose number ``which`` is, from 0.
    """
    yield from _entries(_events(path), place, which)


class _Watched:
    """A file as the parser reads it: at its end where the parser has read much and found no value in it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.unused = stream, 0

    @property
    def is_cut_short(self) -> bool:
        """Whether the file was ended early."""
        return self.unused > _LONGEST_VALUE

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = b"" if self.is_cut_short else self._stream.read(size)
        self.unused += len(data)
        return data


def _events(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield what the parser finds in a file, as it is read. Raises `NotAContactFile`."""
    depth = 0
    with _opened(path) as stream:
        watched = _Watched(stream)
        try:
            for event, value in ijson.basic_parse(watched, use_float=True, buf_size=_AT_A_TIME):
                watched.unused = 0
                depth += (event in _OPEN) - (event in _CLOSE)
                if depth > _DEEPEST_PASSED_OVER:
                    raise NotAContactFile("nested deeper than any contact file")
                yield event, value
        except (ijson.JSONError, ValueError) as error:
            if not watched.is_cut_short:
                raise NotAContactFile(_reason(error)) from None
        if watched.is_cut_short:
            raise NotAContactFile("a single value longer than any contact file has")


class _Room:
    """How much more may be kept: values, and characters of texts."""

    def __init__(self) -> None:
        self._values, self._text = _MOST_VALUES, _MOST_TEXT

    def take(self, value: Any) -> None:
        """Keep one more value or key. Raises `NotAContactFile` where there is no room for it."""
        self._values -= 1
        self._text -= len(value) if isinstance(value, str) else 0
        if self._values < 0 or self._text < 0:
            raise NotAContactFile("more facts than any contact file has")


class _Entry:
    """An object of a list that is being built, without what it says of each of its words."""

    def __init__(self) -> None:
        self._builder, self._room = ijson.ObjectBuilder(), _Room()
        self._open = self._passed_over = 0  # containers that are open: of it, and of what is passed over
        self._of_word = False

    def take(self, event: str, value: Any) -> bool:
        """Take what the parser found next; returns whether it is whole. Raises `NotAContactFile`."""
        change = (event in _OPEN) - (event in _CLOSE)
        if self._of_word or self._passed_over:
            self._passed_over += change
            self._of_word = False
            return False
        if self._open == 1 and event == "map_key" and value in _WORDS_OF_ENTRY:
            self._of_word = True
            return False
        self._room.take(value)
        self._open += change
        if self._open > _DEEPEST:
            raise NotAContactFile("an entry nested deeper than any contact file has")
        self._builder.event(event, value)
        return not self._open

    @property
    def value(self) -> dict[str, Any]:
        """The object."""
        found: dict[str, Any] = self._builder.value
        return found


def _entries(
    events: Iterable[tuple[str, Any]], place: tuple[str, ...], which: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the objects of the list at a place, each as soon as it is whole.

    ``ijson.items`` does the same, but writes the whole path to each of its events: in a list of thousands of
    lists in each other that is memory by the square of their number.
    """
    on_the_way = skipped = 0  # containers that are open: down to the list, and of the rest
    key, number = "", -1
    entry: _Entry | None = None
    for event, value in events:
        opens, closes = event in _OPEN, event in _CLOSE
        if entry is not None:
            if entry.take(event, value):
                yield entry.value
                entry = None
        elif skipped:
            skipped += opens - closes
        elif event == "map_key":
            key = value
        elif closes:
            on_the_way -= 1
        elif event == "start_map" and on_the_way > len(place):
            entry = _Entry()
            entry.take(event, value)
        elif opens and on_the_way <= len(place) and _leads(event, key, place, on_the_way):
            number += on_the_way > 0 and place[on_the_way - 1] == EACH
            skipped = _is_another(place, on_the_way, which, number)
            on_the_way += 1 - skipped
        elif opens:
            skipped = 1


def _is_another(place: tuple[str, ...], on_the_way: int, which: int | None, number: int) -> bool:
    """Return whether a container is an entry of a list of which another one is wanted."""
    return on_the_way > 0 and place[on_the_way - 1] == EACH and which not in (None, number)


def _leads(event: str, key: str, place: tuple[str, ...], on_the_way: int) -> bool:
    """Return whether a container that opens is next on the way: the whole object, or what its key names."""
    is_list = on_the_way == len(place) or (on_the_way > 0 and place[on_the_way : on_the_way + 1] == (EACH,))
    if event != ("start_array" if is_list else "start_map"):
        return False
    return on_the_way == 0 or place[on_the_way - 1] in (EACH, key)


def _opened(path: Path) -> IO[bytes]:
    stream = path.open("rb")
    if stream.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
        stream.seek(0)
    return stream


def _reason(error: Exception) -> str:
    if isinstance(error, NotAContactFile):
        return str(error)
    text = str(error)
    cut = isinstance(error, ijson.IncompleteJSONError) and ("premature EOF" in text or "Incomplete" in text)
    return "truncated: the JSON ends before its end" if cut else "not JSON"


class _Container:
    """A list or an object that is being built, with its place in the whole."""

    def __init__(self, value: list[Any] | dict[str, Any], place: tuple[str, ...]) -> None:
        self.value = value
        self.place = place
        self.key = ""

    def put(self, value: Any) -> bool:
        """Keep a value; False where there is no room for it."""
        if isinstance(self.value, dict):
            if len(self.value) >= _LONGEST_LIST and self.key not in self.value:
                return False
            self.value[self.key] = value
            return True
        if len(self.value) >= _LONGEST_LIST:
            return False
        self.value.append(value)
        return True


def _built(events: Iterable[tuple[str, Any]]) -> Any:
    """Return what the events of a parser make, as far as it is kept."""
    whole: Any = None
    stack: list[_Container] = []
    skipped, room = 0, _Room()
    for event, value in events:
        if skipped:
            skipped += (event in _OPEN) - (event in _CLOSE)
        elif event == "map_key":
            room.take(value)
            stack[-1].key = value
        elif event in _CLOSE:
            stack.pop()
        else:
            room.take(value)
            if event not in _OPEN:
                if stack:
                    stack[-1].put(value)
                continue
            made: list[Any] | dict[str, Any] = {} if event == "start_map" else []
            place = (*stack[-1].place, stack[-1].key) if stack else ()
            if not stack:
                whole = made
            elif not stack[-1].put(made) or place in _LONG or len(stack) >= _DEEPEST:
                skipped = 1
                continue
            stack.append(_Container(made, place))
    return whole
