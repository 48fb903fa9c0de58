"""What becomes of values for fields, groups, brands and forms (zendesk-2.md D2), where a world sets those up.

Without a list in the world nothing is looked at: ids and values are taken as they come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

_LISTS = {"group_id": "groups", "brand_id": "brands", "ticket_form_id": "ticket_forms"}
#: Ticket fields that every account has, by their type: which of a ticket's own properties each is.
_OWN = {
    "subject": "subject", "status": "status", "priority": "priority", "tickettype": "type",
    "assignee": "assignee_id", "group": "group_id", "description": "description",
}  # fmt: skip
_TYPE_NAMES = {
    "tickettype": "FieldTicketType",
    "textarea": "FieldTextarea",
    "multiselect": "FieldMultiselect",
}
_INVALID = "InvalidValue"


def accepted(state: State, asked: object) -> object:
    """Return the custom fields of a request without those that are dropped: unknown ones, unknown options.

    RefusedError 422 for a value that its field's type or pattern does not allow.
    """
    fields = state.set_up["ticket_fields"]
    if not fields or not isinstance(asked, list):
        return asked
    return [one for one in asked if isinstance(one, dict) and _is_kept(fields.get(_number(one)), one)]


def empty(state: State) -> list[Shown]:
    """Return the custom fields of a ticket, none of them filled in."""
    fields = state.set_up["ticket_fields"].values()
    return [{"id": field["id"], "value": None} for field in fields if field["type"] not in _OWN]


def check_ids(state: State, values: Shown) -> None:
    """Refuse, or drop from `values`, a group, brand or form that there is not: RefusedError 422."""
    for name, kind in _LISTS.items():
        known = state.set_up[kind]
        if not known or values.get(name) is None or values[name] in known:
            continue
        if state.options.unknown_ticket_ids == "refused":
            title = name.removesuffix("_id").replace("_", " ")
            raise errors.invalid_record(
                title.replace(" ", "_"), f"{title.capitalize()}: is invalid", _INVALID
            )
        del values[name]


def check_members(state: State, ticket: Mapping[str, Any]) -> None:
    """Refuse an assignee who is not in the ticket's group: RefusedError 422, with a code and without one."""
    memberships = state.set_up["group_memberships"].values()
    wanted = (ticket.get("assignee_id"), ticket.get("group_id"))
    if not memberships or None in wanted:
        return
    if wanted not in [(one["user_id"], one["group_id"]) for one in memberships]:
        details = [
            {"description": "Assignee: is invalid", "error": _INVALID},
            {"description": "Assignee: is not a member of the group"},
        ]
        raise errors.described(422, "RecordInvalid", "Record validation errors", {"assignee": details})


def check_solved(state: State, ticket: Mapping[str, Any]) -> None:
    """Refuse to solve a ticket whose required fields are empty: RefusedError 422, each without a code."""
    missing = [
        {
            "description": f"{field['title'] or field['type'].capitalize()}: is needed when solving a ticket",
            "error": None, "ticket_field_id": field["id"], "ticket_field_type": _type_name(field["type"]),
        }
        for field in state.set_up["ticket_fields"].values()
        if field["required"] and field["active"] and _value(ticket, field) in (None, "", [], False)
    ]  # fmt: skip
    if missing:
        raise errors.described(422, "RecordInvalid", "Record validation errors", {"base": missing})


def _value(ticket: Mapping[str, Any], field: Shown) -> object:
    if field["type"] in _OWN:
        return ticket.get(_OWN[field["type"]])
    held = {one["id"]: one["value"] for one in ticket.get("custom_fields", ())}
    return held.get(field["id"])


def _is_kept(field: Shown | None, asked: Mapping[str, Any]) -> bool:
    value = asked.get("value")
    if field is None or value is None:
        return field is not None
    if field["type"] in ("tagger", "multiselect"):
        options = [option.get("value") for option in field.get("custom_field_options") or ()]
        chosen = value if isinstance(value, list) else [value]
        return all(one in options for one in chosen)
    if field["type"] == "checkbox":
        return value in (True, False, "true", "false")
    if not _fits(field, value):
        detail = {
            "description": f"{field['title'] or 'Field'}: is invalid", "error": _INVALID,
            "field_key": field["id"], "ticket_field_id": field["id"],
            "ticket_field_type": _type_name(field["type"]),
        }  # fmt: skip
        raise errors.described(422, "RecordInvalid", "Record validation errors", {"base": [detail]})
    return True


def _fits(field: Shown, value: object) -> bool:
    pattern = {"integer": r"-?\d+", "decimal": r"-?\d+([.,]\d+)?"}.get(field["type"])
    if field["type"] == "regexp":
        return re.search(field.get("regexp_for_validation") or "", str(value)) is not None
    if field["type"] == "date":
        return _is_date(value)
    return pattern is None or re.fullmatch(pattern, str(value)) is not None


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _number(asked: Mapping[str, Any]) -> int:
    number = asked.get("id")
    return number if isinstance(number, int) else 0


def _type_name(kind: str) -> str:
    return _TYPE_NAMES.get(kind, f"Field{kind.capitalize()}")
