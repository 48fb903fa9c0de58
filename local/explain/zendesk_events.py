"""What is decided about events of Zendesk's tickets, and why."""

import json
from collections.abc import Mapping
from typing import Any

from connect_zendesk.errors import Permanent
from connect_zendesk.rules import wording
from connect_zendesk.rules.tickets.decision_table import Reason
from connect_zendesk.rules.zendesk_events import macro, task_decision
from connect_zendesk.rules.zendesk_events.task_content import task_of
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.tasks import zendesk_events
from connect_zendesk.workflows.webhooks.other_bus import read_from_other_bus
from connect_zendesk.zendesk import webhook_event
from connect_zendesk.zendesk.webhook import Call
from connect_zendesk.zendesk.webhook_event import NotAnEvent, NotJson
from local.replay.in_process import InProcess


def of_webhook(stack: InProcess, body: str) -> dict[str, Any] | None:
    """Explain what a webhook reports; None where that is no ticket."""
    try:
        account = json.loads(body).get("account_id") or stack.options.account_id
        event = webhook_event.read(Call(body.encode(), "", stack.clock(), account, "explained"))
    except (NotAnEvent, NotJson):
        return None
    return _explained(stack, event)


def of_other_bus(stack: InProcess, envelope: Mapping[str, Any]) -> dict[str, Any] | None:
    """Explain an event of the bus that a deployment names; None where it is none of a ticket."""
    try:
        return _explained(stack, read_from_other_bus(stack.services, envelope))
    except NotAnEvent:
        return None


def of_event(stack: InProcess, detail: Mapping[str, Any]) -> dict[str, Any] | None:
    """Explain the detail of a *Zendesk Event*; None where it is none."""
    try:
        return _explained(stack, zendesk_events.read(detail))
    except Permanent:
        return None


def _explained(stack: InProcess, event: ZendeskEvent) -> dict[str, Any]:
    decision = task_decision.decide(event, stack.app_settings)
    action, reasons = ("task" if decision.rule else "none"), list(decision.reasons)
    task = None
    if decision.rule is not None:
        made = task_of(event, decision.rule, stack.app_settings, stack.services.zendesk.url, stack.clock())
        task = {"name": made.name, "scheduled": made.scheduled, "attributes": dict(made.attributes)}
    if (tags := macro.tags_set(event)) and not event.by_connector:
        action = "attach" if task is None else "task, attach"
        reasons.append(Reason("A1", wording.MACRO_EXPLAINED.format(tag=tags[0]), ()))
    return {
        "contact": None,
        "leg": None,
        "event": event.type,
        "decision": {
            "action": action,
            "ticket": event.ticket.id,
            "requester": event.ticket.requester,
            "rule": reasons[-1].rule,
            "reasons": [{"rule": reason.rule, "text": reason.text} for reason in reasons],
        },
        "task": task,
    }
