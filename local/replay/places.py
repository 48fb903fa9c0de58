"""Where in a file an event stands, and what is wrong with one that cannot be read."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, parse
from local.replay.events import Event, StreamRecord

_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class Place:
    """A file, and the line (the first is 1) on which something in it begins."""

    path: Path
    line: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def what_is_wrong(event: Event, place: Place) -> str | None:
    """Return what is wrong with what the stream is given, with its place; None where it is an event."""
    if not isinstance(event, StreamRecord):
        return None
    try:
        content = json.loads(event.data)
    except json.JSONDecodeError as error:
        at = Place(place.path, place.line + error.lineno - 1)
        return f"{at}: not JSON: {error.msg} (column {error.colno})"
    except UnicodeDecodeError as error:
        return f"{place}: not UTF-8: {error.reason} (byte {error.start + 1})"
    except RecursionError:
        return f"{place}: not JSON that can be read: nested too deeply"
    if not isinstance(content, dict):
        return f"{place}: not an event: an event is a JSON object"
    try:
        parse(content)
    except NotAContactRecord as reason:
        return f"{place}: no event that is known, and no contact record: {reason}"
    return None


def documents(path: Path, data: bytes) -> list[tuple[Place, bytes]]:
    """Return what stands in a file one after another: its JSON objects, or the lines of a ``.jsonl``.

    Objects may be laid out over several lines. What is no JSON stays in one piece: a line, else the file.
    """
    if path.suffix != ".jsonl":
        whole = [(Place(path), data)] if data.strip() else []
        return whole if _is_json(data) else _objects(path, data) or whole
    lines = [
        (Place(path, number), line.rstrip(b"\r"))
        for number, line in enumerate(data.split(b"\n"), 1)
        if line.strip()
    ]
    return lines if all(_is_json(line) for _, line in lines) else _objects(path, data) or lines


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _objects(path: Path, data: bytes) -> list[tuple[Place, bytes]]:
    """Return the JSON objects of which a file consists; none where it holds anything else."""
    decoder, found, position = json.JSONDecoder(), [], 0
    try:
        text = data.decode()
        while (start := _end_of_blanks(text, position)) < len(text):
            if text[start] != "{":
                return []
            _, position = decoder.raw_decode(text, start)
            found.append((Place(path, text.count("\n", 0, start) + 1), text[start:position].encode()))
    except (ValueError, RecursionError):
        return []
    return found


def _end_of_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position
