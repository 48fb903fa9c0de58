"""Reads what a request carries: its JSON body, and single values of the kind that is expected."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from local.stand_ins.http.messages import Request
from local.stand_ins.zendesk import errors

_LONGEST_ID = 18  # digits


def object_in(request: Request, name: str) -> dict[str, Any]:
    """Return the object that a body holds under `name` ({"ticket": {...}}).

    RefusedError 400 where it is missing, or the body is not JSON or not sent as JSON.
    """
    found = whole(request).get(name)
    if not isinstance(found, dict):
        raise errors.missing_parameter(name)
    return found


def objects_in(request: Request, name: str, most: int = 100) -> list[dict[str, Any]]:
    """Return the list of objects that a body holds under `name`; RefusedError 400 where it is none."""
    found = whole(request).get(name)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise errors.missing_parameter(name)
    if len(found) > most:
        raise errors.too_many_values(most)
    return found


def whole(request: Request) -> dict[str, Any]:
    """Return the whole body; empty where it was not sent as JSON, as then Zendesk reads no parameters."""
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        content = json.loads(request.body or b"{}", parse_constant=_refuse)
        if b"\\u" in request.body:
            json.dumps(content, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise errors.titled(400, "Bad Request", "The request body could not be parsed as JSON") from None
    return content if isinstance(content, dict) else {}


def id_in(text: object) -> int | None:
    """Return the id that a path, a query or a body names, as a number or in digits; None where it is none."""
    if isinstance(text, bool) or not isinstance(text, int | str):
        return None
    digits = str(text) if isinstance(text, str) or text.bit_length() < 64 else ""
    return int(digits) if digits.isdecimal() and len(digits) <= _LONGEST_ID else None


def ids_in(request: Request, name: str = "ids", most: int = 100) -> list[int]:
    """Return the ids of a query's comma-separated list; RefusedError 400 for none, or too many."""
    words = [word.strip() for word in request.query.get(name, "").split(",") if word.strip()]
    numbers = [number for word in words if (number := id_in(word)) is not None]
    if len(words) > most:
        raise errors.too_many_values(most)
    if not words or len(numbers) != len(words):
        raise errors.listed(400, "InvalidParameter", f"{name}: 1 to {most} numbers, separated by commas")
    return numbers


def text_in(asked: Mapping[str, Any], name: str) -> str | None:
    """Return a text, or a number as text; None where it is absent or null. RefusedError 422 otherwise."""
    value = asked.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise errors.invalid_record(name, f"{name.replace('_', ' ').capitalize()}: is not a text", "InvalidValue")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON
