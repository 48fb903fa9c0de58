"""A call as Zendesk's Calls API has it (M5): what it says of a leg, and what its voice comment shows.

Names and values are those of facts/zendesk-2.md B2. What a call says, the private details say too (M1).
"""

from collections.abc import Collection, Mapping
from typing import Any

from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.contacts import customer as customers
from connect_zendesk.rules.contacts.unanswered import Unanswered
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import without_markup
from connect_zendesk.rules.settings.registry import CALL_RECORDING_CONSENT, CONVERSATION_TITLE
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.view import View

#: What the voice comment shows. All of it from the start: what a newer record adds would stay hidden else.
#: With the external id, by which a call is found again.
SHOWN = (
    "from_line",
    "to_line",
    "direction",
    "end_user_location",
    "agent_id",
    "queue_name",
    "call_started_at",
    "call_ended_at",
    "duration",
    "wait_time",
    "talk_time",
    "hold_time",
    "wrap_up_time",
    "completion_status",
    "call_recording_consent",
    "call_recording_consent_action",
    "recording_url",
    "external_id",
)
#: What a call cannot be without; the rest is left out where Zendesk refuses it (T16).
REQUIRED = frozenset({"app_id", "from_line", "to_line", "call_started_at", "direction", "ticket_id"})

_LONGEST = 250
_CONSENTS: Mapping[str | None, Mapping[str, str]] = {
    "optin": {"call_recording_consent": "opt_in", "call_recording_consent_action": "caller_opted_in"},
    "optout": {"call_recording_consent": "opt_out", "call_recording_consent_action": "caller_opted_out"},
}
_WITHOUT_CONSENT = {"call_recording_consent": "always"}
#: How a call with a person ends that neither side has ended.
_DROPPED = frozenset({"TELECOM_PROBLEM", "TELECOM_TIMEOUT"})


def call(view: View, agent: int | None) -> dict[str, Any]:
    """Return what a call says of a leg, without the ids of app and ticket. ``agent`` is a Zendesk id."""
    leg, queue, spoken = view.leg, view.leg.queue, view.leg.agent
    number = customers.own_number(leg, view.app.default_country)
    said: dict[str, Any] = {
        "from_line": _text(view.from_number) or wording.NO_NUMBER,
        "to_line": _text(view.to_number) or wording.NO_NUMBER,
        "direction": _direction(view),
        "call_started_at": comment.iso(leg.began),
        "call_ended_at": comment.iso(leg.ended),
        "duration": max(0, round((leg.ended - leg.began).total_seconds())) if leg.ended else None,
        "completion_status": "dropped" if leg.disconnect_reason in _DROPPED else "completed",
        "agent_id": agent,
        "end_user_location": phone_numbers.country_of(number) if number is not None else None,
        "queue_name": _text(queue.name) if queue else None,
        "wait_time": queue.wait_seconds if queue else None,
        "talk_time": spoken.talk_seconds if spoken else None,
        "hold_time": spoken.hold_seconds if spoken else None,
        "wrap_up_time": spoken.wrap_up_seconds if spoken else None,
        "voicemail": True if view.unanswered is Unanswered.VOICEMAIL else None,
        "recording_url": view.recording_url,
    }
    consent = _CONSENTS.get(view.settings[CALL_RECORDING_CONSENT])
    if consent is None and leg.recordings:
        consent = _WITHOUT_CONSENT
    return {name: value for name, value in said.items() if value not in (None, "")} | dict(consent or {})


def shown_as(view: View) -> dict[str, Any]:
    """Return the voice comment of a call: its title, and what it shows."""
    title = view.settings[CONVERSATION_TITLE] or comment.heading(view)
    return {"title": _text(title) or wording.UNTITLED_CALL, "call_fields": list(SHOWN)}


def without(call: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return a call, or a change of one, without some fields; what it cannot be without stays."""
    return {name: value for name, value in call.items() if name in REQUIRED or name not in fields}


def _direction(view: View) -> str:
    if view.leg.initiation_method == "CALLBACK":
        return "callback"
    return "outbound" if view.origin.outgoing else "inbound"


def _text(text: str | None) -> str:
    return without_markup(" ".join(readers.clean(text or "").split()))[:_LONGEST]
