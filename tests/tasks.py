"""Zendesk events on the bus, and the tasks that become of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.task_rules import TaskRule
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, TicketState, ZendeskEvent
from tests.records import ANA, NINE
from tests.stack import Stack

FLOW = "11111111-2222-3333-4444-555555555555"
TICKET = 4711
LAMP: dict[str, Any] = {
    "id": TICKET,
    "requester_id": ANA,
    "subject": "The lamp blinks",
    "comments": [{"body": "It blinks.", "public": False}],
}


def rules(*written: dict[str, Any]) -> tuple[TaskRule, ...]:
    """Return task rules, read as an administrator writes them."""
    given = written or (rule(),)
    settings, problems = app_settings.read({"task_rules": list(given)})
    assert not problems
    return settings.task_rules


def rule(name: str = "Anything", **fields: Any) -> dict[str, Any]:
    """Return a rule: of any change of the status, and of new tickets."""
    written = {"name": name, "events": ["status_changed", "created"], "task": {"contact_flow": FLOW}}
    return {**written, **fields}


def stack_with(*written: dict[str, Any], tickets: Any = (LAMP,), **settings: Any) -> Stack:
    """Return the functions with these rules, and with the lamp's ticket."""
    return Stack(tickets=tickets, task_rules=rules(*written), **settings)


def event(
    name: str = "event-1", kind: str = "status_changed", *, at: datetime = NINE, **fields: Any
) -> ZendeskEvent:
    """Return an event of the lamp's ticket; ``ticket`` changes that, ``change`` says what it was."""
    ticket = {
        "id": TICKET,
        "subject": "The lamp blinks",
        "status": "open",
        "priority": "high",
        "requester": ANA,
        "channel": "web",
        **fields.pop("ticket", {}),
    }
    return ZendeskEvent(
        id=name,
        type=f"ticket.{kind}",
        account=22129848,
        time=at.isoformat(),
        ticket=TicketState(**ticket),
        actor=fields.pop("actor", ANA),
        change=Change(**fields.pop("change", {})),
        **fields,
    )


def tell(stack: Stack, *events: ZendeskEvent) -> None:
    """Put events on the bus, and do what is to be done at once."""
    for one in events:
        stack.messages.publish(ZENDESK_EVENT, one.as_detail())
    stack.run(until=stack.clock() + timedelta(minutes=1))


def tasks(stack: Any) -> list[dict[str, Any]]:
    """Return the tasks that were made, as their records."""
    contacts = stack.connect.contacts
    records = [contacts.record(number) for number in contacts]
    return [record for record in records if record["Channel"] == "TASK"]
