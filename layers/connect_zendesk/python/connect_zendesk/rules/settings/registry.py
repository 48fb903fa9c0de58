"""The registry of settings (S): one table, from which code, schema and documentation take them.

Each row is a key by which code asks for its setting, with the type of its value: ``settings[VOICE_COMMENT]``
is a bool. A row is all that a new setting needs here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import Reader

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Setting(Generic[T_co]):
    """One row of the settings table; ``T_co`` is the type of its value, which includes that of its default.

    ``name`` is the contact attribute; ``expected`` completes "expected …"; ``app_setting`` is the app
    setting that changes the default, None for a setting that says who this customer is; ``example`` is a
    value that can be read. ``about_customer``: the value can be personal data, and is never logged (S4).
    """

    name: str
    read: Reader[T_co]
    expected: str
    default: T_co
    app_setting: str | None
    purpose: str
    example: str
    about_customer: bool = False

    @property
    def in_effect(self) -> bool:
        """Whether anything reads it; its purpose says where nothing does yet (S9)."""
        return not self.purpose.endswith(NOT_IN_EFFECT)


#: How the purpose of a setting ends that nothing reads yet (S9).
NOT_IN_EFFECT = "Not in effect yet."

_BOOLEAN = "true or false"
_E164 = "a phone number in E.164 format"
_ENTRY_POINT = "default_entry_point_phone_number"


def _behaviour(
    name: str, read: Reader[T], expected: str, default: T, purpose: str, example: str, app_setting: str = ""
) -> Setting[T]:
    return Setting(name, read, expected, default, app_setting or name, purpose, example)


def _customer(name: str, read: Reader[T], expected: str, purpose: str, example: str) -> Setting[T | None]:
    return Setting(name, read, expected, None, None, purpose, example, about_customer=True)


RECENT_TICKET_TIMEOUT: Setting[float] = _behaviour(
    "recent_ticket_timeout",
    readers.minutes,
    "a number of minutes, 0 or more",
    0,
    "Minutes in which a recognised caller's recent ticket is opened instead of a new one. 0 is off.",
    "15",
    app_setting="create_ticket_after_minutes",
)
TICKET_ASSIGNMENT = _behaviour(
    "ticket_assignment",
    readers.OneOf("auto", "agent"),
    "auto or agent",
    "auto",
    "Who decides on the ticket: auto decides here, agent leaves it to the agent.",
    "agent",
)
POP_INCOMING = _behaviour(
    "pop_incoming",
    readers.boolean,
    _BOOLEAN,
    True,
    "Show the customer or ticket while the call rings; false shows it once the call is accepted.",
    "false",
)
VOICE_COMMENT = _behaviour(
    "voice_comment",
    readers.boolean,
    _BOOLEAN,
    True,
    "Report a call as a voice comment with an embedded player.",
    "false",
)
DOWNLOAD_RECORDING = _behaviour(
    "download_recording",
    readers.boolean,
    _BOOLEAN,
    True,
    "Put a link to the recording, and its player, on the ticket.",
    "false",
)
CALL_RECORDING_CONSENT = _behaviour(
    "call_recording_consent",
    readers.consent,
    "optout, false, optin or true",
    None,
    "The customer's consent: optout means the call was not recorded, optin that they agreed explicitly.",
    "optin",
)
DIALED_NUMBER = Setting(
    "dialed_number",
    readers.e164_number,
    _E164,
    None,
    _ENTRY_POINT,
    "The number reported as the one an incoming caller dialled.",
    "+441632960100",
    about_customer=True,
)
OUTBOUND_CLI = Setting(
    "outbound_cli",
    readers.e164_number,
    _E164,
    None,
    _ENTRY_POINT,
    "The number reported as the one an outgoing call was made from.",
    "+441632960100",
    about_customer=True,
)
ZENDESK_TICKET = Setting(
    "zendesk_ticket",
    readers.ticket_number,
    "a ticket number, or 0 for a new ticket",
    None,
    None,
    "The ticket to open instead of creating a new one. The app setting zendesk_ticket_attribute gives "
    "this attribute another name.",
    "4711",
    about_customer=True,
)
CONVERSATION_TITLE = _customer(
    "conversation_title",
    readers.line_of_text,
    "a text",
    "The subject of a new ticket, and the title of the call.",
    "Order 1234",
)
ZENDESK_USER = _customer(
    "zendesk_user",
    readers.user_id,
    "a Zendesk user id",
    "The customer's Zendesk user id; the caller's number is then disregarded.",
    "360012345678",
)
CUSTOMER_NUMBER = _customer(
    "customer_number",
    readers.phone_number,
    "a phone number",
    "The customer's number, searched instead of the one they call from.",
    "+441632960001",
)
CUSTOMER_NAME = _customer(
    "customer_name",
    readers.line_of_text,
    "a name",
    "Names a new user; in a chat, finds the customer by name.",
    "Ana Silva",
)
CUSTOMER_EMAIL = _customer(
    "customer_email",
    readers.email_address,
    "an e-mail address",
    "In a chat, finds the customer by e-mail address; kept with a new user.",
    "ana@example.com",
)
CUSTOMER_LANGUAGE = _behaviour(
    "customer_language",
    readers.language,
    "one of " + ", ".join(readers.LANGUAGES) + ", or a language tag of one, such as en-GB",
    "en",
    "The language spoken, for speech analysis: what each service takes for it is in speech-analysis.md.",
    "de",
)
SPEECH_ANALYSIS: Setting[tuple[str, ...]] = _behaviour(
    "speech_analysis",
    readers.AnyOf("transcript", "comprehend", "sentiment"),
    "any of transcript, comprehend, sentiment, separated by commas",
    (),
    "What Amazon Transcribe and Comprehend find out of a call, a chat or a voicemail that Contact Lens "
    "does not analyse: its words, key phrases and entities, how each side felt.",
    "transcript,sentiment",
)
FORCE_TICKET_CREATION = _behaviour(
    "force_ticket_creation",
    readers.boolean,
    _BOOLEAN,
    True,
    "With manual assignment, create a ticket once the contact has ended without one.",
    "false",
)
PAUSE_RECORDING = _behaviour(
    "pause_recording",
    readers.boolean,
    _BOOLEAN,
    None,
    "Let the agent pause and resume the recording, in the agent app.",
    "true",
)
ALL_OUTBOUND = _behaviour(
    "all_outbound",
    readers.boolean,
    _BOOLEAN,
    False,
    "Create a user and a ticket for outgoing calls to unknown numbers too.",
    "true",
)
CHAT_TRANSCRIPT = _behaviour(
    "chat_transcript",
    readers.boolean,
    _BOOLEAN,
    True,
    "Attach the transcript when a chat ends.",
    "false",
)
VOICEID_ENABLED = _behaviour(
    "voiceid_enabled",
    readers.boolean,
    _BOOLEAN,
    False,
    "Keep the caller's voice-authentication status with the customer.",
    "true",
)
VOICEID_FIELD = _behaviour(
    "voiceid_field",
    readers.field_key,
    "a user field key",
    "voice_authentication_id",
    "The Zendesk user field that holds the customer's voice-authentication id.",
    "voice_id",
)
VOICEID_STATUS_FIELD = _behaviour(
    "voiceid_status_field",
    readers.field_key,
    "a user field key",
    "voice_authentication_status",
    "The Zendesk user field that holds the status: blank, ENROLLED or OPTED_OUT.",
    "voice_status",
)
VOICEID_AUTH_MODE = _behaviour(
    "voiceid_auth_mode",
    readers.OneOf("verify", "re-verify"),
    "verify or re-verify",
    None,
    "What to do on connection: verify evaluates the caller if the flow has not, re-verify always does.",
    "verify",
)

#: Every setting: the rows above, in their order.
REGISTRY: tuple[Setting[Any], ...] = tuple(
    row for row in tuple(globals().values()) if isinstance(row, Setting)
)

BY_NAME: Mapping[str, Setting[Any]] = {setting.name: setting for setting in REGISTRY}

#: The app settings that change a default, each with the settings whose default it changes.
DEFAULTS: Mapping[str, tuple[Setting[Any], ...]] = {
    name: tuple(setting for setting in REGISTRY if setting.app_setting == name)
    for name in dict.fromkeys(setting.app_setting for setting in REGISTRY if setting.app_setting)
}
