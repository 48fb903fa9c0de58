"""Whether a transcript or an analysis goes on the ticket, and with its words or without (X1, X2, X6, M3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from connect_zendesk.rules.settings.registry import (
    CALL_RECORDING_CONSENT,
    CHAT_TRANSCRIPT,
    CUSTOMER_LANGUAGE,
    SPEECH_ANALYSIS,
)
from connect_zendesk.rules.settings.settings import Settings

#: Categories that an administrator gives by Contact Lens's rules: out, and in all the same (X2).
LEFT_OUT, PUT_BACK = "no-support-ticket", "support-ticket"

#: What holds a chat's words: its transcript, and its analysis.
OF_CHATS: frozenset[str] = frozenset({"chat", "lens_chat"})

#: Legs that are there only while another agent's is.
_LISTENING_IN = frozenset({"MONITOR", "EXTERNAL_OUTBOUND"})
#: The first agent is still there for some seconds after a transfer has been answered.
_HANDING_OVER = timedelta(seconds=5)
_KNOWN = frozenset({"joined", "ended", "method"})


@dataclass(frozen=True)
class Exclusion:
    """Why something is left out: the number of the rule, and a sentence without personal data."""

    rule: str
    text: str


#: Why a chat's transcript stays off a ticket on which its analysis has come first.
COVERED_BY_ANALYSIS = Exclusion("X2", "the analysis on the ticket has the conversation")

#: Where the words of a file are to be read: in its own comment, in that of the chat's transcript, or nowhere.
Words = Literal["here", "in the transcript", "left out"]


@dataclass(frozen=True)
class AttachmentPolicy:
    """What a contact's settings say of its files. It is no personal data.

    ``analysis`` are the words of `speech_analysis`, and ``language`` is the `customer_language` (X3).
    """

    chat_transcript: bool
    opted_out: bool
    analysis: tuple[str, ...] = ()
    language: str = "en"

    @staticmethod
    def of(settings: Settings) -> "AttachmentPolicy":
        """Return what the settings say."""
        return AttachmentPolicy(
            settings[CHAT_TRANSCRIPT],
            settings[CALL_RECORDING_CONSENT] == "optout",
            settings[SPEECH_ANALYSIS],
            settings[CUSTOMER_LANGUAGE],
        )

    @staticmethod
    def of_item(item: Mapping[str, Any]) -> "AttachmentPolicy":
        """Return it from what was kept of it; an earlier release kept less."""
        return AttachmentPolicy(**{**item, "analysis": tuple(item.get("analysis", ()))})


def excluded_by_settings(kind: str, policy: AttachmentPolicy) -> Exclusion | None:
    """Return why a file of this kind stays off the ticket by the contact's settings, or None."""
    if kind not in OF_CHATS and policy.opted_out:
        return Exclusion("M3", "the customer opted out of the recording")
    if kind == "chat" and not policy.chat_transcript:
        return Exclusion("X1", "chat_transcript is false")
    return None


def excluded_by_category(categories: Collection[str]) -> Exclusion | None:
    """Return why an analysis stays off the ticket by the categories that Contact Lens found, or None."""
    found = {category.strip().casefold() for category in categories}
    if LEFT_OUT in found and PUT_BACK not in found:
        return Exclusion("X2", f"category {LEFT_OUT}")
    return None


def may_show_words(kind: str, policy: AttachmentPolicy) -> bool:
    """Return whether the words themselves may be on the ticket: a chat's are its transcript's (X1)."""
    return kind not in OF_CHATS or policy.chat_transcript


def others_were_there(leg: str, legs: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether more than one agent and one customer were on a leg at a time, or a supervisor was (X6).

    ``legs`` are those of the contact by their ids, with when each was ``joined`` and ``ended`` (ISO 8601) and
    by what ``method``. Of one whose record has not come less is known, and it counts for nothing.
    """
    own = legs.get(leg, {})
    return any(
        _together(own, other) > (timedelta(0) if other["method"] in _LISTENING_IN else _HANDING_OVER)
        for name, other in legs.items()
        if name != leg and own.keys() >= _KNOWN and other.keys() >= _KNOWN
    )


def _together(one: Mapping[str, str], other: Mapping[str, str]) -> timedelta:
    """Return how long two legs were there together; negative where they were not."""
    joined, ended = (
        [datetime.fromisoformat(leg[name]) for leg in (one, other)] for name in ("joined", "ended")
    )
    return min(ended) - max(joined)
