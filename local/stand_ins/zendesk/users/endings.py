"""Users deleted, or merged into others (facts/zendesk-2.md D2: how they show then is not documented)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in, object_in
from local.stand_ins.zendesk.records import AGENT_ROLES, User
from local.stand_ins.zendesk.state import State


def delete(state: State, _request: Request, user_id: str) -> Response:
    """DELETE /api/v2/users/{id}: still shown, as not active; its addresses and numbers are free."""
    user = state.user(user_id, active=True)
    if user.shown["id"] == state.author_id:
        raise errors.invalid_record("base", "User: is your own", "InvalidValue")
    _end(state, user)
    return json_response(200, {"user": user.shown})


def delete_for_good(state: State, _request: Request, user_id: str) -> Response:
    """DELETE /api/v2/deleted_users/{id}: of a user who was deleted nothing is left."""
    user = state.user(user_id)
    if user.shown["active"]:
        raise errors.not_found()
    state.forget_user(int(user.shown["id"]))
    return json_response(200, {"deleted_user": user.shown})


def merge(state: State, request: Request, user_id: str) -> Response:
    """PUT /api/v2/users/{id}/merge: into the user that `{"user": {"id"}}` names; 200 with that one.

    Its addresses, numbers and tickets are the other's from then on. RefusedError 404 where either is none,
    422 for an agent, or for a user into itself.
    """
    source = state.user(user_id, active=True)
    target = state.user(str(id_in(object_in(request, "user").get("id"))), active=True)
    if source is target or any(user.shown["role"] in AGENT_ROLES for user in (source, target)):
        raise errors.invalid_record("base", "User: is invalid for merging", "InvalidValue")
    known = {(item["type"], item["value"].lower()) for item in target.identities}
    moved = [item for item in source.identities if (item["type"], item["value"].lower()) not in known]
    source.merged_into = int(target.shown["id"])
    _end(state, source)
    owner = {"user_id": target.shown["id"], "primary": False}
    target.identities = [*target.identities, *({**item, **owner} for item in moved)]
    if not target.shown["phone"]:
        line = {name: source.shown[name] for name in ("phone", "shared_phone_number")}
        state.touched(target.shown, line)
    state.keep_user(target)
    for ticket in state.tickets_requested_by(source.shown["id"]):
        ticket.shown["requester_id"] = target.shown["id"]
        state.keep_ticket(ticket)
    return json_response(200, {"user": target.shown})


def _end(state: State, user: User) -> None:
    state.touched(user.shown, {"active": False})
    user.identities = []
    state.keep_user(user)
