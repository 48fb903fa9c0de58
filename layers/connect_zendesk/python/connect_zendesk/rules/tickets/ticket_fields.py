"""What a contact's new ticket is given by the rules of the app settings, and which rule set what (T17)."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
from connect_zendesk.rules.tickets.analysis import NO_ANALYSIS, Analysis
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
    attribute that is not set (S2) gives no value: a later rule may have one. Rules that wait for an analysis
    give nothing yet.
    """
    rules = [rule for rule in app.ticket_fields if not rule.when.need_analysis]
    return _of_rules(rules, leg, app, NO_ANALYSIS)


def of_analysis(leg: Leg | None, app: AppSettings, found: Analysis) -> TicketFields:
    """Return what the rules that wait for an analysis give the ticket of its contact, as `of_contact` does.

    ``leg`` is the one that was analysed, None where nothing is known of it any more: then no rule fits that
    asks for more than what was found.
    """
    rules = [rule for rule in app.ticket_fields if rule.when.need_analysis]
    return _of_rules(rules, leg, app, found)


def wait_for_analysis(app: AppSettings) -> bool:
    """Return whether any rule waits for an analysis."""
    return any(rule.enabled and rule.when.need_analysis for rule in app.ticket_fields)


def _of_rules(
    rules: Sequence[TicketFieldRule], leg: Leg | None, app: AppSettings, analysis: Analysis
) -> TicketFields:
    found: dict[str | int, Given] = {}
    tags: list[Given] = []
    for rule in rules:
        if not rule.enabled or not analysis.fits(rule.when) or not _fits(rule.when, leg, app):
            continue
        tags += (Given(_TAG, tag, rule.name) for tag in rule.set.tags if tag not in {t.value for t in tags})
        for given in _values(rule, leg.attributes if leg is not None else {}):
            found.setdefault(given.what, given)
    order = {rule.name: place for place, rule in enumerate(rules)}
    return TicketFields(tuple(sorted((*found.values(), *tags), key=lambda given: order[given.rule])))


def _fits(when: ContactConditions, leg: Leg | None, app: AppSettings) -> bool:
    if leg is None:
        return not (when.channel or when.direction or when.kind or when.queue or when.attributes)
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


def _values(rule: TicketFieldRule, attributes: Mapping[str, str]) -> Iterator[Given]:
    for name in PROPERTIES:
        value = getattr(rule.set, name)
        if value is not None:
            yield Given(name, value, rule.name)
    for field, wanted in rule.set.fields.items():
        given = _value(wanted, attributes)
        if given is not None:
            attribute = wanted.attribute if isinstance(wanted, FromAttribute) else None
            yield Given(field, given, rule.name, attribute)


def _value(wanted: FieldValue, attributes: Mapping[str, str]) -> Any:
    """Return a field's value; None where the attribute that holds it is not set.

    What an attribute holds comes from outside: without markup and placeholders, on one line (M6).
    """
    if isinstance(wanted, tuple):
        return list(wanted)
    if not isinstance(wanted, FromAttribute):
        return wanted
    text = attributes.get(wanted.attribute, "")
    if readers.is_not_set(text):
        return None
    try:
        return readers.line_of_text(text)
    except InvalidValue:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
