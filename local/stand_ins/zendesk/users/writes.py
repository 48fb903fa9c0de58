"""Users made and changed (facts/zendesk.md 3.2 and 3.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in, text_in
from local.stand_ins.zendesk.endpoint_limits import one_user
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.records import Shown, User, tags_of, user_shown
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.users import fields as user_fields
from local.stand_ins.zendesk.users.identities import (
    check_email,
    check_phone,
    direct_line_of,
    identities_of,
    identity_of,
    taken_phone,
)

_TEXTS = (
    "name", "phone", "external_id", "locale", "alias", "details", "notes", "signature", "time_zone",
)  # fmt: skip
_FLAGS = ("shared_phone_number", "suspended", "verified")
_LONGEST_NAME = 255
_ROLES = ("end-user", "agent", "admin")


def create(state: State, request: Request) -> Response:
    """POST /api/v2/users."""
    user = add(state, object_in(request, "user"))
    return json_response(201, {"user": user.shown}, {"Location": user.shown["url"]})


def add(state: State, asked: Mapping[str, Any]) -> User:
    """Make a user; RefusedError 422 without a name, or where something taken or malformed was asked for."""
    _check_name(asked, needed=True)
    values = {key: value for key, value in _settable(asked, state.options).items() if value is not None}
    _check(state, asked, None)
    fields = user_fields.written(state, asked, None)
    number, now = state.last_user_id + 1, state.now()
    if values.get("phone") and "shared_phone_number" not in values:
        values["shared_phone_number"] = not state.options.phone_is_direct_line_by_default
    email = text_in(asked, "email") or None
    user = User(user_shown(state.options.url, number, now, **values, email=email, user_fields=fields))
    user.identities = identities_of(state, user)
    state.keep_user(user)
    return user


def update(state: State, request: Request, user_id: str) -> Response:
    """PUT /api/v2/users/{id}: user fields given are merged in, unknown ones dropped without a word."""
    user = state.user(user_id, active=True)
    change(state, user, object_in(request, "user"))
    return json_response(200, {"user": user.shown})


def change(state: State, user: User, asked: Mapping[str, Any]) -> None:
    """Change a user; RefusedError 403 for one shared with another account, 422 for what cannot be."""
    if user.shown["shared"]:
        raise errors.forbidden()
    _check_name(asked, needed="name" in asked)
    _check(state, asked, user)
    line = direct_line_of(state, user)
    changes = _settable(asked, state.options)
    changes["user_fields"] = user_fields.written(state, asked, user.shown["user_fields"])
    if changes.get("phone") and "shared_phone_number" not in changes and not user.shown["phone"]:
        changes["shared_phone_number"] = not state.options.phone_is_direct_line_by_default
    changed = state.touched(user.shown, changes)
    email = text_in(asked, "email")
    if email and not any(i["value"].lower() == email.lower() for i in user.identities):
        # An address given here becomes a further one, and does not replace the first.
        user.identities = [*user.identities, identity_of(state, user, "email", email, primary=False)]
        changed = True
    if changed:
        # The identity that the number was is replaced by the one it is; numbers added beside it stay.
        old = {item["value"] for item in line}
        kept = [i for i in user.identities if i["type"] != "phone_number" or i["value"] not in old]
        new = [i for i in direct_line_of(state, user) if i["value"] not in {k["value"] for k in kept}]
        user.identities = kept + new
        state.keep_user(user)


def create_or_update(state: State, request: Request) -> Response:
    """POST /api/v2/users/create_or_update: 200 for a user with that address or external id, else 201."""
    asked = object_in(request, "user")
    known = _known(state, asked)
    headers: dict[str, str] = {}
    if known is not None:
        # The path does not say whom it concerns, so the limit per user is counted here.
        headers = one_user(state, str(known.shown["id"]))
        change(state, known, asked)
    user = known or add(state, asked)
    return json_response(
        200 if known else 201, {"user": user.shown}, {"Location": user.shown["url"], **headers}
    )


def _known(state: State, asked: Mapping[str, Any]) -> User | None:
    """Return the user with an address or an external id, in any case; never by phone."""
    email, external_id = text_in(asked, "email"), text_in(asked, "external_id")
    if email and (user := state.user_with_email(email)):
        return user
    found = state.users_with_external_id(external_id) if external_id else []
    return found[0] if found else None


def _settable(asked: Mapping[str, Any], options: Options) -> Shown:
    values: Shown = {name: text_in(asked, name) for name in _TEXTS if name in asked}
    if options.odd_phone == "dropped" and not _is_phone(values.get("phone")):
        values.pop("phone", None)  # without a word
    values |= {name: asked[name] is True for name in _FLAGS if asked.get(name) is not None}
    if "tags" in asked:
        values["tags"] = tags_of(asked["tags"])
    if isinstance(asked.get("organization_id"), int):
        values["organization_id"] = asked["organization_id"]
    if asked.get("role") in _ROLES:
        values["role"] = asked["role"]
    if isinstance(asked.get("locale_id"), int) and not values.get("locale"):  # the name of a locale wins
        values["locale_id"] = asked["locale_id"]
    return values


def _is_phone(text: str | None) -> bool:
    return text is None or (len(re.sub(r"\D", "", text)) >= 3 and not re.search(r"[^\d\s()+.*#/x-]", text))


def _check_name(asked: Mapping[str, Any], *, needed: bool) -> None:
    name = (text_in(asked, "name") or "").strip()
    if needed and not name:
        raise errors.invalid_record("name", "Name: cannot be blank")
    if len(name) > _LONGEST_NAME:
        raise errors.invalid_record("name", f"Name: is too long (maximum is {_LONGEST_NAME} characters)")


def _check(state: State, asked: Mapping[str, Any], user: User | None) -> None:
    """Refuse what is malformed or another user's."""
    phone, email, external_id = (text_in(asked, name) for name in ("phone", "email", "external_id"))
    if phone:
        check_phone(state, phone)
    direct = asked.get("shared_phone_number")
    if direct is None and user and user.shown["phone"]:
        direct = user.shown["shared_phone_number"]
    is_direct = not direct if direct is not None else state.options.phone_is_direct_line_by_default
    number = phone or (user.shown["phone"] if user and asked.get("shared_phone_number") is False else None)
    if number and is_direct and state.user_with_direct_line(number) not in (None, user):
        raise taken_phone(state, number)
    if email:
        check_email(state, email, user)
    if asked.get("role") is not None and asked["role"] not in _ROLES:
        raise errors.invalid_record("role", f"Role: {asked['role']} is not valid", "InvalidValue")
    others = state.users_with_external_id(external_id) if external_id is not None else []
    if state.options.external_id_unique_among_users and any(other is not user for other in others):
        raise errors.invalid_record("external_id", "External has already been taken", "DuplicateValue")
