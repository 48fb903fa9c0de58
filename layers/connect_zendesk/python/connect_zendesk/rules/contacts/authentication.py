"""What became of a caller's voice authentication (V1, V2, V4, T9): several sources, one `Authentication`.

AWS ended Voice ID in May 2026. Partners' biometrics say the same in contact attributes, each in its own
words. What is not understood is never taken for something else: it writes nothing, and ``unknown`` names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from connect_zendesk.rules.settings.readers import clean, is_not_set

#: The statuses as Zendesk has them: not enrolled is a blank field.
NOT_ENROLLED, ENROLLED, OPTED_OUT = "", "ENROLLED", "OPTED_OUT"
#: The statuses as contact attributes have them, which cannot be blank and yet be set.
WRITTEN: Mapping[str, str] = {NOT_ENROLLED: "NOT_ENROLLED", ENROLLED: ENROLLED, OPTED_OUT: OPTED_OUT}

#: Where two statuses are of the same second, the customer's refusal wins.
BY_WEIGHT = (NOT_ENROLLED, ENROLLED, OPTED_OUT)

_LONGEST_ID = 256

#: What sources call a status, in lower case with underscores. None: something that is no status yet, on
#: purpose. An enrolment that is pending has no voiceprint, and a later record says what became of it; one
#: that has expired has none any more.
_STATUSES: Mapping[str, str | None] = {
    "enrolled": ENROLLED,
    "registered": ENROLLED,
    "opted_out": OPTED_OUT,
    "optedout": OPTED_OUT,
    "opt_out": OPTED_OUT,
    "optout": OPTED_OUT,
    "declined": OPTED_OUT,
    "not_enrolled": NOT_ENROLLED,
    "notenrolled": NOT_ENROLLED,
    "unenrolled": NOT_ENROLLED,
    "not_registered": NOT_ENROLLED,
    "blank": NOT_ENROLLED,
    "expired": NOT_ENROLLED,
    "pending": None,
}

_INCONCLUSIVE = frozenset({"inconclusive", "not_enough_speech"})
#: Results, as a contact record and partners write them, that make T9 apply: failed, or inconclusive.
_FAILED = frozenset(
    {
        "not_authenticated",
        "notauthenticated",
        "not_verified",
        "unverified",
        "failed",
        "fail",
        "denied",
        "error",
        "false",
        "no",
        "reject",
        "rejected",
        *_INCONCLUSIVE,
    }
)

#: The status of the speaker by the Voice ID result. A speaker who was not recognised is enrolled all the
#: same; an inconclusive result or an error says nothing.
_STATUS_BY_RESULT: Mapping[str, str | None] = {
    "authenticated": ENROLLED,
    "not_authenticated": ENROLLED,
    "not_enrolled": NOT_ENROLLED,
    "opted_out": OPTED_OUT,
    "inconclusive": None,
    "error": None,
}

#: What Voice ID's decisions on a session are called in contact records; None: no speaker was compared.
_RESULTS: Mapping[str, str | None] = {
    "accept": "Authenticated",
    "reject": "Not Authenticated",
    "not_enough_speech": "Inconclusive",
    "speaker_not_enrolled": "Not Enrolled",
    "speaker_expired": "Not Enrolled",
    "speaker_opted_out": "Opted Out",
    "speaker_id_not_provided": None,
}


@dataclass(frozen=True)
class Authentication:
    """What a source says of a caller.

    ``id`` names the voiceprint. ``status`` is blank, ENROLLED or OPTED_OUT; None: nothing is known, and
    nothing is written. ``result`` is the source's own word for what became of the authentication. ``unknown``
    names what was said in words that are not known here.
    """

    id: str | None = None
    status: str | None = None
    result: str | None = None
    unknown: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it failed, or was inconclusive (T9)."""
        return has_failed(self.result)

    @property
    def attributes(self) -> Mapping[str, str]:
        """What flow and agent are to know, by the roles that `CallerAuthentication` has names for (V4)."""
        values = {"result": self.result, "status": None if self.status is None else WRITTEN[self.status]}
        return {role: value for role, value in values.items() if value is not None}


@dataclass(frozen=True)
class VoiceIdResult:
    """What a contact record has of Voice ID.

    ``enrolled`` and ``opted_out``: whether the speaker did so during this contact.
    """

    id: str | None = None
    result: str | None = None
    enrolled: bool = False
    opted_out: bool = False


def of_contact(leg: Leg, voice_id: VoiceIdResult | None, source: CallerAuthentication) -> Authentication:
    """Return what the source that the app settings choose says of a contact.

    ``voice_id`` is the record's own result, None where it has none.
    """
    if source.source == "attributes":
        return of_attributes(leg.attributes, source)
    return of_voice_id(voice_id) if voice_id is not None else Authentication()


def of_attributes(attributes: Mapping[str, str], names: CallerAuthentication) -> Authentication:
    """Return what a partner's biometrics left in contact attributes (V2)."""
    speaker = _given(attributes, names.id_attribute)
    word = _given(attributes, names.status_attribute)
    unknown: list[str] = []
    status = None
    if word is not None:
        status = status_of(word)
        if not is_status(word):
            unknown.append(names.status_attribute)
    if speaker is not None and len(speaker) > _LONGEST_ID:
        speaker = None
        unknown.append(names.id_attribute)
    return Authentication(speaker, status, _given(attributes, names.result_attribute), tuple(unknown))


def of_voice_id(found: VoiceIdResult) -> Authentication:
    """Return what a record's Voice ID result says: what changed during the contact, else the result itself.

    Where the speaker did both during the contact, it is not known which came last.
    """
    word = _plain(found.result) if found.result else None
    unknown = ("VoiceIdResult",) if word is not None and word not in _STATUS_BY_RESULT else ()
    if found.enrolled != found.opted_out:
        status: str | None = ENROLLED if found.enrolled else OPTED_OUT
    elif found.enrolled:
        status = None
    else:
        status = _STATUS_BY_RESULT.get(word) if word is not None else None
    return Authentication(found.id, status, found.result, unknown)


def of_decision(decision: str | None, speaker: str | None = None) -> Authentication:
    """Return what Voice ID decided on a session (V4)."""
    word = _plain(decision) if decision else None
    result = _RESULTS.get(word) if word is not None else None
    unknown = ("Decision",) if word is not None and word not in _RESULTS else ()
    return Authentication(speaker, _STATUS_BY_RESULT[_plain(result)] if result else None, result, unknown)


def status_of(word: str) -> str | None:
    """Return the status that a source's word stands for, None where it is none, or not known."""
    return _STATUSES.get(_plain(word))


def is_status(word: str) -> bool:
    """Return whether a source's word for a status is known, one that stands for none included."""
    return _plain(word) in _STATUSES


def result_of(leg: Leg, source: CallerAuthentication, *, enabled: bool) -> str | None:
    """Return the result that is known of a contact (T9).

    With Voice ID it is the record's own; until there is one, what the flow or the acceptance left in the
    attribute, where ``voiceid_enabled`` says that the contact has to do with it (V4).
    """
    result = leg.authentication if source.source == "voice_id" else None
    if result is None and (enabled or source.source == "attributes"):
        result = _given(leg.attributes, source.result_attribute)
    return result


def has_failed(result: str | None) -> bool:
    """Return whether a result is one of a caller who was not recognised by voice, or not for certain (T9)."""
    return result is not None and _plain(result) in _FAILED


def is_inconclusive(result: str | None) -> bool:
    """Return whether a result says that the caller could not be compared for certain (T9)."""
    return result is not None and _plain(result) in _INCONCLUSIVE


def _given(attributes: Mapping[str, str], name: str) -> str | None:
    text = clean(attributes.get(name, "")).strip()
    return None if is_not_set(text) else text


def _plain(word: str) -> str:
    return re.sub(r"[\s-]+", "_", word.strip().lower())
