"""Users: show, find, create, update (contract sheet, section 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.zendesk import errors
from local.zendesk.bodies import object_in
from local.zendesk.messages import Request, Response, json_response
from local.zendesk.paging import offset_page, paged
from local.zendesk.query_language import found_in, terms_of
from local.zendesk.records import Shown, User, user_shown
from local.zendesk.state import State

_SETTABLE = (
    "name", "phone", "shared_phone_number", "external_id", "locale", "locale_id", "organization_id", "role",
    "tags", "alias", "details", "notes", "signature", "suspended", "time_zone", "verified",
)  # fmt: skip
_BY_ID = {"id": lambda shown: shown["id"]}


def show(state: State, _request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}."""
    return json_response(200, {"user": state.user(user_id).shown})


def me(state: State, _request: Request) -> Response:
    """GET /api/v2/users/me: the user who made the OAuth client."""
    return json_response(200, {"user": state.users[state.author_id].shown})


def anonymous() -> Response:
    """GET /api/v2/users/me without credentials: a 200 all the same, with nobody in it."""
    nobody = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
    return json_response(200, {"user": nobody})


def list_users(state: State, request: Request) -> Response:
    """GET /api/v2/users, with `external_id`: read from the database, so without delay."""
    external_id = request.query.get("external_id")
    users = [u for u in state.users.values() if u.shown["active"] and not u.hidden]
    if external_id is not None:
        users = state.users_with_external_id(external_id)
    return paged(
        request,
        "users",
        [u.shown for u in users],
        cursor_sort=_BY_ID,
        offset_sort=_BY_ID,
        url=state.options.url,
    )


def search(state: State, request: Request) -> Response:
    """GET /api/v2/users/search: `query` goes through the index, `external_id` does not."""
    external_id, query = request.query.get("external_id"), request.query.get("query")
    if external_id is not None:
        found = [user.shown for user in state.users_with_external_id(external_id)]
    elif query:
        found = found_in(state, "user", terms_of(query))
    else:
        raise errors.listed(400, "InvalidParameter", "query or external_id is needed")
    return offset_page(request, "users", found, url=state.options.url)


def identities(state: State, request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}/identities."""
    shown = state.user(user_id).identities
    return paged(request, "identities", shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def list_fields(state: State, request: Request) -> Response:
    """GET /api/v2/user_fields."""
    fields = state.user_fields
    return paged(
        request, "user_fields", fields, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url
    )


def create(state: State, request: Request) -> Response:
    """POST /api/v2/users."""
    user = add(state, object_in(request, "user"))
    location = {"Location": user.shown["url"]}
    return json_response(201, {"user": user.shown}, location)


def add(state: State, asked: Mapping[str, Any]) -> User:
    """Make a user; RefusedError 422 without a name, or where something taken or malformed was asked for."""
    name = asked.get("name")
    if not isinstance(name, str) or not name.strip():
        raise errors.invalid_record("name", "Name: cannot be blank", "BlankValue")
    values = {key: value for key, value in _settable(asked).items() if value is not None}
    _check(state, asked, None)
    email = asked.get("email")
    fields = {field["key"]: None for field in state.user_fields} | _known_fields(state, asked)
    number, now = state.last_user_id + 1, state.now()
    if values.get("phone") and "shared_phone_number" not in values:
        values["shared_phone_number"] = not state.options.phone_is_direct_line_by_default
    user = User(user_shown(state.options.url, number, now, **values, email=email, user_fields=fields))
    user.identities = identities_of(state, user)
    state.keep_user(user)
    return user


def update(state: State, request: Request, user_id: str) -> Response:
    """PUT /api/v2/users/{id}: user fields given are merged in, unknown ones dropped without a word."""
    user, asked = state.user(user_id), object_in(request, "user")
    if user.shown["shared"]:
        raise errors.forbidden()
    if "name" in asked and not str(asked["name"] or "").strip():
        raise errors.invalid_record("name", "Name: cannot be blank", "BlankValue")
    _check(state, asked, user)
    changes = _settable(asked)
    changes["user_fields"] = {**user.shown["user_fields"], **_known_fields(state, asked)}
    if changes.get("phone") and "shared_phone_number" not in changes and not user.shown["phone"]:
        changes["shared_phone_number"] = not state.options.phone_is_direct_line_by_default
    changed = state.touched(user.shown, changes)
    email = asked.get("email")
    if isinstance(email, str) and not any(i["value"].lower() == email.lower() for i in user.identities):
        # An address given here becomes a further one, and does not replace the first.
        user.identities = [*user.identities, _identity(state, user, "email", email, primary=False)]
        changed = True
    if changed:
        kept = [item for item in user.identities if item["type"] != "phone_number"]
        user.identities = kept + [i for i in identities_of(state, user) if i["type"] == "phone_number"]
        state.keep_user(user)
    return json_response(200, {"user": user.shown})


def identities_of(state: State, user: User) -> list[Shown]:
    """Return the identities that a user's own address and direct line are; a shared number is none."""
    found = []
    if user.shown["email"]:
        found.append(_identity(state, user, "email", user.shown["email"], primary=True))
    if user.shown["phone"] and user.shown["shared_phone_number"] is False:
        found.append(_identity(state, user, "phone_number", user.shown["phone"], primary=False))
    return found


def _identity(state: State, user: User, kind: str, value: str, *, primary: bool) -> Shown:
    number, now, owner = state.next_id(), state.now(), user.shown["id"]
    return {
        "id": number, "url": f"{state.options.url}/api/v2/users/{owner}/identities/{number}.json",
        "user_id": owner, "type": kind, "value": value, "verified": False, "primary": primary,
        "created_at": now, "updated_at": now,
    }  # fmt: skip


def _settable(asked: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: asked[key] for key in _SETTABLE if key in asked}
    if values.get("external_id") is not None:
        values["external_id"] = str(values["external_id"])
    return values


def _known_fields(state: State, asked: Mapping[str, Any]) -> dict[str, Any]:
    known = {field["key"] for field in state.user_fields}
    given = asked.get("user_fields")
    return {key: value for key, value in given.items() if key in known} if isinstance(given, dict) else {}


def _check(state: State, asked: Mapping[str, Any], user: User | None) -> None:
    """Refuse what is malformed or somebody else's."""
    phone, email, external_id = (asked.get(name) for name in ("phone", "email", "external_id"))
    if phone and state.options.validate_phone_numbers and not re.fullmatch(r"\+[1-9]\d{6,14}", str(phone)):
        raise errors.invalid_record("phone", "Phone: is not properly formatted", "InvalidFormat")
    direct = asked.get("shared_phone_number")
    if direct is None and user and user.shown["phone"]:
        direct = user.shown["shared_phone_number"]
    is_direct = not direct if direct is not None else state.options.phone_is_direct_line_by_default
    number = phone or (user.shown["phone"] if user and asked.get("shared_phone_number") is False else None)
    if number and is_direct and state.user_with_direct_line(str(number)) not in (None, user):
        text = f"Phone: {number} is already being used by another user"
        raise errors.invalid_record("phone", text, "DuplicateValue")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(email)):
        raise errors.invalid_record("email", f"Email: {email} is not properly formatted", "InvalidFormat")
    if email and state.user_with_email(str(email)) not in (None, user):
        text = f"Email: {email} is already being used by another user"
        raise errors.invalid_record("email", text, "DuplicateValue")
    if external_id is not None and state.options.external_id_unique_among_users:
        others = [u for u in state.users_with_external_id(str(external_id)) if u is not user]
        if others:
            raise errors.invalid_record("external_id", "External has already been taken", "DuplicateValue")
