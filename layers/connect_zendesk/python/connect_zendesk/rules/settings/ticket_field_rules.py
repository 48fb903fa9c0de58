"""Ticket field rules: what a new ticket is given, by what its contact is like (T17)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.rules.settings.readers import InvalidValue
from connect_zendesk.rules.settings.shapes import (
    BOOLEAN,
    ID,
    NAME,
    TAG,
    Schema,
    Shape,
    ValidationError,
    choice,
    list_of,
    mapping_to,
    matching,
    one_or_more,
    table,
    unique_names,
    whole_number,
)
from connect_zendesk.rules.settings.task_rules import PRIORITIES, TYPES

#: The kinds of contact without an agent that `missed_contact_tickets` can turn a ticket on for (T13).
MISSED_KINDS = ("abandoned", "callback", "missed", "self_service", "unreached", "voicemail")
#: What a contact is where an agent takes part in it.
ANSWERED = "answered"
KINDS = (ANSWERED, *MISSED_KINDS)
CHANNELS = ("voice", "chat", "task")
DIRECTIONS = ("inbound", "outbound")
#: How the customer felt over all, as an analysis of the contact says.
SENTIMENTS = ("positive", "negative", "neutral", "mixed")
#: In the place of an attribute's value: any that is set (S2).
ANY_VALUE = "*"


@dataclass(frozen=True)
class FromAttribute:
    """The value is what this contact attribute holds."""

    attribute: str


#: A multi-select field takes several option tags, a checkbox true or false.
FieldValue = str | int | bool | tuple[str, ...] | FromAttribute


@dataclass(frozen=True)
class ContactConditions:
    """What a contact must be like. Each that is not empty must hold; of a set, one value is enough.

    ``queue`` has names, ids and ARNs. These, ``category`` and the values of ``attributes`` are in lower case.
    ``category`` and ``sentiment`` are what an analysis of the contact finds.
    """

    channel: frozenset[str] = frozenset()
    direction: frozenset[str] = frozenset()
    queue: frozenset[str] = frozenset()
    kind: frozenset[str] = frozenset()
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    category: frozenset[str] = frozenset()
    sentiment: frozenset[str] = frozenset()

    @property
    def need_analysis(self) -> bool:
        """Whether only an analysis of the contact shows if they hold."""
        return bool(self.category or self.sentiment)


@dataclass(frozen=True)
class TicketValues:
    """What a rule sets. ``group``, ``brand``, ``form`` and the keys of ``fields`` are Zendesk ids."""

    tags: tuple[str, ...] = ()
    group: int | None = None
    brand: int | None = None
    form: int | None = None
    priority: str | None = None
    type: str | None = None
    fields: Mapping[int, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True)
class TicketFieldRule:
    """One rule. The first that fits and has a value for a field sets it; the tags of all that fit are set."""

    name: str
    set: TicketValues
    when: ContactConditions = ContactConditions()
    enabled: bool = True

    @property
    def attributes(self) -> frozenset[str]:
        """The contact attributes that it names."""
        values = self.set.fields.values()
        return frozenset(self.when.attributes) | {
            value.attribute for value in values if isinstance(value, FromAttribute)
        }


def _tags(value: object) -> tuple[str, ...]:
    return tuple(sorted(_TAGS.read(value)))


def _field_value() -> Shape[FieldValue]:
    """A text, a number, true or false, a list of texts, or the attribute that holds the value."""

    def convert(value: Any) -> FieldValue:
        if isinstance(value, Mapping):
            return _FROM_ATTRIBUTE.read(value)
        if isinstance(value, list):
            if not value:
                raise InvalidValue
            return _TEXTS.read(value)
        if isinstance(value, bool):
            return value
        return _NUMBER.read(value) if isinstance(value, int) else _TEXT.read(value)

    plain = [_TEXT.schema, {"enum": [True, False]}, _NUMBER.schema, {**_TEXTS.schema, "minItems": 1}]
    return Shape(
        'a text, a whole number, true or false, a list of option tags, or { attribute = "its name" }',
        {"anyOf": [*plain, _FROM_ATTRIBUTE.schema]},
        convert,
    )


def _by_field(item: Shape[FieldValue]) -> Shape[Mapping[int, FieldValue]]:
    """A table whose keys are ids of ticket fields."""

    def convert(value: Any) -> Mapping[int, FieldValue]:
        if not isinstance(value, Mapping):
            raise InvalidValue
        read = {}
        for key, each in value.items():
            number = str(key).strip()
            if not _FIELD_ID.fullmatch(number):
                raise ValidationError(f".{key}", "the id of a ticket field", key)
            read[int(number)] = item.read(each, f".{key}")
        return read

    schema: Schema = {
        "type": "object",
        "patternProperties": {rf"^\s*{_FIELD_ID.pattern}\s*$": item.schema},
        "additionalProperties": False,
    }
    return Shape("a table of ticket field id = value", schema, convert)


def _later_in_part(rules: Shape[TicketFieldRule]) -> Shape[TicketFieldRule]:
    """A rule that waits for an analysis sets tags and ticket fields: the rest of a ticket is never empty.

    A group, brand or form is there from the beginning, and by a priority or type its agent has worked.
    """

    def convert(value: Any) -> TicketFieldRule:
        read = rules.read(value)
        if read.when.need_analysis:
            for name in value["set"]:
                if name not in _SET_LATER:
                    raise ValidationError(f".set.{name}", _ONLY_LATER, value["set"][name])
        return read

    without: Schema = {"properties": {name: {"not": {}} for name in _NEED_ANALYSIS}}
    only: Schema = {"properties": {name: {} for name in _SET_LATER}, "additionalProperties": False}
    either: list[Schema] = [{"properties": {"when": without}}, {"properties": {"set": only}}]
    return Shape(rules.expected, {**rules.schema, "allOf": [{"anyOf": either}]}, convert)


def _not_empty(values: Shape[TicketValues]) -> Shape[TicketValues]:
    """A rule that sets nothing is a mistake."""

    def convert(value: Any) -> TicketValues:
        read = values.read(value)
        if not value:
            raise InvalidValue
        return read

    return Shape(values.expected, {**values.schema, "minProperties": 1}, convert)


#: What makes a rule wait for an analysis, and what such a rule can set.
_NEED_ANALYSIS, _SET_LATER = ("category", "sentiment"), ("tags", "fields")
_ONLY_LATER = "only tags and fields beside category or sentiment"
_LARGEST_NUMBER = 10**15
_FIELD_ID = re.compile("[1-9][0-9]{0,17}")
_LINE = r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,253}[^\s\x00-\x1f\x7f])?"
_TEXT = matching(_LINE, "a text of 255 characters or fewer")
_NUMBER = whole_number(-_LARGEST_NUMBER, _LARGEST_NUMBER)
_TEXTS = list_of(_TEXT, "a list of texts")
_TAGS = one_or_more(TAG)
_LOWER_TEXT = one_or_more(matching(_LINE, "a text of 255 characters or fewer", str.lower))
_FROM_ATTRIBUTE = table(FromAttribute, {"attribute": _TEXT}, required=("attribute",))

_WHEN = table(
    ContactConditions,
    {
        "channel": one_or_more(choice(*CHANNELS)),
        "direction": one_or_more(choice(*DIRECTIONS)),
        "queue": _LOWER_TEXT,
        "kind": one_or_more(choice(*KINDS)),
        "attributes": mapping_to(_LOWER_TEXT, "a table of contact attribute = value, or a list of values"),
        "category": _LOWER_TEXT,
        "sentiment": one_or_more(choice(*SENTIMENTS)),
    },
)
_SET = _not_empty(
    table(
        TicketValues,
        {
            "tags": Shape(_TAGS.expected, _TAGS.schema, _tags),
            "group": ID,
            "brand": ID,
            "form": ID,
            "priority": choice(*PRIORITIES),
            "type": choice(*TYPES),
            "fields": _by_field(_field_value()),
        },
    )
)
_RULE = _later_in_part(
    table(
        TicketFieldRule,
        {"name": NAME, "enabled": BOOLEAN, "when": _WHEN, "set": _SET},
        required=("name", "set"),
    )
)

#: The app setting `ticket_fields`; read as a tuple of `TicketFieldRule`.
TICKET_FIELDS = unique_names(list_of(_RULE, "a list of tables with name, when and set"))
