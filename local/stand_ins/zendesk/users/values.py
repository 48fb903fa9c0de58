"""Whether a value fits the user field that it is for (facts/zendesk.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from local.stand_ins.zendesk.records import Shown


def fits(field: Shown, value: object) -> bool:
    """Return whether a field of its type can hold a value; null empties any."""
    return value is None or _FITS.get(field["type"], _is_text)(field, value)


def _is_text(_field: Shown, value: object) -> bool:
    return isinstance(value, str)


def _is_number(_field: Shown, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(_field: Shown, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_date(_field: Shown, value: object) -> bool:
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return isinstance(value, str)


def _is_option(field: Shown, value: object) -> bool:
    options = [option.get("value") for option in field.get("custom_field_options") or ()]
    chosen = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) and (not options or one in options) for one in chosen)


def _matches(field: Shown, value: object) -> bool:
    pattern = field.get("regexp_for_validation")
    return isinstance(value, str) and (not pattern or re.search(pattern, value) is not None)


_FITS: Mapping[str, Callable[[Shown, Any], bool]] = {
    "checkbox": lambda _field, value: isinstance(value, bool),
    "date": _is_date,
    "integer": _is_whole,
    "decimal": _is_number,
    "dropdown": _is_option,
    "tagger": _is_option,
    "multiselect": _is_option,
    "regexp": _matches,
    "lookup": lambda _field, value: isinstance(value, str | int) and not isinstance(value, bool),
}
