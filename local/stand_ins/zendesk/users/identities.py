"""A user's addresses and numbers (facts/zendesk.md 3.1 and 3.2)."""

from __future__ import annotations

import re

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in, object_in
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Shown, User
from local.stand_ins.zendesk.state import State

_BY_ID = {"id": lambda shown: shown["id"]}
_KINDS = ("email", "phone_number", "twitter", "facebook", "google", "agent_forwarding")


def list_all(state: State, request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}/identities."""
    shown = state.user(user_id).identities
    return paged(request, "identities", shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def create(state: State, request: Request, user_id: str) -> Response:
    """POST /api/v2/users/{id}/identities: a further address or number; RefusedError 422 where it is taken."""
    user, asked = state.user(user_id, active=True), object_in(request, "identity")
    kind, value = asked.get("type"), asked.get("value")
    if kind not in _KINDS:
        raise errors.invalid_record("type", f"Type: {kind} is not valid", "InvalidValue")
    if not isinstance(value, str) or not value.strip():
        raise errors.invalid_record("value", "Value: cannot be blank", "BlankValue")
    if kind == "email":
        check_email(state, value, None)
    if kind == "phone_number":
        check_phone(state, value)
        if state.user_with_direct_line(value) is not None:
            raise taken_phone(state, value)
    identity = identity_of(state, user, kind, value, primary=False)
    identity["verified"] = asked.get("verified") is True
    user.identities = [*user.identities, identity]
    state.keep_user(user)
    return json_response(201, {"identity": identity}, {"Location": identity["url"]})


def delete(state: State, _request: Request, user_id: str, number: str) -> Response:
    """DELETE /api/v2/users/{id}/identities/{id}: 204."""
    user, wanted = state.user(user_id, active=True), id_in(number)
    if all(identity["id"] != wanted for identity in user.identities):
        raise errors.not_found()
    user.identities = [identity for identity in user.identities if identity["id"] != wanted]
    state.keep_user(user)
    return Response(204)


def check_email(state: State, email: str, user: User | None) -> None:
    """Refuse an address that is none, or another user's: RefusedError 422."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise errors.invalid_record("email", f"Email: {email} is not properly formatted")
    if state.user_with_email(email) not in (None, user):
        text = f"Email: {email} is already being used by another user"
        raise errors.invalid_record("email", text, "DuplicateValue")


def check_phone(state: State, phone: str) -> None:
    """Refuse a number that is not E.164 where the account validates numbers: RefusedError 422."""
    if state.options.validate_phone_numbers and not re.fullmatch(r"\+[1-9]\d{6,14}", phone):
        raise errors.invalid_record("phone", "Phone: is not properly formatted", "InvalidFormat")


def taken_phone(state: State, phone: str) -> errors.RefusedError:
    """Return the answer to a direct line that is another user's."""
    text = f"Phone: {phone} is already being used by another user"
    return errors.invalid_record(
        "phone", text, "DuplicateValue" if state.options.duplicate_phone_says == "code" else None
    )


def identities_of(state: State, user: User) -> list[Shown]:
    """Return the identities that a user's own address and direct line are; a shared number is none."""
    found = []
    if user.shown["email"]:
        found.append(identity_of(state, user, "email", user.shown["email"], primary=True))
    return found + direct_line_of(state, user)


def direct_line_of(state: State, user: User) -> list[Shown]:
    """Return the identity that a user's own number is; none where it is shared."""
    if user.shown["phone"] and user.shown["shared_phone_number"] is False:
        return [identity_of(state, user, "phone_number", user.shown["phone"], primary=False)]
    return []


def identity_of(state: State, user: User, kind: str, value: str, *, primary: bool) -> Shown:
    """Return an identity as the API shows one."""
    number, now, owner = state.next_id(), state.now(), user.shown["id"]
    return {
        "id": number, "url": f"{state.options.url}/api/v2/users/{owner}/identities/{number}.json",
        "user_id": owner, "type": kind, "value": value, "verified": False, "primary": primary,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
