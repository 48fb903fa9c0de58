"""The kinds of contact in which no agent spoke with the customer (T13)."""

from collections.abc import Callable, Mapping

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.model import VOICEMAIL_ATTRIBUTES, Unanswered
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import InvalidValue

_FITS: Mapping[Unanswered, Callable[[Leg, tuple[str, ...]], bool]] = {
    Unanswered.VOICEMAIL: lambda leg, names: _says_voicemail(leg, names) and leg.flow_recorded,
    Unanswered.CALLBACK: lambda leg, _: leg.initiation_method == "CALLBACK",
    Unanswered.UNREACHED: lambda leg, _: leg.direction == "outbound" and not leg.reached,
    Unanswered.MISSED: lambda leg, _: leg.attempts > 0,
    Unanswered.ABANDONED: lambda leg, _: leg.queued,
    Unanswered.SELF_SERVICE: lambda leg, _: leg.channel in ("VOICE", "CHAT"),
    Unanswered.OTHER: lambda leg, _: True,
}


def unanswered(leg: Leg, voicemail_attributes: tuple[str, ...] = VOICEMAIL_ATTRIBUTES) -> Unanswered | None:
    """Return why no agent spoke with the customer; None where one did or may yet, or in an external leg.

    ``voicemail_attributes`` name the contact attributes by which a flow says that a message was left.
    """
    if leg.answered or leg.ended is None or leg.is_external:
        return None
    return next(kind for kind, fits in _FITS.items() if fits(leg, voicemail_attributes))


def _says_voicemail(leg: Leg, names: tuple[str, ...]) -> bool:
    return any(_is_set(leg.attributes.get(name, "")) for name in names)


def _is_set(text: str) -> bool:
    """Return whether an attribute is set, and not to a word for false (S2, S3)."""
    if readers.is_not_set(text):
        return False
    try:
        return readers.boolean(text.strip(), None)
    except InvalidValue:
        return True
