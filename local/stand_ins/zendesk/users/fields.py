"""Fields that the account added to its users (facts/zendesk.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in, text_in
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.users.values import fits

_BY_ID = {"id": lambda shown: shown["id"]}
_KINDS = (
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "dropdown",
    "lookup",
    "multiselect",
)


def list_all(state: State, request: Request) -> Response:
    """GET /api/v2/user_fields."""
    fields = state.user_fields
    return paged(
        request, "user_fields", fields, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url
    )


def create(state: State, request: Request) -> Response:
    """POST /api/v2/user_fields: 201; RefusedError 422 where the key is none, or is there already."""
    asked = object_in(request, "user_field")
    key, title = text_in(asked, "key") or "", text_in(asked, "title") or ""
    if not re.fullmatch(r"[A-Za-z0-9_.\-]*[A-Za-z_.\-][A-Za-z0-9_.\-]*", key):
        raise errors.invalid_record("key", "Key: is invalid", "InvalidValue")
    if any(field["key"] == key for field in state.user_fields):
        raise errors.invalid_record("key", f"Key: {key} has already been taken", "DuplicateValue")
    if not title.strip():
        raise errors.invalid_record("title", "Title: cannot be blank", "BlankValue")
    if asked.get("type") not in _KINDS:
        raise errors.invalid_record("type", f"Type: is one of {', '.join(_KINDS)}", "InvalidValue")
    words = text_in(asked, "description") or ""
    given = {"key": key, "title": title, "raw_title": title, "type": asked["type"]}
    field = added(state, {**given, "description": words, "raw_description": words})
    for user in state.users.values():
        user.shown["user_fields"] = {**user.shown["user_fields"], key: None}
    return json_response(201, {"user_field": field})


def delete(state: State, _request: Request, number: str) -> Response:
    """DELETE /api/v2/user_fields/{id}: 204, and what users had in it is gone."""
    found = [field for field in state.user_fields if str(field["id"]) == number]
    if not found:
        raise errors.not_found()
    state.user_fields.remove(found[0])
    for user in state.users.values():
        user.shown["user_fields"] = {
            key: value for key, value in user.shown["user_fields"].items() if key != found[0]["key"]
        }
    state.revision += 1
    return Response(204)


def added(state: State, given: Mapping[str, Any]) -> Shown:
    """Add a field to the account and return it, with defaults for what is not given."""
    number, key, now = given.get("id") or state.next_id(), given["key"], state.now()
    field = {
        "id": number, "url": f"{state.options.url}/api/v2/user_fields/{number}.json", "key": key,
        "type": "text", "title": key, "raw_title": key, "description": "", "raw_description": "",
        "position": len(state.user_fields), "active": True, "system": False,
        "regexp_for_validation": None, "created_at": now, "updated_at": now, **given,
    }  # fmt: skip
    state.user_fields.append(field)
    state.revision += 1
    return field


def written(state: State, asked: Mapping[str, Any], before: Shown | None) -> Shown:
    """Return the values of a user's fields after a change; `before` None for a new user.

    A key that is no field's is dropped without a word, unless the account refuses it (RefusedError 422); so
    is, in accounts that look, a value that a field of its type cannot hold.
    """
    given, keys = asked.get("user_fields"), [field["key"] for field in state.user_fields]
    given = given if isinstance(given, dict) else {}
    unknown = [key for key in given if key not in keys]
    if unknown and state.options.unknown_user_fields == "refused":
        raise errors.invalid_record("user_fields", f"User fields: {unknown[0]} is invalid", "InvalidValue")
    wrong = [f["key"] for f in state.user_fields if not fits(f, given.get(f["key"]))]
    if wrong and state.options.wrong_user_field_values == "refused":
        raise errors.invalid_record(wrong[0], f"{wrong[0]}: is invalid", "InvalidValue")
    if state.options.wrong_user_field_values == "dropped":
        given = {key: value for key, value in given.items() if key not in wrong}
    emptied = state.options.user_fields_not_given == "emptied" and isinstance(asked.get("user_fields"), dict)
    kept = {} if before is None or emptied else before
    return {key: given.get(key, kept.get(key)) for key in keys}
