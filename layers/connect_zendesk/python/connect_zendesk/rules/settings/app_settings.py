"""What the administrator sets for the whole deployment: new defaults, and the further app settings (S8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import phonenumbers

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.defaults import is_invalid, new_default, text_form
from connect_zendesk.rules.settings.readers import InvalidValue
from connect_zendesk.rules.settings.registry import BY_NAME, DEFAULTS, NOT_IN_EFFECT
from connect_zendesk.rules.settings.shapes import (
    BOOLEAN,
    ID,
    Shape,
    ValidationError,
    choice,
    list_of,
    mapping_to,
    matching,
    matching_schema,
    selection,
    table,
    text_of,
    whole_number,
)
from connect_zendesk.rules.settings.task_rules import TASK_RULES, TaskRule
from connect_zendesk.rules.settings.ticket_field_rules import MISSED_KINDS, TICKET_FIELDS, TicketFieldRule

#: The attributes by which a flow says that a message was left: ours, and the one of AWS's Voicemail Express.
VOICEMAIL_ATTRIBUTES = ("voicemail", "vmx3_flag")


@dataclass(frozen=True)
class CallerAuthentication:
    """Where a caller's voice-authentication result is found (V2).

    ``source`` is voice_id (the contact record's VoiceIdResult) or attributes (a partner's biometrics put
    it into contact attributes, named by the other three).
    """

    source: str = "voice_id"
    id_attribute: str = "voice_authentication_id"
    status_attribute: str = "voice_authentication_status"
    result_attribute: str = "voice_authentication_result"


T = TypeVar("T")


@dataclass(frozen=True)
class FurtherSetting(Generic[T]):
    """An app setting that no contact attribute overrides. ``example`` is a value as TOML or JSON has it."""

    name: str
    shape: Shape[T]
    default: T
    purpose: str
    example: Any

    @property
    def expected(self) -> str:
        """Completes "expected …"."""
        return self.shape.expected

    @property
    def in_effect(self) -> bool:
        """Whether anything reads it (S9)."""
        return not self.purpose.endswith(NOT_IN_EFFECT)


_ROW = "row"


def _further(shape: Shape[T], default: T, purpose: str, example: Any) -> T:
    """Return a field of `AppSettings` that is a row of the further app settings, and is named by the field.

    Declared as returning the value's type, so that mypy holds the field's type to what the shape reads.
    """
    row = FurtherSetting("", shape, default, purpose, example)
    return field(default_factory=lambda: default, metadata={_ROW: row})


def _country(text: str) -> str:
    # UK, for one, is what many write; it is no code of ISO 3166, and numbers could never be read with it.
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidValue
    return text.upper()


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, OSError):
        raise InvalidValue from None


_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def _timestamp(value: Any) -> datetime:
    text = value.isoformat() if isinstance(value, date) else text_of(value)
    if not _TIMESTAMP.fullmatch(text):
        raise InvalidValue
    timestamp = datetime.fromisoformat(text)
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)


#: Of a day: more than any number of calls at once that one account transcribes.
_MOST_MINUTES = 999_999
_ATTRIBUTE_NAME = matching("[A-Za-z0-9_-]{1,100}", "the name of a contact attribute")


@dataclass(frozen=True)
class AppSettings:
    """The app settings that hold now: each field but ``defaults`` is a row of the further app settings.

    ``defaults`` is text for `settings.resolve`, by app setting; the rest is typed.
    """

    defaults: Mapping[str, str] = field(default_factory=dict)
    zendesk_ticket_attribute: str = _further(
        _ATTRIBUTE_NAME,
        "zendesk_ticket",
        "The contact attribute that carries the ticket number.",
        "ticket_number",
    )
    default_country: str | None = _further(
        matching("[A-Za-z]{2}", "an ISO 3166 country code of two letters", _country),
        None,
        "The country of phone numbers that were typed without a country code.",
        "GB",
    )
    time_zone: str = _further(
        matching(
            "[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", "an IANA time zone such as Europe/London", _time_zone
        ),
        "UTC",
        "The zone in which times are written on tickets.",
        "Europe/London",
    )
    connect_instance_url: str | None = _further(
        matching(
            r"(?:https://[A-Za-z0-9.-]+|http://(?:127\.0\.0\.1|localhost))(?::[0-9]{1,5})?"
            r"(?:/[A-Za-z0-9._~/-]*)?",
            "an https address",
            lambda text: text.rstrip("/"),
        ),
        None,
        "The address of the Amazon Connect instance, for links to contacts and recordings, and for the agent"
        " app's softphone.",
        "https://acme.my.connect.aws",
    )
    medialess: bool = _further(
        BOOLEAN,
        False,
        "The agent app's softphone carries no audio: that stays in a separate control panel.",
        True,
    )
    agent_map: Mapping[str, int] = _further(
        mapping_to(ID, "a table of Amazon Connect user name = Zendesk user id"),
        {},
        "Agents who cannot be found by e-mail address or external id.",
        {"asmith": 901},
    )
    anonymous_requester: str = _further(
        choice("placeholder", "agent"),
        "placeholder",
        "Who requests the ticket of a caller who withheld the number.",
        "agent",
    )
    missed_contact_tickets: frozenset[str] = _further(
        selection(*MISSED_KINDS),
        frozenset(),
        "The kinds of contact in which no agent spoke with the customer that get a ticket.",
        ["missed", "voicemail"],
    )
    voicemail_attributes: tuple[str, ...] = _further(
        list_of(_ATTRIBUTE_NAME, "a list of names of contact attributes"),
        VOICEMAIL_ATTRIBUTES,
        "The contact attributes by which a flow says that a voicemail was left: one of them is set, and not "
        "to false, and the flow's part was recorded.",
        ["voicemail", "vmx3_flag", "message_left"],
    )
    settle_from: datetime | None = _further(  # noqa: RUF009 - it returns a field
        Shape("a date and time in ISO 8601", matching_schema(_TIMESTAMP.pattern), _timestamp),
        None,
        "Contacts that began earlier get no ticket. Set at the first deployment.",
        "2026-01-01T00:00:00Z",
    )
    task_rules: tuple[TaskRule, ...] = _further(
        TASK_RULES,
        (),
        "Which Zendesk ticket events become Amazon Connect tasks. The first enabled rule that fits decides.",
        [
            {
                "name": "Urgent tickets from the web",
                "enabled": True,
                "events": ["created", "priority_changed"],
                "when": {"priority": ["high", "urgent"], "channel": "web", "tags_none": ["no_task"]},
                "task": {"contact_flow": "11111111-2222-3333-4444-555555555555", "schedule_in_minutes": 5},
            }
        ],
    )
    ticket_fields: tuple[TicketFieldRule, ...] = _further(
        TICKET_FIELDS,
        (),
        "What a new ticket is given besides: ticket fields, tags, group, brand, form, priority and type. The "
        "first rule that fits the contact and has a value for a field sets it; the tags of all are set.",
        [
            {
                "name": "Voicemails",
                "when": {"kind": "voicemail"},
                "set": {"tags": ["voicemail"], "group": 360001, "priority": "high"},
            },
            {
                "name": "Orders",
                "when": {
                    "channel": ["voice", "chat"],
                    "direction": "inbound",
                    "queue": "Orders",
                    "attributes": {"customer_tier": ["gold", "silver"]},
                },
                "set": {
                    "tags": ["order"],
                    "type": "question",
                    "fields": {
                        "360011": "topic_order",
                        "360012": {"attribute": "order_number"},
                    },
                },
            },
        ],
    )
    caller_authentication: CallerAuthentication = _further(  # noqa: RUF009 - it returns a field
        table(
            CallerAuthentication,
            {
                "source": choice("voice_id", "attributes"),
                "id_attribute": _ATTRIBUTE_NAME,
                "status_attribute": _ATTRIBUTE_NAME,
                "result_attribute": _ATTRIBUTE_NAME,
            },
        ),
        CallerAuthentication(),
        "Where the result of a caller's voice authentication is found: in the contact record (voice_id), or "
        "in contact attributes of these names (attributes).",
        {"source": "attributes", "result_attribute": "biometrics_result"},
    )
    speech_redaction: bool = _further(
        BOOLEAN,
        True,
        "Take personal data out of what Amazon Transcribe writes before it reaches Zendesk. In a language in "
        "which it cannot, no words are written.",
        False,
    )
    speech_minutes_per_day: int = _further(
        whole_number(0, _MOST_MINUTES),
        600,
        "How many minutes of recordings are transcribed in a day at most. 0 is none.",
        1200,
    )
    zendesk_app_id: int | None = _further(
        ID,
        None,
        "The id of a private app of the Zendesk account, such as the agent app's, which `make zendesk` says: "
        "calls are then put on tickets through Zendesk's Calls API, in place of voice comments.",
        735264,
    )

    @property
    def named_attributes(self) -> frozenset[str]:
        """The contact attributes that app settings name, beside the one that carries the ticket number."""
        source = self.caller_authentication
        results = (source.id_attribute, source.status_attribute, source.result_attribute)
        of_rules = (name for rule in self.ticket_fields for name in rule.attributes)
        return frozenset((*self.voicemail_attributes, *results, *of_rules))


FURTHER: tuple[FurtherSetting[Any], ...] = tuple(
    replace(row.metadata[_ROW], name=row.name) for row in fields(AppSettings) if _ROW in row.metadata
)

#: Every app setting, with the shape of its value.
SHAPES: Mapping[str, Shape[Any]] = {
    **{name: new_default(settings[0]) for name, settings in DEFAULTS.items()},
    **{setting.name: setting.shape for setting in FURTHER},
}


def read(document: Mapping[str, Any]) -> tuple[AppSettings, tuple[str, ...]]:
    """Read app settings as JSON or TOML gave them.

    Returns the settings, and what is wrong with them: one sentence for each field, none when all is
    well. What sets them refuses on any problem (S8); what could be read is usable all the same (S4).
    """
    defaults: dict[str, str] = {}
    values: dict[str, Any] = {}
    problems = []
    for name, value in document.items():
        if value is None or (isinstance(value, str) and readers.is_not_set(value)):
            continue
        if name not in SHAPES:
            problems.append(_unknown(name))
            continue
        try:
            meant = SHAPES[name].read(value, name)
        except ValidationError as problem:
            problems.append(str(problem))
            if name in DEFAULTS and is_invalid(DEFAULTS[name][0], text_form(value)):
                defaults[name] = text_form(value)  # the contacts that it concerns say that it is ignored (S4)
        else:
            (defaults if name in DEFAULTS else values)[name] = meant
    return AppSettings(defaults=defaults, **values), tuple(problems)


def not_in_effect(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the app settings of a document that are set, and that nothing reads yet (S9)."""
    rows = {setting.name: setting.in_effect for setting in FURTHER}
    rows |= {name: all(each.in_effect for each in settings) for name, settings in DEFAULTS.items()}
    return tuple(name for name, value in document.items() if value is not None and not rows.get(name, True))


def _unknown(name: str) -> str:
    setting = BY_NAME.get(name)
    if setting is None:
        return f"{name}: there is no such app setting"
    if setting.app_setting is None:
        return f"{name}: there is no such app setting; only a contact flow sets it"
    return f"{name}: there is no such app setting; its default is {setting.app_setting}"
