"""Reads a chat message's content as text: plain, or a template that the customer saw as buttons or a form.

Source: interactive messages in the administrator's guide. No one wants to read JSON on a ticket.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from connect_zendesk.rules.settings.readers import clean
from connect_zendesk.rules.transcripts.conversation import Choice

_MOST_CHOICES = 50
_MOST_LINES = 50
_DEEPEST = 12
_LONGEST = 20_000  # characters; Amazon Connect takes 20 KB
#: What a template says about how it looks, or to machines.
_NOT_FOR_READERS = frozenset(
    {
        "action", "actionDetail", "applicationId", "carouselIsVertical", "elementId", "id", "imageData",
        "imageDescription", "imageType", "isRefreshEnabled", "latitude", "listId", "longitude", "nextIndex",
        "omitTitleFromCarouselResponse", "preIndex", "radius", "referenceId", "replyMessage", "stageId",
        "templateId", "templateIdentifier", "templateType", "timeZoneOffset", "url", "version", "viewId",
        "viewToken",
    }
)  # fmt: skip
_TITLES = ("title", "text", "label", "name", "date")
_SUBTITLES = ("subtitle", "description")
_LISTS = ("elements", "timeslots", "items", "options", "replyOptions", "buttons", "sections", "rows")
#: What needs no name beside it.
_UNNAMED = frozenset({*_TITLES, *_SUBTITLES, *_LISTS})


@dataclass(frozen=True)
class Content:
    """A message as text, and what it let the customer choose from."""

    text: str
    choices: tuple[Choice, ...] = ()


def read(content: str, content_type: str) -> Content:
    """Return a message as text. Interactive messages and JSON are read; other content is the text itself."""
    if "json" not in content_type and "interactive" not in content_type:
        return Content(content)
    try:
        value = json.loads(content[: _LONGEST * 4])
    except (ValueError, RecursionError):
        return Content(content)
    if not isinstance(value, dict):
        return Content(_scalar(value) or content)
    if content_type.endswith(".response"):
        return Content("\n".join(_lines(value))[:_LONGEST] or content)
    template = _template(value)
    if template is None:
        return Content("\n".join(_lines(value))[:_LONGEST] or content)
    said = [_first(template, _TITLES), _first(template, _SUBTITLES)]
    return Content("\n".join(line for line in said if line)[:_LONGEST], tuple(_choices(template)))


def _template(value: dict[str, Any]) -> dict[str, Any] | None:
    """Return the part of a template that the customer saw, or None where it is no template."""
    data = value.get("data")
    if not isinstance(data, dict):
        return None
    content = data.get("content")
    template = content if isinstance(content, dict) else data
    return template if _first(template, _TITLES) or any(template.get(name) for name in _LISTS) else None


def _choices(template: dict[str, Any]) -> Iterator[Choice]:
    """Yield what a template offers; of what is offered in groups, as in a carousel, each group."""
    for one in islice(_offered(template), _MOST_CHOICES):
        inner = (_template(one) or {}) if "data" in one else one
        title = _first(inner, _TITLES)
        own = _first(inner, _SUBTITLES)
        minutes = _scalar(inner.get("duration"))
        parts = [own, f"{minutes} min" if minutes else None]
        within = [_first(part, _TITLES) for part in islice(_offered(inner), _MOST_CHOICES)]
        parts.append(", ".join(name for name in within if name))
        if title:
            yield Choice(_as_time(title), ": ".join(part for part in parts if part) or None)


def _offered(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _LISTS:
        listed = template.get(name)
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, str):
                yield {"title": one}
            elif isinstance(one, dict):
                yield one


def _as_time(title: str) -> str:
    """Return the beginning of an appointment as people write it, any other title as it is."""
    try:
        timestamp = datetime.fromisoformat(title) if "T" in title else None
    except ValueError:
        return title
    return f"{timestamp:%Y-%m-%d %H:%M %Z}".strip() if timestamp else title


def _lines(value: Any, name: str = "", depth: int = 0) -> list[str]:
    """Return a form's values, each on a line with its name."""
    lines: list[str] = []
    pairs = value.items() if isinstance(value, dict) else [(name, one) for one in value]
    for key, inner in pairs:
        if key in _NOT_FOR_READERS or len(lines) >= _MOST_LINES:
            continue
        if isinstance(inner, dict | list):
            lines += _lines(inner, key, depth + 1) if depth < _DEEPEST else []
        elif (shown := _scalar(inner)) is not None:
            lines.append(f"{clean(key)}: {shown}" if key and key not in _UNNAMED else shown)
    return lines[:_MOST_LINES]


def _first(value: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((shown for name in names if (shown := _scalar(value.get(name)))), None)


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)[:50]
    return clean(value).strip()[:_LONGEST] or None if isinstance(value, str) else None
