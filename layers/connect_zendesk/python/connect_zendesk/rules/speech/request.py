"""Which recordings of a leg are to be transcribed and analysed, and in which language (X3, M3)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.rules.contacts.contact import Leg, Recording
from connect_zendesk.rules.contacts.facts import facts_of
from connect_zendesk.rules.contacts.unanswered import Unanswered
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.registry import (
    CALL_RECORDING_CONSENT,
    CUSTOMER_LANGUAGE,
    SPEECH_ANALYSIS,
)
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.rules.speech.languages import LANGUAGES, Locale
from connect_zendesk.rules.speech.reasons import Refusal

_HASH = 12
_LONGEST_NAME = 200
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z._-]")


@dataclass(frozen=True)
class SpeechRequest:
    """A recording that is to be transcribed: ``place`` is ``bucket/key``, as contact records write it.

    ``contact`` and ``leg`` are ids; ``began`` is when its first sound was, in ISO 8601. ``wanted`` are the
    words of `speech_analysis`, ``locale`` Amazon Transcribe's code of the language.
    ``voicemail``: a message that a caller left. Nothing of it is personal.
    """

    contact: str
    leg: str
    place: str
    wanted: tuple[str, ...]
    language: str
    locale: str
    began: str
    voicemail: bool = False

    @staticmethod
    def of(detail: Mapping[str, Any]) -> "SpeechRequest":
        """Read the detail of *Speech Analysis Requested*. Raises KeyError, TypeError or ValueError."""
        asked = SpeechRequest(**{**detail, "wanted": tuple(detail["wanted"])})
        texts = (asked.contact, asked.leg, asked.place, asked.language, asked.locale, asked.began)
        if not all(isinstance(text, str) for text in (*texts, *asked.wanted)):
            raise TypeError("expected text")
        asked.place.encode()  # half a character is none
        if asked.locale not in (locale.code for locale in LANGUAGES[asked.language].locales):
            raise ValueError("no locale of its language")
        if datetime.fromisoformat(asked.began).tzinfo is None:
            raise ValueError("a time without its offset from UTC")
        return asked

    def as_detail(self) -> dict[str, Any]:
        """Return the event's detail."""
        return {**asdict(self), "wanted": list(self.wanted)}

    @property
    def as_spoken(self) -> Locale:
        """What the services can do in its language."""
        locales = LANGUAGES[self.language].locales
        return next(locale for locale in locales if locale.code == self.locale)


def locale_of(settings: Settings, app: AppSettings) -> Locale:
    """Return the locale in which a contact speaks: by the tag as it was given, else by `default_country`."""
    spoken = settings.resolved(CUSTOMER_LANGUAGE)
    return LANGUAGES[spoken.value].locale_in(spoken.raw, app.default_country)


def requests_of(leg: Leg, app: AppSettings, *, contact_lens: bool) -> tuple[SpeechRequest, ...] | Refusal:
    """Return what is to be transcribed of a leg that has ended, or why nothing is.

    ``contact_lens``: it analyses the leg. Of a voicemail it is the flow's part that was recorded, of any
    other call the part with the agent.
    """
    facts = facts_of(leg, app)
    wanted = facts.settings[SPEECH_ANALYSIS]
    if not wanted or leg.channel != "VOICE" or leg.is_monitoring:
        return Refusal.NOT_ASKED_FOR
    if facts.settings[CALL_RECORDING_CONSENT] == "optout":
        return Refusal.OPTED_OUT
    if contact_lens:
        return Refusal.CONTACT_LENS
    if facts.too_old or (leg.decides and facts.missed_without_ticket):
        return Refusal.NO_TICKET
    if app.speech_minutes_per_day == 0:
        return Refusal.SWITCHED_OFF
    voicemail = facts.unanswered is Unanswered.VOICEMAIL
    recordings = [each for each in leg.recordings if _is_of_flow(each) is voicemail]
    if not recordings:
        return Refusal.NO_RECORDING
    return tuple(
        SpeechRequest(
            contact=leg.root_id,
            leg=leg.contact_id,
            place=recording.location,
            wanted=wanted,
            language=facts.settings[CUSTOMER_LANGUAGE],
            locale=locale_of(facts.settings, app).code,
            began=(recording.began or (leg.agent and leg.agent.connected) or leg.began).isoformat(),
            voicemail=voicemail,
        )
        for recording in recordings
    )


def digest_of(request: SpeechRequest) -> str:
    """Return what distinguishes a recording from others of its leg."""
    return hashlib.sha256(request.place.encode()).hexdigest()[:_HASH]


def job_of(request: SpeechRequest, stack: str) -> str:
    """Return the name of the job for a recording: the same each time, as the name alone makes it one job.

    It begins with the stack's name, by which events are filtered, and has nothing personal in it.
    """
    digest = digest_of(request)
    leg = _NOT_IN_NAMES.sub("-", request.leg)
    room = _LONGEST_NAME - len(stack) - len(digest) - len("---9")
    return f"{stack}-{leg[:room]}-{digest}"


def _is_of_flow(recording: Recording) -> bool:
    return recording.participant == "IVR"
