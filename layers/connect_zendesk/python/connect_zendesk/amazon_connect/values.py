"""The values in what Amazon Connect sends: one of another type than was expected counts as not given."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connect_zendesk.rules.settings.readers import clean

_YEARS = range(2000, 3000)  # Amazon Connect writes times that have not come yet as 1970


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Return a text without what has no place in one, or None where nothing is left."""
    return clean(value).strip() or None if isinstance(value, str) else None


def scalar(value: Any) -> str | None:
    """Return a text, a number or a truth value as contact attributes have it: as text, which may be empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return clean(value) if isinstance(value, str) else None


def timestamp(value: Any) -> datetime | None:
    """Return a timestamp in UTC, which is meant where no offset is given; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if time.year in _YEARS else None
