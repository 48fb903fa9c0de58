"""What a ticket shows of a leg's call itself: by the Calls API, as a voice comment, or nothing (M5, M2)."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.kinds import Origin
from connect_zendesk.rules.tickets import call_report, comment
from connect_zendesk.rules.tickets.view import View
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.services import Services


def of_leg(services: Services, leg: Leg, origin: Origin | None = None) -> dict[str, Any] | None:
    """Return how a call is put on its ticket, by which number, and what it says; None where it is not.

    ``origin`` is how the contact of a later leg began.
    """
    view = View.of(leg, services.app, origin)
    if not view.has_voice_comment:
        return None
    agent = agents.zendesk_id(services, leg.agent.username, leg.agent.arn) if leg.agent else None
    if services.app.zendesk_app_id is None:
        return {"rule": "M2", "as": "voice_comment", "says": comment.voice_comment(view, agent)}
    says = {"title": call_report.shown_as(view)["title"], **call_report.call(view, agent)}
    return {"rule": "M5", "as": "call", "says": says}


def line(shown: Mapping[str, Any]) -> str:
    """Return a line on that for people."""
    says = shown["says"]
    what = wording.CALL_EXPLAINED[shown["as"]]
    parts = (f"{name} {says[name]}" for name in _IN_SHORT if says.get(name) is not None)
    return f"{shown['rule']}: {what} ({', '.join(parts)}); {wording.CALL_NOT_IN_PUBLIC}"


_IN_SHORT = (
    "title", "queue_name", "wait_time", "talk_time", "hold_time", "wrap_up_time", "call_duration",
    "completion_status", "call_recording_consent_action",
)  # fmt: skip
