"""Agents who attach contacts by hand, and contacts for them to attach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.ledger import agent_contacts, legs, snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from tests.records import ADA, ANA, BEN, NINE, call
from tests.stack import Stack

MANUAL = {"ticket_assignment": "agent"}
LETTER: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
OTHER: dict[str, Any] = {
    "id": 4002,
    "requester_id": BEN,
    "comments": [{"body": "It blinks.", "public": False}],
}


def stack_with(*tickets: dict[str, Any], **settings: Any) -> Stack:
    """Return the functions with these tickets."""
    return Stack(tickets=tickets or (LETTER, OTHER), **settings)


def joins(
    stack: Stack,
    root: str = "contact-1",
    agent: int = ADA,
    *,
    leg: str | None = None,
    copied: bool = True,
    minute: float = 0,
    **known: Any,
) -> None:
    """Have an agent be on a contact, whose flow has left a copy, as acceptance notes it."""
    since = NINE + timedelta(minutes=minute)
    on = AgentContact(root, leg or root, known.pop("channel", "VOICE"), since.isoformat(), **known)
    agent_contacts.joined(stack.services.ledger, agent, on)
    legs.began(stack.services.ledger, root, on.leg, since)
    if copied:
        snapshots.keep(stack.services.ledger, parse(call(root, attributes=MANUAL)))


def asks(stack: Stack, name: str = "command-1", *, agent: int = ADA, minute: float = 1, **asked: Any) -> None:
    """Have an agent attach the contact they are on, and the functions do what is to be done at once."""
    at = NINE + timedelta(minutes=minute)
    stack.run(until=at)
    stack.clock.move_to(at)
    stack.request_attachment({"id": name, "agent": agent, "at": at.isoformat(), **asked})
    stack.run(until=stack.clock())


def ends(stack: Stack, *records: dict[str, Any]) -> None:
    """Have the contact end: its records come, and everything is waited for."""
    stack.play_records(*(records or (call(attributes=MANUAL),)))


def steps(ticket: dict[str, Any]) -> list[str]:
    """Return the steps that were written on a ticket."""
    return [item["amazon_connect"]["step"] for item in ticket["metadata"] if "amazon_connect" in item]
