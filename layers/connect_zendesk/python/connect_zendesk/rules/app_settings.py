"""What the administrator sets for the whole deployment: new defaults, and the further app settings (S8)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connect_zendesk.rules import readers
from connect_zendesk.rules.readers import Unreadable
from connect_zendesk.rules.settings import DEFAULTS

#: The kinds of unanswered contact that `missed_contact_tickets` can turn a ticket on for (T13).
MISSED_KINDS = ("abandoned", "missed", "callback", "voicemail")

_COUNTRY = re.compile(r"[A-Z]{2}")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


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


@dataclass(frozen=True)
class AppSettings:
    """The app settings that hold now. ``defaults`` is text for `settings.resolve`; the rest is typed."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    zendesk_ticket_attribute: str = "zendesk_ticket"
    default_country: str | None = None
    time_zone: str = "UTC"
    connect_instance_url: str | None = None
    medialess: bool = False
    agent_map: Mapping[str, int] = field(default_factory=dict)
    anonymous_requester: str = "placeholder"
    missed_contact_tickets: frozenset[str] = frozenset()
    settle_from: datetime | None = None
    task_rules: tuple[Mapping[str, Any], ...] = ()
    caller_authentication: CallerAuthentication = CallerAuthentication()
    zendesk_app_id: int | None = None


@dataclass(frozen=True)
class FurtherSetting:
    """An app setting that no contact attribute overrides. ``read`` raises Unreadable."""

    name: str
    read: Callable[[Any], Any]
    expected: str
    purpose: str
    example: Any


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable
    return value.strip()


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not pattern.fullmatch(_text(value)):
            raise Unreadable
        return _text(value)

    return read


def _time_zone(value: Any) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except (KeyError, ValueError, OSError):
        raise Unreadable from None


def _instance_url(value: Any) -> str:
    url = urlsplit(_text(value))
    if url.scheme != "https" or not url.hostname or url.query or url.fragment:
        raise Unreadable
    return f"https://{url.netloc}{url.path.rstrip('/')}"


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else readers.boolean(_text(value))


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unreadable
    return readers.user_id(str(value).strip())


def _agent_map(value: Any) -> Mapping[str, int]:
    if not isinstance(value, Mapping):
        raise Unreadable
    return {str(name): _whole_number(user) for name, user in value.items()}


def _choice(*words: str) -> Callable[[Any], str]:
    read_word = readers.one_of(*words)

    def read(value: Any) -> str:
        return str(read_word(_text(value), None))

    return read


def _missed_kinds(value: Any) -> frozenset[str]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list):
        raise Unreadable
    kinds = frozenset(_text(name).lower() for name in names) - {""}
    if not kinds <= set(MISSED_KINDS):
        raise Unreadable
    return kinds


def _moment(value: Any) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    except ValueError:
        raise Unreadable from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _task_rules(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(rule, Mapping) for rule in value):
        raise Unreadable
    return tuple(value)


def _caller_authentication(value: Any) -> CallerAuthentication:
    if not isinstance(value, Mapping):
        raise Unreadable
    known = CallerAuthentication.__dataclass_fields__
    if not set(value) <= set(known):
        raise Unreadable
    read_source, read_name = _choice("voice_id", "attributes"), _matching(_ATTRIBUTE_NAME)
    return CallerAuthentication(
        **{name: (read_source if name == "source" else read_name)(given) for name, given in value.items()}
    )


FURTHER: tuple[FurtherSetting, ...] = (
    FurtherSetting(
        "zendesk_ticket_attribute",
        _matching(_ATTRIBUTE_NAME),
        "the name of a contact attribute",
        "The contact attribute that carries the ticket number.",
        "zendesk_ticket",
    ),
    FurtherSetting(
        "default_country",
        lambda value: _matching(_COUNTRY)(_text(value).upper()),
        "an ISO 3166 country code of two letters",
        "The country of phone numbers that were typed without a country code.",
        "GB",
    ),
    FurtherSetting(
        "time_zone",
        _time_zone,
        "an IANA time zone such as Europe/London",
        "The zone in which times are written on tickets.",
        "Europe/London",
    ),
    FurtherSetting(
        "connect_instance_url",
        _instance_url,
        "an https address",
        "The address of the Amazon Connect instance, for links to contacts and recordings.",
        "https://acme.my.connect.aws",
    ),
    FurtherSetting("medialess", _boolean, "true or false", "The softphone carries no audio.", False),
    FurtherSetting(
        "agent_map",
        _agent_map,
        "a table of Amazon Connect user name = Zendesk user id",
        "Agents who cannot be found by e-mail address or external id.",
        {"asmith": 901},
    ),
    FurtherSetting(
        "anonymous_requester",
        _choice("placeholder", "agent"),
        "placeholder or agent",
        "Who requests the ticket of a caller who withheld the number.",
        "placeholder",
    ),
    FurtherSetting(
        "missed_contact_tickets",
        _missed_kinds,
        "a list of " + ", ".join(MISSED_KINDS),
        "The kinds of unanswered contact that get a ticket.",
        ["missed", "voicemail"],
    ),
    FurtherSetting(
        "settle_from",
        _moment,
        "a date and time in ISO 8601",
        "Contacts that began earlier get no ticket. Set at the first deployment.",
        "2026-01-01T00:00:00Z",
    ),
    FurtherSetting(
        "task_rules", _task_rules, "a list of tables", "Which Zendesk ticket events become tasks.", []
    ),
    FurtherSetting(
        "caller_authentication",
        _caller_authentication,
        "a table of source (voice_id or attributes), id_attribute, status_attribute, result_attribute",
        "Where the result of a caller's voice authentication is found.",
        {"source": "attributes"},
    ),
    FurtherSetting(
        "zendesk_app_id",
        _whole_number,
        "a number",
        "The id of a private Zendesk app; calls are then reported through the Calls API.",
        735264,
    ),
)


def read(document: Mapping[str, Any]) -> tuple[AppSettings, tuple[str, ...]]:
    """Read app settings as JSON or TOML gave them.

    Returns the settings, and what is wrong with them: one sentence for each field, none when all is
    well. Whoever sets them refuses on any problem (S8); what could be read is usable all the same (S4).
    """
    values: dict[str, Any] = {}
    problems = []
    further = {setting.name: setting for setting in FURTHER}
    for name, value in document.items():
        if value is None or (isinstance(value, str) and readers.is_not_set(value)):
            continue
        if name in DEFAULTS:
            text = _as_text(value)
            values.setdefault("defaults", {})[name] = text
            problems += _problems_of_default(name, text)
        elif name in further:
            try:
                values[name] = further[name].read(value)
            except Unreadable:
                problems.append(f"{name}: expected {further[name].expected}, got {_shown(value)}")
        else:
            problems.append(f"{name}: there is no such app setting")
    return AppSettings(**values), tuple(problems)


def _problems_of_default(name: str, text: str) -> list[str]:
    setting = DEFAULTS[name][0]
    try:
        setting.read(text.strip(), None)
    except Unreadable:
        return [f"{name}: expected {setting.expected}, got {_shown(text)}"]
    return []


def _as_text(value: Any) -> str:
    """Return a value from JSON or TOML as the text a contact flow would have given."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_as_text(item) for item in value)
    return str(value)


def _shown(value: Any) -> str:
    return '"' + readers.clean(str(value))[:100] + '"'
