"""Why a recording is not transcribed or analysed, or not in full (X3). How it is said is in `wording`."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why nothing comes of a recording, by its name in the log and the ledger.

    `SILENT` ones are no one's concern on the ticket: it was not asked for, or has been done otherwise.
    """

    NOT_ASKED_FOR = "not asked for"
    NO_RECORDING = "no recording in S3"
    OPTED_OUT = "the customer opted out of the recording"
    CONTACT_LENS = "Contact Lens analyses the leg"
    NO_TICKET = "such contacts get no ticket"
    SWITCHED_OFF = "speech_minutes_per_day is 0"
    OTHER_BUCKET = "the recording is in a bucket that is not read here"

    NO_SERVICE = "the service is not in this region"
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    TOO_LARGE = "too large"
    NO_AUDIO = "not readable as audio"
    NOT_REDACTABLE = "personal data cannot be taken out in this language"
    NO_MINUTES = "the day's minutes are used up"
    DELETED = "the recording is gone"
    DENIED = "access to the recording is denied"
    REFUSED = "the service refused the request"
    FAILED = "the service failed"
    NEVER_FINISHED = "the service did not finish within a day"
    LOST = "the service's result is gone"


SILENT = frozenset(
    {
        Refusal.NOT_ASKED_FOR,
        Refusal.NO_RECORDING,
        Refusal.OPTED_OUT,
        Refusal.CONTACT_LENS,
        Refusal.NO_TICKET,
        Refusal.SWITCHED_OFF,
        Refusal.OTHER_BUCKET,
    }
)

#: What the services say of a job that failed, by a part of it in small letters. It is prose, so what is not
#: recognised is `FAILED` (facts/speech-analysis.md 4).
_FAILURES = (
    ("number of channels", Refusal.NO_AUDIO),
    ("length too small", Refusal.TOO_SHORT),
    ("too short", Refusal.TOO_SHORT),
    ("length too large", Refusal.TOO_LONG),
    ("too long", Refusal.TOO_LONG),
    ("too large", Refusal.TOO_LARGE),
    ("be accessed", Refusal.DENIED),
    ("access denied", Refusal.DENIED),
    ("media format", Refusal.NO_AUDIO),
    ("sample rate", Refusal.NO_AUDIO),
)
_INTERNAL = "internal"


def of_failure(reason: str) -> Refusal:
    """Return why a job failed, by the service's own words."""
    said = reason.lower()
    return next((refusal for part, refusal in _FAILURES if part in said), Refusal.FAILED)


def may_pass(reason: str) -> bool:
    """Return whether a job failed by the service's own fault, so that another one may not."""
    return reason.lower().startswith(_INTERNAL)
