"""Calls and the voice comments they make (facts/zendesk.md 1.3, zendesk-2.md B)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import endpoint_limits, errors
from local.stand_ins.zendesk.bodies import id_in, object_in, text_in, whole
from local.stand_ins.zendesk.records import Comment, Shown, Ticket
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.talk import display
from local.stand_ins.zendesk.tickets import audits
from local.stand_ins.zendesk.tickets.comments import call_comment_of, show_call
from local.stand_ins.zendesk.tickets.creation import check_room, made
from local.stand_ins.zendesk.tickets.updates import check_writable
from local.stand_ins.zendesk.timestamps import from_timestamp

_NEEDED = ("app_id", "from_line", "to_line", "call_started_at", "direction")
_CHOICES = {
    "direction": ("inbound", "outbound", "internal", "callback"),
    "completion_status": (
        "completed", "abandoned_in_queue", "abandoned_in_ivr", "abandoned_in_voicemail", "abandoned_on_hold",
        "pending_voicemail", "missed", "declined", "dropped", "dropped_by_caller", "dropped_by_agent",
    ),
    "call_recording_consent": ("always", "opt_in", "opt_out", "never"),
    "call_recording_consent_action": ("caller_opted_in", "caller_opted_out"),
}  # fmt: skip
_FURTHER = (
    "agent_id", "brand_id", "organization_id", "end_user_id", "end_user_location", "external_id",
    "call_ended_at", "duration", "call_type", "call_disposition", "recording_url", "recording_time",
    "not_recording_time", "recording_control_interactions", "transcript", "queue_name", "queue_time",
    "wait_time", "time_to_answer", "hold_time", "talk_time", "wrap_up_time", "consultation_time",
    "ivr_action",
    "ivr_destination_group_name", "ivr_hops", "ivr_routed_to", "ivr_time_spent", "from_line_nickname",
    "to_line_nickname", "dnis", "phone_name", "callback_number", "callback_source", "exceeded_queue_time",
    "outside_business_hours", "overflowed", "overflowed_to", "voicemail", "customer_requested_voicemail",
)  # fmt: skip
_FIELDS = (*_NEEDED, *(name for name in _CHOICES if name not in _NEEDED), *_FURTHER)


def create(state: State, request: Request) -> Response:
    """POST /api/v2/calls: with a comment but no ticket, it makes one.

    RefusedError 422 and nothing made where something is missing or cannot be.
    """
    display.check_plan(state)
    asked, body = object_in(request, "call"), whole(request)
    said = body.get("comment")
    if said is not None and not isinstance(said, dict):
        raise errors.missing_parameter("comment")
    agent = display.agent_to_show(state, (said or {}).get("display_to_agent"))
    call = {"id": state.next_id(), "ticket_id": None, **_read(state, asked)}
    _check(state, call, call["id"])
    ticket = None
    if "ticket_id" in asked:  # null is an error too
        ticket = state.tickets.get(id_in(asked["ticket_id"]) or 0)
        if ticket is None or ticket.deleted:
            raise errors.invalid_record("ticket_id", "Ticket: is invalid", "InvalidValue")
        call["ticket_id"] = ticket.shown["id"]
    if said is not None:
        title = _title(said)
        if ticket is None:
            ticket = made(
                state, _new_ticket(state, call, said, title), _comment_maker(state, call, said, title)
            )
            call["ticket_id"] = ticket.shown["id"]
        else:
            _count_update(state, request, ticket)
            _add(state, call, ticket, said)
    call |= {"created_at": state.now(), "updated_at": state.now()}
    state.calls[call["id"]] = call
    state.revision += 1
    if agent is not None and ticket is not None:
        display.show(state, agent, {"ticket": ticket.shown["id"]})
    return json_response(201, {"call": _shown(state, call)})


def show(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/calls/{id}."""
    display.check_plan(state)
    return json_response(200, {"call": _shown(state, _call(state, number))})


def update(state: State, request: Request, number: str) -> Response:
    """PATCH /api/v2/calls/{id}: the voice comments made of it say so too."""
    display.check_plan(state)
    call, asked = _call(state, number), object_in(request, "call")
    changed = {**call, **_read(state, asked)}
    _check(state, changed, call["id"])
    call |= changed | {"updated_at": state.now()}
    ticket = state.tickets.get(call["ticket_id"] or 0)
    for comment in ticket.comments if ticket else ():
        if comment.call == call["id"]:
            show_call(comment, call)
    if ticket:
        state.keep_ticket(ticket)
    state.revision += 1
    return json_response(200, {"call": _shown(state, call)})


def comment(state: State, request: Request, number: str) -> Response:
    """POST /api/v2/calls/{id}/comments: on the call's ticket; body and answer are the comment itself.

    Of a call without a ticket it is answered all the same, and is nowhere to be seen (zendesk-2.md B4).
    """
    display.check_plan(state)
    call, said = _call(state, number), whole(request)
    agent = display.agent_to_show(state, said.get("display_to_agent"))
    ticket = state.tickets.get(call["ticket_id"] or 0)
    if ticket is None:
        seen_by_no_one = Ticket(shown={"id": None})
        made_comment = _comment_maker(state, call, said, _title(said))(seen_by_no_one)
    else:
        _count_update(state, request, ticket)
        made_comment = _add(state, call, ticket, said)
    if agent is not None and ticket is not None:
        display.show(state, agent, {"ticket": ticket.shown["id"]})
    return json_response(201, made_comment.shown)


def _shown(state: State, call: Shown) -> Shown:
    """Return a call as an answer shows it: with every field, but for one (zendesk-2.md B3)."""
    shown = {
        "account_id": state.options.account_id, "callback": None, "call_abandoned_position": None,
        **dict.fromkeys(_FIELDS), **call,
    }  # fmt: skip
    if not state.options.call_consent_kept:
        del shown["call_recording_consent"]
    return shown


def _call(state: State, number: str) -> Shown:
    call = state.calls.get(id_in(number) or 0)
    if call is None:
        raise errors.not_found()
    return call


def _read(state: State, asked: Mapping[str, Any]) -> Shown:
    values = {name: asked[name] for name in _FIELDS if name in asked}
    for name in ("agent_id", "end_user_id"):
        user = state.users.get(id_in(values.get(name)) or 0)
        if values.get(name) is not None and (user is None or (name == "agent_id" and not user.is_agent)):
            raise errors.invalid_record(name, f"{name}: is invalid", "InvalidValue")
    for name, allowed in _CHOICES.items():
        if values.get(name) is not None and values[name] not in allowed:
            raise errors.invalid_record(name, f"{name}: is not one of {', '.join(allowed)}", "InvalidValue")
    for name in ("call_started_at", "call_ended_at"):
        if values.get(name) is not None and not _is_timestamp(values[name]):
            raise errors.invalid_record(name, f"{name}: is not a time", "InvalidValue")
    return values


def _check(state: State, call: Shown, number: int) -> None:
    for name in _NEEDED:
        if call.get(name) in (None, ""):
            raise errors.invalid_record(name, f"{name}: cannot be blank", "BlankValue")
    app = id_in(call["app_id"])
    if app is None or state.options.app_id not in (None, app):
        raise errors.invalid_record("app_id", "app_id: is invalid", "InvalidValue")
    external_id = call.get("external_id")
    unique = external_id is not None and state.options.calls_external_id_unique
    if unique and any(
        c["id"] != number and c.get("external_id") == external_id for c in state.calls.values()
    ):
        raise errors.invalid_record("external_id", "External has already been taken", "DuplicateValue")


def _is_timestamp(value: object) -> bool:
    try:
        return isinstance(value, str) and isinstance(from_timestamp(value), datetime)
    except ValueError:
        return False


def _title(said: Mapping[str, Any]) -> str:
    title = text_in(said, "title")
    if not title or not title.strip():
        raise errors.invalid_record("title", "title: cannot be blank", "BlankValue")
    return title


def _author(state: State, call: Shown, said: Mapping[str, Any]) -> int:
    number = said.get("author_id")
    if number is None:
        number = call.get("end_user_id") or state.author_id
    if id_in(number) not in state.users:
        raise errors.invalid_record("author_id", "author_id: is invalid", "InvalidValue")
    return int(number)


def _new_ticket(state: State, call: Shown, said: Mapping[str, Any], title: str) -> Shown:
    via_id = 46 if call["direction"] == "outbound" else 45
    given = {name: call[name] for name in ("brand_id", "organization_id") if call.get(name) is not None}
    requester = call.get("end_user_id") or _author(state, call, said)
    return {
        "subject": text_in(said, "subject") or title,
        "requester_id": int(requester),
        "via_id": via_id,
        **given,
    }


def _comment_maker(state: State, call: Shown, said: Mapping[str, Any], title: str) -> Any:
    author = _author(state, call, said)

    def comment_on(ticket: Ticket) -> Comment:
        return call_comment_of(state, ticket, call, title, said.get("call_fields"), author)

    return comment_on


def _count_update(state: State, request: Request, ticket: Ticket) -> None:
    if state.options.calls_update_tickets:
        endpoint_limits.ticket_update(state, request, (str(ticket.shown["id"]),))


def _add(state: State, call: Shown, ticket: Ticket, said: Mapping[str, Any]) -> Comment:
    check_writable(state, ticket, {})
    check_room(state, ticket)
    added: Comment = _comment_maker(state, call, said, _title(said))(ticket)
    before = dict(ticket.shown)
    ticket.comments.append(added)
    ticket.shown |= {
        "updated_at": state.now(), "is_public": any(c.shown["public"] for c in ticket.comments),
    }  # fmt: skip
    audits.add(state, ticket, before, [added], None)
    state.keep_ticket(ticket)
    return added
