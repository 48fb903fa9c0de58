"""Fills the account from a world: users, tickets, what is set up, and plan, in Zendesk's field names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any

from local.stand_ins.zendesk.errors import RefusedError
from local.stand_ins.zendesk.macros import add as add_macro
from local.stand_ins.zendesk.plan import Plan, PlanError, plan_of
from local.stand_ins.zendesk.records import Shown, Ticket, User, ticket_shown, user_shown, via
from local.stand_ins.zendesk.setup import account_settings
from local.stand_ins.zendesk.setup import lists as setup
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets.comments import comment_of, voice_comment_of
from local.stand_ins.zendesk.timestamps import from_timestamp, to_timestamp
from local.stand_ins.zendesk.users.fields import added as added_field
from local.stand_ins.zendesk.users.identities import identities_of

_LISTS = ("users", "tickets", "user_fields", "macros")
_SETTINGS = "account_settings"
_PARTS = (*_LISTS, *setup.LISTS, _SETTINGS, "plan")
_NOT_SHOWN = ("comments", "metadata", "via_id", "archived", "followup_source_id", "html_body")


class WorldError(ValueError):
    """A world that cannot be read; the message says where."""


def plan_in(world: Mapping[str, Any]) -> Plan:
    """Return the plan of a world; WorldError where it cannot be."""
    given = world.get("plan")
    try:
        return plan_of({} if given is None else given)
    except PlanError as problem:
        raise WorldError(f"the plan of a Zendesk world: {problem}") from problem


def fill(state: State, world: Mapping[str, Any]) -> None:
    """Put what `world` holds into an empty account, visible to search from the start.

    Sparse entries get Zendesk's defaults; entries without an id get one. WorldError where an entry is not
    an object, an id is given twice, or a part of the world has a name that means nothing.
    """
    if unknown := world.keys() - set(_PARTS):
        raise WorldError(f"a Zendesk world has {', '.join(_PARTS)}, not {', '.join(sorted(unknown))}")
    users, tickets, fields, macros = (_entries(world, part) for part in _LISTS)
    state.account_settings = account_settings.shown_with(_groups(world))
    mentioned = [int(user["id"]) for user in users if user.get("id") is not None]
    for ticket in tickets:
        mentioned += [
            _id(ticket, n) for n in ("requester_id", "submitter_id", "assignee_id") if ticket.get(n)
        ]
    state.last_user_id = max(mentioned, default=state.last_user_id)
    state.last_ticket_id = max((int(t["id"]) for t in tickets if t.get("id") is not None), default=0)
    for part in setup.LISTS:
        for entry in _entries(world, part):
            setup.add(state, part, entry)
    for field in fields:
        _add_user_field(state, field)
    shared = Counter(_digits(user.get("phone")) for user in users)
    for user in users:
        _add_user(state, user, several=shared[_digits(user.get("phone"))] > 1)
    _add_integration_user(state, {*mentioned, *state.users})
    for ticket in tickets:
        _add_ticket(state, ticket)
    state.last_user_id = max(state.last_user_id, 100)
    for macro in macros:
        _add_macro(state, macro)


def _entries(world: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    entries = world.get(part)
    entries = [] if entries is None else entries
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise WorldError(f"{part} of a Zendesk world: expected a list of objects")
    numbers = Counter(entry.get("id") for entry in entries if entry.get("id") is not None)
    for number, times in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool) or times > 1:
            raise WorldError(f"{part} of a Zendesk world: id {number!r} is not a number, or is there twice")
    return entries


def _groups(world: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    given = world.get(_SETTINGS) or {}
    if not isinstance(given, dict) or not all(isinstance(group, dict) for group in given.values()):
        raise WorldError(f"{_SETTINGS} of a Zendesk world: expected an object of objects")
    return given


def _id(entry: Mapping[str, Any], name: str) -> int:
    number = entry[name]
    if not isinstance(number, int) or isinstance(number, bool):
        raise WorldError(f"{name} of a Zendesk world: expected a number, got {number!r}")
    return number


def _add_macro(state: State, given: Mapping[str, Any]) -> None:
    try:
        macro = add_macro(state, given)
    except RefusedError as refused:
        raise WorldError(f"macros of a Zendesk world: {refused}") from refused
    if "id" in given:
        state.macros[given["id"]] = {**state.macros.pop(macro["id"]), "id": given["id"]}


def _digits(phone: object) -> str:
    return re.sub(r"\D", "", phone) if isinstance(phone, str) else ""


def _timestamp(given: object) -> str | None:
    """Return a time of the world as Zendesk writes it; None where none is given."""
    if given is None:
        return None
    try:
        return to_timestamp(from_timestamp(str(given)))
    except ValueError as problem:
        raise WorldError(f"a time of the Zendesk world cannot be read: {problem}") from problem


def _add_user_field(state: State, given: Mapping[str, Any]) -> None:
    if not given.get("key"):
        raise WorldError("user_fields of a Zendesk world: every field has a key")
    added_field(state, given)


def _add_user(state: State, given: Mapping[str, Any], *, several: bool) -> None:
    number = given.get("id")
    if number is None:
        number = state.last_user_id + 1
    values: Shown = {name: value for name, value in given.items() if name not in ("id", "user_fields")}
    if not values.get("name"):
        values["name"] = values.get("email") or values.get("phone") or f"User {number}"
    if values.get("phone") and values.get("shared_phone_number") is None:
        values["shared_phone_number"] = several  # one number cannot be two users' direct line
    created = _timestamp(values.get("created_at")) or state.now()
    values |= {"created_at": created, "updated_at": _timestamp(values.get("updated_at")) or created}
    for name in (given.get("user_fields") or {}).keys() - {field["key"] for field in state.user_fields}:
        _add_user_field(state, {"key": name})
    fields = {field["key"]: None for field in state.user_fields} | dict(given.get("user_fields") or {})
    values = _as_kept(values)
    user = User(user_shown(state.options.url, number, created, **values, user_fields=fields))
    user.identities = identities_of(state, user)
    state.keep_user(user, at_once=True)


def _as_kept(values: Shown) -> Shown:
    """Return what is given: null stands for a default, external ids are text."""
    kept = {name: value for name, value in values.items() if value is not None}
    return {name: str(value) if name == "external_id" else value for name, value in kept.items()}


def _add_integration_user(state: State, taken: set[int]) -> None:
    number = state.options.integration_user_id
    if number is not None:
        if number not in state.users:
            raise WorldError(f"the integration user {number} is not among the users of the Zendesk world")
        state.author_id = number
        return
    state.author_id = next(number for number in count(1) if number not in taken)
    shown = user_shown(
        state.options.url, state.author_id, state.now(), name="Amazon Connect", role="admin", verified=True,
        email="amazon-connect@example.invalid",
    )  # fmt: skip
    state.users[state.author_id] = User(shown, hidden=True)


def _add_ticket(state: State, given: Mapping[str, Any]) -> None:
    number = given.get("id")
    if number is None:
        number = state.last_ticket_id + 1
    created = _timestamp(given.get("created_at")) or state.now()
    values = _as_kept({name: value for name, value in given.items() if name not in ("id", *_NOT_SHOWN)})
    values |= {"created_at": created, "updated_at": _timestamp(given.get("updated_at")) or created}
    values.setdefault("via", via(given.get("via_id"), voice=state.options.voice_ticket_channel))
    values.setdefault("submitter_id", values.get("requester_id"))
    deleted = values.get("status") == "deleted"
    ticket = Ticket(
        ticket_shown(state.options.url, number, created, **values),
        given.get("via_id"),
        given.get("followup_source_id"),
        bool(given.get("archived")),
        deleted,
    )
    if deleted:
        ticket.deletion = {
            "id": number, "subject": ticket.shown["subject"], "deleted_at": ticket.shown["updated_at"],
            "previous_state": "open", "actor": {"id": state.author_id, "name": ""},
        }  # fmt: skip
    for comment in given.get("comments") or ():
        _add_comment(state, ticket, comment)
    if ticket.comments and "is_public" not in given:
        ticket.shown["is_public"] = any(comment.shown["public"] for comment in ticket.comments)
    if ticket.comments and "description" not in given:
        ticket.shown["description"] = ticket.comments[0].shown["plain_body"]
    state.keep_ticket(ticket, at_once=True)


def _add_comment(state: State, ticket: Ticket, given: Mapping[str, Any]) -> None:
    author = given.get("author_id") or ticket.shown["submitter_id"] or state.author_id
    made = voice_comment_of if "data" in given else comment_of
    try:
        comment = made(state, ticket, given.get("data", given), author)
    except RefusedError as refused:
        raise WorldError(
            f"ticket {ticket.shown['id']} of a Zendesk world has a wrong comment: {refused}"
        ) from refused
    created = _timestamp(given.get("created_at")) or ticket.shown["created_at"]
    comment.shown |= {"created_at": created, "public": bool(given.get("public", True))}
    ticket.comments.append(comment)
    audit = {
        "id": comment.shown["audit_id"], "ticket_id": ticket.shown["id"], "created_at": created,
        "author_id": author, "metadata": {"system": {}, "custom": dict(given.get("metadata") or {})},
        "events": [comment.shown], "via": ticket.shown["via"],
    }  # fmt: skip
    ticket.audits.append(audit)
