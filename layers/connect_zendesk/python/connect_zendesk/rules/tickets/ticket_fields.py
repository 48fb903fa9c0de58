"""What a new ticket is given by the rules of the app settings, and which rule set what (T17)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.unanswered import unanswered
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.readers import InvalidValue
from connect_zendesk.rules.settings.ticket_field_rules import (
    ANSWERED,
    ANY_VALUE,
    ContactConditions,
    FieldValue,
    FromAttribute,
    TicketFieldRule,
)
from connect_zendesk.rules.tickets.decision_table import Reason

#: What Zendesk's API calls a ticket's own properties that rules set.
PROPERTIES: Mapping[str, str] = {
    "group": "group_id",
    "brand": "brand_id",
    "form": "ticket_form_id",
    "priority": "priority",
    "type": "type",
}
_TAG = "tag"
_LONGEST_REASON = 300
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Given:
    """One value of a new ticket, and where it came from.

    ``what`` is a property of `PROPERTIES`, tag, or the id of a ticket field; ``rule`` the name of the rule
    that set it; ``attribute`` the contact attribute that the value was taken from, if any.
    """

    what: str | int
    value: Any
    rule: str
    attribute: str | None = None

    @property
    def shown(self) -> str:
        """The value in words, without one that a contact attribute holds: that can be personal data."""
        if isinstance(self.what, str):
            return f"{self.what} {self.value}"
        if self.attribute is not None:
            return wording.FIELD_FROM_ATTRIBUTE.format(field=self.what, attribute=self.attribute)
        value = json.dumps(self.value, ensure_ascii=False)[:_LONGEST_SHOWN]
        return wording.FIELD_GIVEN.format(field=self.what, value=value)


@dataclass(frozen=True)
class TicketFields:
    """What the rules give a new ticket, in their order."""

    given: tuple[Given, ...] = ()

    @property
    def tags(self) -> list[str]:
        """The tags, each once."""
        return list(dict.fromkeys(each.value for each in self.given if each.what == _TAG))

    @property
    def properties(self) -> dict[str, Any]:
        """The rest, as Zendesk's API has it of a ticket."""
        own = {name: each.value for each in self.given if (name := PROPERTIES.get(str(each.what)))}
        fields = [{"id": each.what, "value": each.value} for each in self.given if isinstance(each.what, int)]
        return {**own, "custom_fields": fields} if fields else own

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What each rule has set. Holds nothing that a contact attribute holds."""
        by_rule: dict[str, list[str]] = {}
        for each in self.given:
            by_rule.setdefault(each.rule, []).append(each.shown)
        texts = (
            wording.TICKET_FIELDS_SET.format(rule=rule, what=", ".join(what))
            for rule, what in by_rule.items()
        )
        return tuple(Reason("T17", _cut(text), ("ticket_fields",)) for text in texts)


def of_contact(leg: Leg, app: AppSettings) -> TicketFields:
    """Return what a new ticket of a contact is given, by the leg that decides and what is known of it now.

    The first rule that fits and has a value for a field sets it; the tags of all that fit are set. An
    attribute that is not set (S2) gives no value: a later rule may have one.
    """
    found: dict[str | int, Given] = {}
    tags: list[Given] = []
    for rule in app.ticket_fields:
        if not rule.enabled or not _fits(rule.when, leg, app):
            continue
        tags += (Given(_TAG, tag, rule.name) for tag in rule.set.tags if tag not in {t.value for t in tags})
        for given in _values(rule, leg):
            found.setdefault(given.what, given)
    order = {rule.name: place for place, rule in enumerate(app.ticket_fields)}
    return TicketFields(tuple(sorted((*found.values(), *tags), key=lambda given: order[given.rule])))


def _fits(when: ContactConditions, leg: Leg, app: AppSettings) -> bool:
    kind = unanswered(leg, app.voicemail_attributes) or (ANSWERED if leg.answered else None)
    queue = leg.queue
    here = {queue.name.strip().lower()} if queue and queue.name else set()
    if queue and queue.id:
        here.add(queue.id.lower())
    queues = {value.rpartition("/queue/")[2] for value in when.queue}
    return (
        (not when.channel or leg.channel.lower() in when.channel)
        and (not when.direction or leg.direction in when.direction)
        and (not when.kind or kind in when.kind)
        and (not queues or bool(here & queues))
        and all(_has(leg.attributes.get(name, ""), values) for name, values in when.attributes.items())
    )


def _has(text: str, values: frozenset[str]) -> bool:
    if text.strip().lower() in values:
        return True
    return ANY_VALUE in values and not readers.is_not_set(text)


def _values(rule: TicketFieldRule, leg: Leg) -> Iterator[Given]:
    for name in PROPERTIES:
        value = getattr(rule.set, name)
        if value is not None:
            yield Given(name, value, rule.name)
    for field, wanted in rule.set.fields.items():
        given = _value(wanted, leg)
        if given is not None:
            attribute = wanted.attribute if isinstance(wanted, FromAttribute) else None
            yield Given(field, given, rule.name, attribute)


def _value(wanted: FieldValue, leg: Leg) -> Any:
    """Return a field's value; None where the attribute that holds it is not set.

    What an attribute holds comes from outside: without markup and placeholders, on one line (M6).
    """
    if isinstance(wanted, tuple):
        return list(wanted)
    if not isinstance(wanted, FromAttribute):
        return wanted
    text = leg.attributes.get(wanted.attribute, "")
    if readers.is_not_set(text):
        return None
    try:
        return readers.line_of_text(text)
    except InvalidValue:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
