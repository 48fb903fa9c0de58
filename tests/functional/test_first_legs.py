"""Contacts that no record of their first leg settles: answered after a transfer, or lost (T14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import legs
from connect_zendesk.workflows.contact_records.first_leg import RECORDS_COME_WITHIN
from tests.records import ANA, BOB, BOBS_NAME, NINE, call, later
from tests.stack import Stack, bodies, voices

MANUAL = {"ticket_assignment": "agent"}
#: The first leg left the queue for another one, where it became a leg of its own.
LEFT_QUEUE = call(agent=None, recorded=False)
ANSWERED = call(
    "contact-2",
    agent=BOBS_NAME,
    began=NINE + timedelta(minutes=2),
    first_leg="contact-1",
    InitiationMethod="QUEUE_TRANSFER",
)


def stack_that_knows(*contacts: dict[str, Any]) -> Stack:
    """Return a stack whose Amazon Connect knows these contacts, from their records."""
    stack = Stack()
    for contact in contacts:
        stack.connect.contacts.add(contact)
    return stack


@pytest.mark.parametrize(
    "order", [(LEFT_QUEUE, ANSWERED), (ANSWERED, LEFT_QUEUE)], ids=["in order", "reversed"]
)
def test_T13_a_contact_that_is_answered_in_another_queue_is_not_missed(
    order: tuple[dict[str, Any], ...],
) -> None:
    stack = Stack()
    stack.play_records(*order)
    ticket = stack.ticket()
    assert (ticket["requester_id"], ticket["assignee_id"]) == (ANA, BOB)
    assert len(bodies(ticket)) == 2, "what is known at first, and the report of the leg that was answered"
    assert len(voices(ticket)) == 1


def test_T8_T13_nor_is_it_where_the_agent_was_to_attach_it() -> None:
    stack = Stack()
    stack.play_records({**LEFT_QUEUE, "Attributes": MANUAL}, {**ANSWERED, "Attributes": MANUAL})
    assert stack.ticket()["requester_id"] == ANA


def test_T13_a_first_leg_that_nobody_answered_stays_so_where_the_later_one_was_not_answered_either() -> None:
    stack = Stack()
    survey = call(
        "contact-2", agent=None, recorded=False, first_leg="contact-1", InitiationMethod="DISCONNECT"
    )
    stack.play_records(LEFT_QUEUE, survey)
    assert stack.zendesk.tickets() == []
    assert stack.messages.waiting == []


def test_T12_T14_where_the_first_legs_record_is_lost_amazon_connect_is_asked() -> None:
    transferred = call("contact-2", agent=BOBS_NAME, first_leg="contact-1")
    stack = stack_that_knows(call(attributes={"conversation_title": "Lost record"}))
    stack.play_records(transferred)
    ticket = stack.ticket()
    assert ticket["subject"] == "Lost record"
    assert ticket["requester_id"] == ANA
    assert stack.clock() - NINE >= RECORDS_COME_WITHIN
    assert any("contact-2" in body for body in bodies(ticket))


def test_T8_a_first_leg_whose_end_only_amazon_connect_tells_does_not_hold_up_the_forced_ticket() -> None:
    first = call(attributes=MANUAL)
    stack = stack_that_knows(first)
    legs.began(
        stack.services.ledger, "contact-1", "contact-1", NINE
    )  # its agent accepted; no event told of its end
    stack.play_records(call("contact-2", agent=BOBS_NAME, first_leg="contact-1", attributes=MANUAL))
    assert stack.ticket()["requester_id"] == ANA
    assert stack.clock() - NINE < timedelta(hours=1)


def test_T12_T14_and_where_it_comes_after_all_it_is_told_of_once_more() -> None:
    first, transferred = call(), call("contact-2", agent=BOBS_NAME, first_leg="contact-1")
    stack = stack_that_knows(first)
    stack.play_records(transferred)
    stack.play_records(later(first, 120))
    ticket = stack.ticket()
    assert sum("contact-1" in body for body in bodies(ticket)) >= 1
    assert len(voices(ticket)) == 2


def test_T12_a_first_leg_that_goes_on_is_waited_for() -> None:
    living = call()
    living |= {"DisconnectTimestamp": None, "DisconnectReason": None}
    stack = stack_that_knows(living)
    stack.deliver_records(call("contact-2", agent=BOBS_NAME, first_leg="contact-1"))
    stack.run(until=NINE + timedelta(hours=2))
    assert stack.zendesk.tickets() == []
    stack.play_records(later(call(), 120))
    assert len(voices(stack.ticket())) == 2


def test_T14_what_amazon_connect_does_not_know_is_given_up_with_its_reason_in_the_end() -> None:
    stack = Stack()
    stack.play_records(call("contact-2", agent=BOBS_NAME, first_leg="contact-1"))
    assert stack.zendesk.tickets() == []
    assert "first leg's record did not come" in stack.letter()["reason"]
    assert stack.clock() - NINE > timedelta(days=13)
