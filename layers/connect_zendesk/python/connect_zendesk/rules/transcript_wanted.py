"""Whether a transcript or an analysis goes on the ticket, and with its conversation or without (X1, X2, X6, M3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connect_zendesk.rules.contact import Leg
from connect_zendesk.rules.conversation import Kind
from connect_zendesk.rules.settings import Settings

#: Categories that an administrator gives by Contact Lens's rules: out, and in all the same (X2).
LEFT_OUT, PUT_BACK = "no-support-ticket", "support-ticket"

#: Legs that are there only while somebody else's is.
_LISTENING_IN = frozenset({"MONITOR", "EXTERNAL_OUTBOUND"})
#: The first agent is still there for some seconds after a transfer has been answered.
_HANDING_OVER = timedelta(seconds=5)


@dataclass(frozen=True)
class Unwanted:
    """Why something is left out: the number of the rule, and a sentence without personal data."""

    rule: str
    text: str


def unwanted(kind: Kind, settings: Settings) -> Unwanted | None:
    """Return why a file of this kind stays off the ticket by the contact's settings, or None."""
    if kind == "lens_voice" and settings["call_recording_consent"] == "optout":
        return Unwanted("M3", "the customer opted out of the recording")
    if kind == "chat" and not settings["chat_transcript"]:
        return Unwanted("X1", "chat_transcript is false")
    return None


def unwanted_category(categories: Collection[str]) -> Unwanted | None:
    """Return why an analysis stays off the ticket by the categories that Contact Lens found, or None."""
    found = {category.strip().casefold() for category in categories}
    if LEFT_OUT in found and PUT_BACK not in found:
        return Unwanted("X2", f"category {LEFT_OUT}")
    return None


def may_tell_conversation(kind: Kind, settings: Settings) -> bool:
    """Tell whether the words themselves may be on the ticket: a chat's are its transcript's (X1)."""
    return kind == "lens_voice" or bool(settings["chat_transcript"])


def others_were_there(leg: Leg, legs: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether more than one agent and one customer were on a leg at a time, or a supervisor was (X6).

    ``legs`` are those of the contact, with when each was ``joined`` and ``ended`` (ISO 8601) and by what
    ``method``, as far as is known.
    """
    joined = (leg.agent.connected if leg.agent else None) or leg.began
    return any(
        _together(joined, leg.ended, other)
        > (timedelta(0) if other["method"] in _LISTENING_IN else _HANDING_OVER)
        for name, other in legs.items()
        if name != leg.contact_id and {"joined", "ended", "method"} <= other.keys()
    )


def _together(joined: datetime, ended: datetime | None, other: Mapping[str, str]) -> timedelta:
    """Return how long another leg was there together with this one; negative where it was not."""
    since, until = (datetime.fromisoformat(other[name]) for name in ("joined", "ended"))
    return min(until, ended or until) - max(since, joined)
