"""The registry of settings, and how one value is found for each: attribute, app setting, default (S).

What an administrator can set, what the code reads and what the documentation says are this one table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connect_zendesk.rules import readers
from connect_zendesk.rules.readers import Reader, Unreadable

Source = Literal["attribute", "app_setting", "default"]


@dataclass(frozen=True)
class Setting:
    """One row of the settings table.

    ``name`` is the contact attribute; ``expected`` completes "expected …"; ``app_setting`` is the app
    setting that changes the default, None for a setting that says who this customer is; ``example`` is a
    value that can be read. ``about_customer``: the value can be personal data, and is never logged (S4).
    """

    name: str
    read: Reader
    expected: str
    default: Any
    app_setting: str | None
    purpose: str
    example: str
    about_customer: bool = False


@dataclass(frozen=True)
class Warning:  # noqa: A001 - the specification's own word
    """A value that could not be read (S4)."""

    setting: str
    expected: str
    value: str
    about_customer: bool

    def __str__(self) -> str:
        return f'{self.setting}: expected {self.expected}, got "{readers.clean(self.value)[:100]}"'

    @property
    def for_log(self) -> str:
        """The warning without a value that could be personal data (S4)."""
        return f"{self.setting}: expected {self.expected}" if self.about_customer else str(self)


@dataclass(frozen=True)
class Resolved:
    """A setting's value, where it came from, the text it was read from, and what was ignored on the way."""

    value: Any
    source: Source
    raw: str | None = None
    warnings: tuple[Warning, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether an attribute or an app setting gave the value. An explicit false or 0 did (S5)."""
        return self.source != "default"


_AUTO_OR_AGENT = readers.one_of("auto", "agent")
_MODE = readers.one_of("verify", "re-verify")
_ANALYSES = readers.any_of("transcript", "comprehend", "sentiment")
_LANGUAGE = readers.one_of(*readers.LANGUAGES)
_BOOLEAN = "true or false"
_E164 = "a phone number in E.164 format"
_ENTRY_POINT = "default_entry_point_phone_number"


def _behaviour(
    name: str, read: Reader, expected: str, default: Any, purpose: str, example: str, app_setting: str = ""
) -> Setting:
    return Setting(name, read, expected, default, app_setting or name, purpose, example)


def _customer(name: str, read: Reader, expected: str, purpose: str, example: str) -> Setting:
    return Setting(name, read, expected, None, None, purpose, example, about_customer=True)


REGISTRY: tuple[Setting, ...] = (
    _behaviour(
        "recent_ticket_timeout",
        readers.minutes,
        "a number of minutes, 0 or more",
        0,
        "Minutes in which a recognised caller's recent ticket is opened instead of a new one. 0 is off.",
        "15",
        app_setting="create_ticket_after_minutes",
    ),
    _behaviour(
        "ticket_assignment",
        _AUTO_OR_AGENT,
        "auto or agent",
        "auto",
        "Who decides on the ticket: auto decides here, agent leaves it to the agent.",
        "agent",
    ),
    _behaviour(
        "pop_incoming",
        readers.boolean,
        _BOOLEAN,
        True,
        "Show the customer or ticket while the call rings; false shows it once the call is accepted.",
        "false",
    ),
    _behaviour(
        "voice_comment",
        readers.boolean,
        _BOOLEAN,
        True,
        "Report a call as a voice comment with an embedded player.",
        "false",
    ),
    _behaviour(
        "download_recording",
        readers.boolean,
        _BOOLEAN,
        True,
        "Put a link to the recording, and its player, on the ticket.",
        "false",
    ),
    _behaviour(
        "call_recording_consent",
        readers.consent,
        "optout, false, optin or true",
        None,
        "The customer's consent: optout means the call was not recorded, optin that they agreed explicitly.",
        "optin",
    ),
    Setting(
        "dialed_number",
        readers.e164_number,
        _E164,
        None,
        _ENTRY_POINT,
        "The number reported as the one an incoming caller dialled.",
        "+441632960100",
        about_customer=True,
    ),
    Setting(
        "outbound_cli",
        readers.e164_number,
        _E164,
        None,
        _ENTRY_POINT,
        "The number reported as the one an outgoing call was made from.",
        "+441632960100",
        about_customer=True,
    ),
    Setting(
        "zendesk_ticket",
        readers.ticket_number,
        "a ticket number, or 0 for a new ticket",
        None,
        None,
        "The ticket to open instead of creating a new one. The app setting zendesk_ticket_attribute gives "
        "this attribute another name.",
        "4711",
        about_customer=True,
    ),
    _customer(
        "conversation_title",
        readers.line_of_text,
        "a text",
        "The subject of a new ticket, and the title of the call.",
        "Order 1234",
    ),
    _customer(
        "zendesk_user",
        readers.user_id,
        "a Zendesk user id",
        "The customer's Zendesk user id; the caller's number is then disregarded.",
        "360012345678",
    ),
    _customer(
        "customer_number",
        readers.phone_number,
        "a phone number",
        "The customer's number, searched instead of the one they call from.",
        "+441632960001",
    ),
    _customer(
        "customer_name",
        readers.line_of_text,
        "a name",
        "Names a new user; in a chat, finds the customer by name.",
        "Ana Silva",
    ),
    _customer(
        "customer_email",
        readers.email_address,
        "an e-mail address",
        "In a chat, finds the customer by e-mail address; kept with a new user.",
        "ana@example.com",
    ),
    _behaviour(
        "customer_language",
        _LANGUAGE,
        "one of " + ", ".join(readers.LANGUAGES),
        "en",
        "The language spoken, for speech analysis.",
        "de",
    ),
    _behaviour(
        "speech_analysis",
        _ANALYSES,
        "any of transcript, comprehend, sentiment, separated by commas",
        (),
        "What to analyse where Contact Lens is not in use.",
        "transcript,sentiment",
    ),
    _behaviour(
        "force_ticket_creation",
        readers.boolean,
        _BOOLEAN,
        True,
        "With manual assignment, create a ticket once the contact has ended without one.",
        "false",
    ),
    _behaviour(
        "pause_recording",
        readers.boolean,
        _BOOLEAN,
        None,
        "Let the agent pause and resume the recording.",
        "true",
    ),
    _behaviour(
        "all_outbound",
        readers.boolean,
        _BOOLEAN,
        False,
        "Create a user and a ticket for outgoing calls to unknown numbers too.",
        "true",
    ),
    _behaviour(
        "chat_transcript",
        readers.boolean,
        _BOOLEAN,
        True,
        "Attach the transcript when a chat ends.",
        "false",
    ),
    _behaviour(
        "voiceid_enabled",
        readers.boolean,
        _BOOLEAN,
        False,
        "Keep the caller's voice-authentication status with the customer.",
        "true",
    ),
    _behaviour(
        "voiceid_field",
        readers.field_key,
        "a user field key",
        "voice_authentication_id",
        "The Zendesk user field that holds the customer's voice-authentication id.",
        "voice_id",
    ),
    _behaviour(
        "voiceid_status_field",
        readers.field_key,
        "a user field key",
        "voice_authentication_status",
        "The Zendesk user field that holds the status: blank, ENROLLED or OPTED_OUT.",
        "voice_status",
    ),
    _behaviour(
        "voiceid_auth_mode",
        _MODE,
        "verify or re-verify",
        None,
        "What to do on connection: verify evaluates the caller if the flow has not, re-verify always does.",
        "verify",
    ),
)

BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in REGISTRY}

#: The app settings that change a default, each with the settings whose default it changes.
DEFAULTS: Mapping[str, tuple[Setting, ...]] = {
    name: tuple(setting for setting in REGISTRY if setting.app_setting == name)
    for name in dict.fromkeys(setting.app_setting for setting in REGISTRY if setting.app_setting)
}


@dataclass(frozen=True)
class Settings:
    """Every setting of one contact, resolved."""

    by_name: Mapping[str, Resolved]

    def __getitem__(self, name: str) -> Any:
        return self.by_name[name].value

    def resolved(self, name: str) -> Resolved:
        """Return the value of one setting with its source, raw text and warnings."""
        return self.by_name[name]

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """Everything that could not be read, each once, in the registry's order (S4)."""
        return tuple(
            dict.fromkeys(warning for resolved in self.by_name.values() for warning in resolved.warnings)
        )


def resolve(
    attributes: Mapping[str, str],
    defaults: Mapping[str, str],
    *,
    ticket_attribute: str = "zendesk_ticket",
    default_country: str | None = None,
) -> Settings:
    """Find the value of every setting: attribute over app setting over default (S1).

    ``attributes`` are the contact's; ``defaults`` the app settings that change a default, as text;
    ``ticket_attribute`` the attribute that carries the ticket number. Never fails (S4); attributes that
    the registry does not know are not looked at (S6).
    """
    by_name = dict(_DEFAULTS)
    for setting in REGISTRY:
        attribute = ticket_attribute if setting.name == "zendesk_ticket" else setting.name
        app_setting = defaults.get(setting.app_setting) if setting.app_setting else None
        if app_setting is not None or attribute in attributes:
            by_name[setting.name] = _resolve_one(setting, attribute, attributes, app_setting, default_country)
    return Settings(by_name)


#: Most settings of most contacts are set nowhere, so these are shared.
_DEFAULTS = {setting.name: Resolved(setting.default, "default") for setting in REGISTRY}


def _resolve_one(
    setting: Setting,
    attribute: str,
    attributes: Mapping[str, str],
    app_setting: str | None,
    default_country: str | None,
) -> Resolved:
    warnings: list[Warning] = []
    for source, name, text in _given(setting, attribute, attributes.get(attribute), app_setting):
        try:
            value = setting.read(text.strip(), default_country)
        except Unreadable:
            warnings.append(Warning(name, setting.expected, text.strip(), setting.about_customer))
        else:
            return Resolved(value, source, text, tuple(warnings))
    return Resolved(setting.default, "default", None, tuple(warnings))


def _given(
    setting: Setting, attribute: str, text: str | None, app_setting: str | None
) -> Iterator[tuple[Source, str, str]]:
    """Yield the sources that say something, the strongest first: source, its name, its text."""
    if text is not None and not readers.is_not_set(text):
        yield "attribute", attribute, text
    if app_setting is not None and not readers.is_not_set(app_setting):
        yield "app_setting", setting.app_setting or "", app_setting
