"""A contact that has a ticket is attached to another one by hand (T8, T14, A1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.workflows.contacts import records
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import AnswerLost
from tests.attachments import MANUAL, asks, ends, joins, stack_with, steps
from tests.records import ADA, ANA, BEN, BOB, BOBS_NAME, NINE, call, later, recording_of
from tests.stack import Stack, bodies, voices

# A later one


def test_T8_an_attachment_after_the_forced_ticket_moves_the_contact_with_a_note_that_links() -> None:
    stack = stack_with()
    joins(stack)
    ends(stack)
    forced = stack.zendesk.tickets()[-1]
    assert len(bodies(forced)) == 1
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)
    note = bodies(stack.ticket(forced["id"]))[-1]
    assert "nobody had attached the contact" in note
    assert "ticket #4001" in note
    assert len(stack.zendesk.tickets()) == 3


def test_T14_every_leg_that_was_reported_moves_along() -> None:
    stack = stack_with()
    joins(stack)
    second = call("leg-2", first_leg="contact-1", agent=BOBS_NAME, attributes=MANUAL)
    ends(stack, call(attributes=MANUAL), second)
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (3, 2)
    stack.play_records(call(attributes=MANUAL), second)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (3, 2)


def test_T14_after_a_move_later_legs_and_changes_go_to_the_new_ticket_only() -> None:
    stack = stack_with()
    joins(stack)
    record = call(attributes=MANUAL)
    ends(stack, record)
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    forced = stack.zendesk.tickets()[-1]["id"]
    before = len(bodies(stack.ticket(forced)))
    stack.play_records(
        call("leg-2", first_leg="contact-1", attributes=MANUAL),
        later(record, 20, Recordings=[recording_of("contact-1"), recording_of("more")]),
    )
    texts = bodies(stack.ticket(4001))
    assert len(texts) == 4
    assert "has changed" in texts[-1]
    assert len(bodies(stack.ticket(forced))) == before


def test_T14_a_second_agents_attachment_moves_the_first_ones() -> None:
    stack = stack_with()
    joins(stack)
    joins(stack, agent=BOB, leg="leg-2", minute=1)
    asks(stack, ticket=4001)
    asks(stack, "command-2", agent=BOB, ticket=4002, minute=2)
    ends(stack)
    assert "An agent has attached this contact to ticket #4002" in bodies(stack.ticket(4001))[-1]
    assert (len(bodies(stack.ticket(4001))), len(bodies(stack.ticket(4002)))) == (2, 2)


def test_T14_commands_that_overtake_each_other_end_with_the_later_wish() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, "second", ticket=4002, minute=2)
    at = (NINE + timedelta(minutes=1)).isoformat()
    stack.request_attachment({"id": "first", "agent": ADA, "at": at, "ticket": 4001})
    ends(stack)
    assert (len(bodies(stack.ticket(4001))), len(bodies(stack.ticket(4002)))) == (1, 2)


def test_T14_back_to_a_ticket_that_has_the_details_they_are_not_told_again() -> None:
    stack = stack_with()
    joins(stack)
    ends(stack)
    forced = stack.zendesk.tickets()[-1]["id"]
    asks(stack, "command-1", ticket=4001, minute=12)
    asks(stack, "command-2", ticket=forced, minute=13)
    stack.run(until=None)
    stack.play_records(call("leg-2", first_leg="contact-1", attributes=MANUAL))
    assert len(voices(stack.ticket(forced))) == 2
    assert [step.partition("#")[0] for step in steps(stack.ticket(forced))] == [
        "create", "voice", "contact", "details", "voice",
    ]  # fmt: skip


def test_A1_attached_to_the_same_ticket_again_nothing_happens() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4001)
    ends(stack)
    asks(stack, "command-2", ticket=4001, minute=13)
    stack.run(until=None)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)


def test_A1_a_second_ticket_for_a_contact_has_a_name_of_its_own() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, user=BEN)
    asks(stack, "command-2", user=ANA, minute=2)
    ends(stack)
    names = [ticket["external_id"] for ticket in stack.zendesk.tickets()]
    assert names[2:] == ["amazon-connect:contact-1", "amazon-connect:contact-1:command-2"]
    first, second = stack.zendesk.tickets()[2:]
    assert (len(voices(first)), len(voices(second))) == (0, 1)


def test_A1_a_command_delivered_three_times_is_done_once() -> None:
    stack = stack_with()
    joins(stack)
    for _ in range(3):
        asks(stack, user=BEN)
    assert len(stack.zendesk.tickets()) == 3


# Deaths and lost answers


@pytest.mark.parametrize("after_write", [False, True])
@pytest.mark.parametrize("endpoint", ["PUT /api/v2/tickets/{id}", "POST /api/v2/tickets"])
@pytest.mark.parametrize("asked", [{"ticket": 4001}, {"user": BEN}, {"new": True}])
def test_T14_lost_answers_leave_one_ticket_with_one_report(
    asked: dict[str, Any], endpoint: str, after_write: bool
) -> None:
    stack = stack_with()
    joins(stack)
    ends(stack)
    forced = stack.zendesk.tickets()[-1]["id"]
    stack.zendesk.faults.lose_answer(after_write=after_write, count=2, matching=endpoint)
    asks(stack, minute=13, **asked)
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == (3 if "ticket" in asked else 4)
    ticket = stack.ticket(4001) if "ticket" in asked else stack.zendesk.tickets()[-1]
    assert len(voices(ticket)) == 1
    assert len(bodies(ticket)) == (2 if "ticket" in asked else 1)
    assert len(bodies(stack.ticket(forced))) == 2


def test_T14_a_lost_answer_on_the_first_ticket_of_a_contact_that_had_none_loses_no_leg() -> None:
    stack = stack_with()
    joins(stack)
    attributes = {**MANUAL, "force_ticket_creation": "no"}
    second = call("leg-2", first_leg="contact-1", agent=BOBS_NAME, attributes=attributes)
    ends(stack, call(attributes=attributes), second)
    stack.zendesk.faults.lose_answer(after_write=True, matching="POST /api/v2/tickets")
    asks(stack, minute=13, user=BEN)
    stack.run(until=None)
    made = stack.zendesk.tickets()[-1]
    assert (len(bodies(made)), len(voices(made))) == (2, 2)


def test_M1_records_that_are_kept_for_a_move_hold_no_credentials_and_are_forgotten() -> None:
    stack = stack_with()
    record = call(attributes={**MANUAL, "sak": "a secret", "survey": "5"})
    records.keep(
        stack.services, parse(record), record
    )  # as another sender than the endpoint may put it on the bus
    kept = records.newest(stack.services, "contact-1", "contact-1")
    assert kept is not None
    assert kept["Attributes"] == {**MANUAL, "survey": "5"}
    stack.clock.move_by(timedelta(days=1))
    assert records.newest(stack.services, "contact-1", "contact-1") is None


# Two containers at once: a lock was lost, because one stood still or its clock was wrong


def _after_new_ticket(stack: Stack, happens: Callable[[], object]) -> None:
    """Have something happen once, right after a ticket was made."""
    waiting = [happens]

    def after(request: Request, _: Response) -> None:
        if waiting and (request.method, request.path) == ("POST", "/api/v2/tickets"):
            waiting.pop()()

    stack.zendesk.faults.after = after


def ticket_of(ledger: Ledger) -> int | None:
    """Return the ticket that the contact is on."""
    head = heads.head(ledger, "contact-1")
    return head.ticket if head is not None else None


def test_A1_T14_a_contact_that_is_settled_while_its_agents_ticket_is_made_is_moved_to_that() -> None:
    stack = stack_with()
    joins(stack)
    ledger = stack.new_services().ledger
    _after_new_ticket(stack, lambda: heads.settle(ledger, "contact-1", Head(4001, ANA, "open", "T1")))
    asks(stack, user=BEN)
    ends(stack)
    (made,) = [ticket["id"] for ticket in stack.zendesk.tickets() if ticket["id"] not in (4001, 4002)]
    assert ticket_of(ledger) == made
    assert f"attached this contact to ticket #{made}" in bodies(stack.ticket(4001))[-1]
    assert len(voices(stack.ticket(made))) == 1


def test_A1_T14_a_command_that_was_slower_than_a_later_one_leaves_that_as_it_is() -> None:
    stack = stack_with()
    joins(stack)
    ledger = stack.new_services().ledger
    later_stamp = "2026-11-02T09:02:00.000+00:00 command-2"
    elsewhere = Head(4002, BEN, "attach", "A1", attached=later_stamp)
    _after_new_ticket(stack, lambda: heads.settle(ledger, "contact-1", elsewhere))
    asks(stack, user=BEN)
    ends(stack)
    (made,) = [ticket for ticket in stack.zendesk.tickets() if ticket["id"] not in (4001, 4002)]
    assert ticket_of(ledger) == 4002
    assert "attached this contact to ticket #4002" in bodies(made)[-1]
    assert (len(bodies(made)), len(voices(made)), len(voices(stack.ticket(4002)))) == (2, 0, 1)


@pytest.mark.parametrize("retried", [False, True], ids=["at once", "after a lost answer"])
def test_T1_A1_a_follow_up_that_is_made_while_an_agent_moves_the_contact_says_so(retried: bool) -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4001)
    stack.services.zendesk.put("/api/v2/tickets/4001", '{"ticket": {"status": "closed"}}')
    stack.clock.move_by(timedelta(minutes=1))

    def moved() -> None:
        asks(stack, "command-2", ticket=4002, minute=2)
        if retried:
            raise AnswerLost

    _after_new_ticket(stack, moved)
    ends(stack)
    (made,) = [ticket for ticket in stack.zendesk.tickets() if ticket["id"] not in (4001, 4002)]
    assert made["followup_source_id"] == 4001
    assert ["attached this contact to ticket #4002" in body for body in bodies(made)] == [False, True]
    assert len(voices(stack.ticket(4002))) == 1
    assert stack.messages.dead_letters == []
