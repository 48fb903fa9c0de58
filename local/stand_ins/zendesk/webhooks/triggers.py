"""Triggers: when the webhooks connected to them are invoked, and with what (facts/zendesk.md 6.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in, object_in
from local.stand_ins.zendesk.changes import Change
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import PRIORITIES, STATUSES, Shown
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.webhooks import webhooks

ACTION = "notification_webhook"
_BY_ID = {"id": lambda shown: shown["id"]}
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_OPERATORS = (
    "is",
    "is_not",
    "includes",
    "not_includes",
    "changed",
    "not_changed",
    "less_than",
    "greater_than",
)
_ALIASES = {
    "form": "ticket_form_id",
    "requester": "requester_id",
    "assignee": "assignee_id",
    "group": "group_id",
}


def list_all(state: State, request: Request) -> Response:
    """GET /api/v2/triggers."""
    shown = list(state.triggers.values())
    return paged(request, "triggers", shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def create(state: State, request: Request) -> Response:
    """POST /api/v2/triggers: conditions (all, any) and actions; those that invoke webhooks are done."""
    asked = object_in(request, "trigger")
    if not isinstance(asked.get("title"), str) or not asked["title"].strip():
        raise errors.invalid_record("title", "Title: cannot be blank", "BlankValue")
    conditions = asked.get("conditions") or {}
    kept = (
        {part: conditions.get(part) or [] for part in ("all", "any")} if isinstance(conditions, dict) else {}
    )
    for given in (*(kept or {"": None}).values(), asked.get("actions")):
        if not isinstance(given, list) or not all(_is_entry(entry) for entry in given):
            raise errors.invalid_record(
                "base", "Conditions and actions: are lists of objects", "InvalidValue"
            )
    if any(c.get("operator", "is") not in _OPERATORS for part in kept.values() for c in part):
        raise errors.invalid_record("base", f"Operator: is one of {', '.join(_OPERATORS)}", "InvalidValue")
    for action in asked["actions"]:
        _check(state, action)
    number, now = state.next_id(), state.now()
    shown = {
        "id": number, "url": f"{state.options.url}/api/v2/triggers/{number}.json", "title": asked["title"],
        "active": asked.get("active") is not False, "position": len(state.triggers), "conditions": kept,
        "actions": asked["actions"], "created_at": now, "updated_at": now,
    }  # fmt: skip
    state.triggers[number] = shown
    return json_response(201, {"trigger": shown})


def delete(state: State, _request: Request, number: str) -> Response:
    """DELETE /api/v2/triggers/{id}."""
    if state.triggers.pop(id_in(number) or 0, None) is None:
        raise errors.not_found()
    return Response(204)


def fired(state: State, change: Change) -> list[tuple[str, str]]:
    """Return the webhooks that a change invokes through triggers, each with its body."""
    if change.kind not in ("created", "updated", "merged"):
        return []
    return [
        (action["value"][0], filled(state, change, action["value"][1]))
        for trigger in state.triggers.values()
        if trigger["active"] and _met(trigger["conditions"], change)
        for action in trigger["actions"]
        if action["field"] == ACTION
    ]


def filled(state: State, change: Change, template: str) -> str:
    """Return a body with its placeholders filled in, as JSON writes them; an unknown one leaves nothing."""
    values = _values(state, change)

    def value(match: re.Match[str]) -> str:
        return json.dumps(str(values.get(match[1], "")), ensure_ascii=False)[1:-1]

    return _PLACEHOLDER.sub(value, template)


def _values(state: State, change: Change) -> Mapping[str, object]:
    ticket, url = change.ticket, state.options.url
    values: dict[str, object] = {
        "ticket.id": ticket["id"], "ticket.title": ticket["subject"] or "",
        "ticket.tags": " ".join(ticket["tags"]),
        "ticket.description": ticket["description"], "ticket.url": f"{url}/agent/tickets/{ticket['id']}",
        "ticket.link": f"{url}/agent/tickets/{ticket['id']}", "ticket.via": ticket["via"]["channel"],
        "ticket.ticket_type": ticket["type"] or "", "ticket.group.id": ticket["group_id"] or "",
        "ticket.ticket_form": ticket.get("ticket_form_id") or "", "ticket.brand.id": ticket["brand_id"],
        "ticket.latest_comment": change.comments[-1]["plain_body"] if change.comments else "",
        "current_user.id": change.actor_id,
    }  # fmt: skip
    for name in ("status", "priority", "external_id", "created_at", "updated_at"):
        values[f"ticket.{name}"] = ticket[name] or ""
    values |= {
        f"ticket.ticket_field_{f['id']}": "" if f["value"] is None else f["value"]
        for f in ticket["custom_fields"]
    }
    for name, number in (("requester", ticket["requester_id"]), ("assignee", ticket["assignee_id"]),
                         ("submitter", ticket["submitter_id"])):  # fmt: skip
        user = state.users.get(number)
        for field in ("id", "name", "email", "phone", "external_id") if user else ():
            values[f"ticket.{name}.{field}"] = user.shown[field] or "" if user else ""
    return values


def _met(conditions: Mapping[str, list[Shown]], change: Change) -> bool:
    every, some = conditions["all"], conditions["any"]
    return all(_holds(c, change) for c in every) and (not some or any(_holds(c, change) for c in some))


def _holds(condition: Mapping[str, Any], change: Change) -> bool:
    name, value = str(condition["field"]), condition.get("value")
    operator = str(condition.get("operator", "is"))
    if name == "update_type":
        return (str(value) == "Create") == (change.kind == "created")
    if name in ("current_tags", "tags"):
        wanted, tags = set(str(value).lower().split()), set(change.ticket["tags"])
        return (operator == "not_includes") != bool(wanted & tags)
    if name == "comment_is_public":
        return any(c["public"] is (value in (True, "true")) for c in change.comments)
    now, before = _value(change.ticket, name), _value(change.before or {}, name)
    if operator in ("changed", "not_changed"):
        return (now != before) == (operator == "changed")
    if operator in ("less_than", "greater_than"):
        ranks: tuple[str, ...] = {"status": STATUSES, "priority": PRIORITIES}.get(name, ())
        if now == value or now not in ranks or value not in ranks:
            return False
        return (ranks.index(now) < ranks.index(value)) == (operator == "less_than")
    return (operator == "is_not") != (now == str("" if value is None else value))


def _value(ticket: Mapping[str, Any], name: str) -> str:
    if name.startswith("custom_fields_"):
        found = [f["value"] for f in ticket.get("custom_fields", ()) if f"custom_fields_{f['id']}" == name]
        return str(found[0]) if found else ""
    value = ticket.get(_ALIASES.get(name, name))
    if name == "via_id":
        value = ticket.get("via", {}).get("channel")
    return "" if value is None else str(value)


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("field"), str)


def _check(state: State, action: Mapping[str, Any]) -> None:
    if action["field"] != ACTION:
        return
    value = action.get("value")
    pair = isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)
    if not pair or value is None or value[0] not in state.webhooks:
        raise errors.invalid_record("base", "Webhook: a trigger names its id and a body", "InvalidValue")
    if webhooks.of(state, value[0]).is_subscribed:
        raise errors.invalid_record("base", "Webhook: subscribes to events already", "InvalidValue")
