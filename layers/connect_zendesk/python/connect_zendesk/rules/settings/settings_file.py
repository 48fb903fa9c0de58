"""App settings as a file: TOML, which an administrator can read and edit. No function needs this."""

import json
import tomllib
from datetime import date, time
from typing import Any


def from_toml(text: str) -> dict[str, Any]:
    """Return the document that a TOML text holds, in the types of JSON: dates and times become ISO 8601.

    Raises tomllib.TOMLDecodeError, which says in which line, where it is not TOML.
    """
    document: dict[str, Any] = json.loads(json.dumps(tomllib.loads(text), default=_iso_8601))
    return document


def _iso_8601(value: Any) -> str:
    if not isinstance(value, date | time):
        raise TypeError(f"not a type of TOML: {value!r}")
    return value.isoformat()
