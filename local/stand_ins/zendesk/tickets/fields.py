"""Reads the properties of a ticket that a request asks for, and refuses what Zendesk refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import text_in
from local.stand_ins.zendesk.records import PRIORITIES, STATUSES, Shown, Ticket, tags_of
from local.stand_ins.zendesk.setup import ticket_values
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.users import writes as user_writes

_TEXTS = ("subject", "due_at", "external_id")
_IDS = ("group_id", "organization_id", "brand_id", "ticket_form_id")
_CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "priority": (None, *PRIORITIES),
    "type": (None, "problem", "incident", "question", "task"),
    "status": STATUSES,
}


def properties(state: State, asked: Mapping[str, Any], ticket: Ticket | None) -> Shown:
    """Return what a create or update (`ticket` is what there is) sets, by field name.

    RefusedError 422 for a status, priority, assignee or requester that cannot be.
    """
    values: Shown = {name: text_in(asked, name) for name in _TEXTS if name in asked}
    if "subject" in values:
        values["raw_subject"] = values["subject"]
    values |= _chosen(asked, ticket)
    for name in _IDS:
        if name in asked and asked[name] is not None and not _is_number(asked[name]):
            text = f"{name.removesuffix('_id').replace('_', ' ').capitalize()}: is invalid"
            raise errors.invalid_record(name, text, "InvalidValue")
        if name in asked:
            values[name] = asked[name]
    if "tags" in asked:
        values["tags"] = tags_of(asked["tags"])
    if "custom_fields" in asked:
        values["custom_fields"] = merged_fields(
            ticket.shown["custom_fields"] if ticket else ticket_values.empty(state),
            ticket_values.accepted(state, asked["custom_fields"]),
        )
    if "assignee_id" in asked or "assignee_email" in asked:
        values["assignee_id"] = _assignee(state, asked)
        status = values.get("status") or (ticket.shown["status"] if ticket else "new")
        if values["assignee_id"] and status == "new":
            values["status"] = "open"
    if "requester_id" in asked or "requester" in asked:
        values["requester_id"] = _requester(state, asked)
    _check_set_up(state, values, ticket)
    return values


def _check_set_up(state: State, values: Shown, ticket: Ticket | None) -> None:
    ticket_values.check_ids(state, values)
    after = {**(ticket.shown if ticket else {"custom_fields": ticket_values.empty(state)}), **values}
    if "assignee_id" in values or "group_id" in values:
        ticket_values.check_members(state, after)
    if values.get("status") == "solved":
        ticket_values.check_solved(state, after)


def _chosen(asked: Mapping[str, Any], ticket: Ticket | None) -> Shown:
    for name, allowed in _CHOICES.items():
        if name in asked and asked[name] not in allowed:
            text = f"{name.capitalize()}: {asked[name]} is not valid"
            raise errors.invalid_record(name, text, "InvalidValue")
    chosen = {name: asked[name] for name in _CHOICES if name in asked}
    if ticket and ticket.shown["priority"] and chosen.get("priority", "kept") is None:
        raise errors.invalid_record("priority", "Priority: cannot be taken away again")
    return chosen


def merged_fields(known: list[Shown], asked: object) -> list[Shown]:
    """Return custom fields with the values asked for; those not mentioned stay."""
    values = {field["id"]: field["value"] for field in known}
    for field in asked if isinstance(asked, list) else []:
        if isinstance(field, dict) and _is_number(field.get("id")):
            values[field["id"]] = field.get("value")
    return [{"id": number, "value": value} for number, value in values.items()]


def suspended(state: State) -> errors.RefusedError:
    """Return the 422 for a requester who is suspended."""
    code = "UserSuspended" if state.options.suspended_says == "code" else None
    return errors.invalid_record("requester", "Requester: is suspended", code)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _assignee(state: State, asked: Mapping[str, Any]) -> int | None:
    number = asked.get("assignee_id")
    if number is None and asked.get("assignee_email"):
        owner = state.user_with_email(str(asked["assignee_email"]))
        number = owner.shown["id"] if owner else 0
    if number is None:
        return None
    user = state.users.get(number) if isinstance(number, int) else None
    if user is None or not user.is_agent:
        details = [
            {"description": "Assignee: is not an agent or is suspended", "error": "InvalidValue"},
            {"description": "Assignee: is not a member of the group"},
        ]
        raise errors.described(422, "RecordInvalid", "Record validation errors", {"assignee": details})
    return int(user.shown["id"])


def _requester(state: State, asked: Mapping[str, Any]) -> int:
    number, wanted = asked.get("requester_id"), asked.get("requester")
    if number is None and isinstance(wanted, dict):
        email = wanted.get("email")
        user = state.user_with_email(str(email)) if email else None
        if user is None and not state.options.requester_name_needed and not wanted.get("name"):
            wanted = {**wanted, "name": email or wanted.get("phone")}
        if user is None:
            try:
                user = user_writes.add(state, wanted)  # never matched by phone: that is not documented
            except errors.RefusedError as refused:
                raise errors.about("requester", refused, "Requester") from refused
    else:
        found = state.users.get(number) if isinstance(number, int) else None
        if found is None or not found.shown["active"]:
            raise errors.invalid_record("requester", "Requester: is not a valid user", "InvalidValue")
        user = found
    if user.shown["suspended"] and state.options.suspended_requester_refused:
        raise suspended(state)
    return int(user.shown["id"])
