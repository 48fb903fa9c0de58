"""Tasks that are made during a call and name a ticket of their own: they are on that one (C3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from tests.functional.test_acceptance import pops, ready
from tests.live import agent_event, alive, contact_event, on_agent
from tests.records import ANA, BOB, BOBS_NAME, NINE, call
from tests.stack import Stack, bodies
from tests.tasks import LAMP
from tests.tasks import TICKET as NUMBER

NAMED: dict[str, Any] = {"Name": f"Zendesk-{NUMBER}"}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": str(NUMBER)}, "Name": "Ring back"}


def task(*, make: Callable[..., dict[str, Any]] = call, **fields: Any) -> dict[str, Any]:
    """Return the record of a task that an agent made during the call contact-1."""
    own = {"Channel": "TASK", "InitiationMethod": "API", **fields}
    return make("task-1", first_leg="contact-1", caller=None, recorded=False, **own)


def the_calls_ticket(stack: Stack) -> int:
    """Return the number of the ticket that was made for the call."""
    made = [ticket["id"] for ticket in stack.zendesk.tickets() if ticket["id"] != NUMBER]
    assert len(made) == 1, made
    return int(made[0])


@pytest.mark.parametrize("named", [NAMED, GIVEN])
@pytest.mark.parametrize("first", ["call", "task"])
def test_C3_a_task_of_a_call_that_names_a_ticket_is_on_that_ticket(named: dict[str, Any], first: str) -> None:
    stack, records = Stack(tickets=[LAMP]), [call(), task(**named)]
    stack.play_records(*(records if first == "call" else reversed(records)), *records)
    assert len(bodies(stack.ticket(the_calls_ticket(stack)))) == 1
    (note,) = bodies(stack.ticket(NUMBER))[1:]
    assert note.startswith("Task\n")
    head = heads.head(stack.services.ledger, "task-1")
    assert head is not None
    assert (head.ticket, head.requester) == (NUMBER, ANA)
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("named", [{"Name": "Ring back"}, {"attributes": {"zendesk_ticket": "0"}}])
def test_C3_a_task_of_a_call_that_names_none_is_on_the_calls(named: dict[str, Any]) -> None:
    stack = Stack(tickets=[LAMP])
    stack.play_records(call(), task(**named))
    assert [len(bodies(ticket)) for ticket in stack.zendesk.tickets()] == [1, 2]
    assert bodies(stack.ticket(the_calls_ticket(stack)))[1].startswith("Task made during the call")


def test_C3_K5_it_pops_its_own_ticket_and_its_acceptance_is_a_note_there() -> None:
    stack = ready(tickets=[LAMP])
    stack.play_records(call())
    stack.connect.contacts.add(task(make=alive, **NAMED))
    ringing = on_agent("task-1", "CONNECTING", first_leg="contact-1", Channel="TASK", InitiationMethod="API")
    stack.send_agent_events([agent_event([], [ringing], agent=BOBS_NAME, at=stack.clock())])
    assert pops(stack) == [(BOB, "ticket", NUMBER)]
    told: dict[str, Any] = {"contact": "task-1", "first_leg": "contact-1", "channel": "TASK", "method": "API"}
    stack.send_contact_event(contact_event(agent=BOBS_NAME, at=stack.clock(), **told))
    stack.run(until=stack.clock())
    (note,) = bodies(stack.ticket(NUMBER))[1:]
    assert note.startswith("Task, accepted by an agent")
    stack.send_contact_event(contact_event("DISCONNECTED", at=stack.clock() + timedelta(minutes=1), **told))
    stack.play_records(task(**NAMED, began=NINE + timedelta(minutes=10), agent=BOBS_NAME))
    assert len(bodies(stack.ticket(NUMBER))) == 3
    assert len(bodies(stack.ticket(the_calls_ticket(stack)))) == 1
