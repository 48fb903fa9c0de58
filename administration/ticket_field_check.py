"""Whether the Zendesk account has what the rules of `ticket_fields` name (T17)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from connect_zendesk.rules.settings.ticket_field_rules import FieldValue, FromAttribute, TicketFieldRule
from connect_zendesk.zendesk.errors import NoEndpoint, NotAllowed, NotFound

Shown = Mapping[str, Any]

#: By what a rule calls it: the list that has it, what one is called, and whether one is gone.
_LISTS: Mapping[str, tuple[str, str, Callable[[Shown], bool]]] = {
    "group": ("groups", "group", lambda group: bool(group.get("deleted"))),
    "brand": ("brands", "brand", lambda brand: not brand.get("active", True)),
    "form": ("ticket_forms", "ticket form", lambda form: not form.get("active", True)),
}
#: Ticket fields that every account has, by their type as Zendesk calls it.
_OWN = {"priority": "priority", "type": "tickettype"}
#: The type of no ticket field that a rule sets by its id: the ticket's own properties.
_PROPERTIES = frozenset(
    {"subject", "description", "status", "custom_status", "priority", "tickettype", "group", "assignee"}
)
#: A priority field with this subtype has no low and no urgent (facts/zendesk-2.md D3).
_BASIC_PRIORITIES = 1
_NUMBERS = {"integer": r"-?[0-9]+", "decimal": r"-?[0-9]+([.,][0-9]+)?"}


class Lists(Protocol):
    """A Zendesk account, of which lists can be read."""

    def listed(self, name: str) -> Sequence[Shown]:
        """Return everything in a list, such as groups. Raises `ZendeskError`."""


def problems_of(account: Lists, rules: Sequence[TicketFieldRule]) -> list[str]:
    """Return what the rules name that the account does not have, a line for each. Raises `ZendeskError`.

    Only those lists are read that the rules name something of. Rules that are switched off are checked too.
    """
    known: dict[str, Mapping[int, Shown] | None] = {}

    def of(name: str) -> Mapping[int, Shown] | None:
        if name not in known:
            known[name] = _listed(account, name)
        return known[name]

    return [
        f"ticket_fields[{number}].set.{problem}"
        for number, rule in enumerate(rules, 1)
        for problem in _problems_of(rule, of)
    ]


def _listed(account: Lists, name: str) -> Mapping[int, Shown] | None:
    """Return a list by id, or None where the account's plan, or its user's role, does not have it."""
    try:
        return {int(one["id"]): one for one in account.listed(name)}
    except (NotAllowed, NotFound, NoEndpoint):
        return None


def _problems_of(rule: TicketFieldRule, listed: Callable[[str], Mapping[int, Shown] | None]) -> Iterator[str]:
    for place, (name, called, is_gone) in _LISTS.items():
        number = getattr(rule.set, place)
        if number is None:
            continue
        there = listed(name)
        if there is None:
            yield f"{place}: Zendesk does not show this account's {called}s to the connector's user"
        elif number not in there:
            yield f"{place}: there is no {called} {number} in Zendesk{_choice(there, is_gone)}"
        elif is_gone(there[number]):
            yield f"{place}: {called} {number} is not active"
    values = {place: getattr(rule.set, place) for place in _OWN if getattr(rule.set, place) is not None}
    if not values and not rule.set.fields:
        return
    fields = listed("ticket_fields")
    if fields is None:
        yield "fields: Zendesk does not show this account's ticket fields to the connector's user"
        return
    for place, value in values.items():
        if wrong := _wrong_of_own(fields, place, value):
            yield f"{place}: {wrong}"
    for number, wanted in rule.set.fields.items():
        if wrong := _wrong(fields.get(number), wanted):
            yield f"fields.{number}: {wrong}"


def _choice(there: Mapping[int, Shown], is_gone: Callable[[Shown], bool]) -> str:
    names = [f"{number} {one.get('name', '')}" for number, one in there.items() if not is_gone(one)]
    return f": there are {', '.join(names)}" if 0 < len(names) <= 10 else ""


def _wrong_of_own(fields: Mapping[int, Shown], place: str, value: str) -> str | None:
    """Return what is wrong with a priority or type; nothing where the account does not list the field."""
    own = next((field for field in fields.values() if field.get("type") == _OWN[place]), None)
    if own is None:
        return None
    if not own.get("active", True):
        return f"the ticket field {place} is not active in Zendesk"
    if place == "priority" and own.get("sub_type_id") == _BASIC_PRIORITIES and value in ("low", "urgent"):
        return f"Zendesk has the priorities normal and high only, not {value}"
    return None


def _wrong(field: Shown | None, wanted: FieldValue) -> str | None:
    """Return what is wrong with what a rule gives a ticket field."""
    if field is None:
        return "there is no such ticket field in Zendesk"
    if not field.get("active", True):
        return "the ticket field is not active in Zendesk"
    kind = str(field.get("type"))
    if kind in _PROPERTIES:
        return "this is no field of your own: set group, priority or type by name"
    if isinstance(wanted, FromAttribute):
        return None
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    if isinstance(wanted, tuple) and kind != "multiselect":
        return f"a {kind} field takes one value, not a list"
    if kind in ("tagger", "multiselect"):
        options = [option.get("value") for option in field.get("custom_field_options") or ()]
        missing = [value for value in values if value not in options]
        return f"it has no option {missing[0]!r}: {_options(options)}" if missing else None
    return None if _fits(field, kind, wanted) else f"{wanted!r} is no value of a {kind} field"


def _options(options: Sequence[Any]) -> str:
    return "its tags are " + ", ".join(map(str, options[:20])) + (" …" if len(options) > 20 else "")


def _fits(field: Shown, kind: str, value: object) -> bool:
    if kind == "checkbox" or isinstance(value, bool):
        return kind == "checkbox" and value in (True, False, "true", "false")
    if kind == "date":
        try:
            return bool(date.fromisoformat(str(value)))
        except ValueError:
            return False
    if kind == "regexp":
        return _matches(str(field.get("regexp_for_validation") or ""), str(value))
    return kind not in _NUMBERS or re.fullmatch(_NUMBERS[kind], str(value)) is not None


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text matches Zendesk's pattern; a pattern that Python cannot read is not judged."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
