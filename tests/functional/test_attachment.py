"""An agent attaches a contact by hand (A1), which is the first attachment or moves it (T8, T14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.workflows import agent_contacts, copies, legs
from connect_zendesk.workflows.agent_contacts import AgentContact
from tests.records import (
    ADA,
    ANA,
    BEN,
    BOB,
    BOBS_NAME,
    NINE,
    STRANGERS_NUMBER,
    call,
    later,
    recording_of,
)
from tests.stack import Stack, bodies, voices

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
    agent_contacts.joined(stack.clients, agent, on)
    legs.began(stack.clients, root, on.leg, since)
    if copied:
        copies.keep(stack.clients, parse(call(root, attributes=MANUAL)))


def asks(stack: Stack, name: str = "command-1", *, agent: int = ADA, minute: float = 1, **asked: Any) -> None:
    """Have an agent attach the contact they are on, and the functions do what is to be done at once."""
    at = NINE + timedelta(minutes=minute)
    stack.run(until=at)
    stack.clock.move_to(at)
    stack.request_attachment({"id": name, "agent": agent, "at": at.isoformat(), **asked})
    stack.run(until=stack.clock())


def ends(stack: Stack, *records: dict[str, Any], **fields: Any) -> None:
    """Have the contact end: its records come, and everything is waited for."""
    stack.play_records(*(records or (call(attributes=MANUAL, **fields),)))


def steps(ticket: dict[str, Any]) -> list[str]:
    """Return the steps that were written on a ticket."""
    return [item["amazon_connect"]["step"] for item in ticket["metadata"] if "amazon_connect" in item]


# The first attachment


def test_A1_a_contact_attached_while_it_lives_is_reported_on_that_ticket_at_its_end() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4001)
    assert len(bodies(stack.ticket(4001))) == 1
    ends(stack)
    assert len(stack.zendesk.tickets()) == 2
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)
    assert f"A1: Attached by agent {ADA} at 2026-11-02 09:01:00 UTC" in bodies(stack.ticket(4001))[-1]


def test_A1_what_is_attached_takes_these_requests() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4001)
    assert stack.requests_made() == {"GET /api/v2/tickets/{id}": 1, "GET /api/v2/users/{id}": 1}


def test_T8_a_contact_attached_within_the_five_minutes_gets_no_forced_ticket() -> None:
    stack = stack_with()
    joins(stack)
    stack.clock.move_to(NINE + timedelta(minutes=5))
    stack.deliver_records(call(attributes=MANUAL))
    asks(stack, ticket=4001, minute=6)
    assert len(bodies(stack.ticket(4001))) == 2  # at once
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 2
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)


def test_A1_a_ticket_is_made_for_the_user_the_agent_looks_at() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, user=BEN)
    made = stack.zendesk.tickets()[-1]
    assert (made["requester_id"], made["assignee_id"]) == (BEN, ADA)
    assert made["external_id"] == "amazon-connect:contact-1"
    assert "A1: A new ticket, asked for by agent 901" in bodies(made)[0]
    ends(stack)
    assert len(stack.zendesk.tickets()) == 3
    assert len(voices(stack.zendesk.tickets()[-1])) == 1


def test_A1_a_ticket_is_made_for_a_new_user_with_the_callers_number() -> None:
    stack = stack_with()
    joins(stack, copied=False)
    copies.keep(stack.clients, parse(call(caller=STRANGERS_NUMBER, attributes=MANUAL)))
    asks(stack, new=True)
    assert stack.user(stack.zendesk.tickets()[-1]["requester_id"])["phone"] == STRANGERS_NUMBER


def test_A1_a_new_ticket_for_an_anonymous_caller_is_the_placeholders() -> None:
    stack = stack_with()
    joins(stack, copied=False)
    copies.keep(stack.clients, parse(call(caller="anonymous", attributes=MANUAL)))
    asks(stack, new=True)
    requester = stack.user(stack.zendesk.tickets()[-1]["requester_id"])
    assert requester["name"] == "Anonymous caller"


def test_A1_a_contact_without_a_copy_is_attached_all_the_same() -> None:
    stack = stack_with()
    joins(stack, copied=False)
    asks(stack, user=BEN)
    ends(stack)
    assert len(bodies(stack.zendesk.tickets()[-1])) == 2  # what was known by then, and the report


def test_T1_a_closed_ticket_that_is_attached_to_is_followed_up() -> None:
    stack = stack_with({**LETTER, "status": "closed"})
    joins(stack)
    asks(stack, ticket=4001)
    ends(stack)
    closed, made = stack.zendesk.tickets()
    assert len(closed["comments"]) == 1
    assert (made["followup_source_id"], made["requester_id"]) == (4001, ANA)


@pytest.mark.parametrize("settled", [{"force_ticket_creation": "no"}, {"ticket_assignment": "auto"}])
def test_A1_a_contact_that_was_settled_without_a_ticket_gets_one(settled: dict[str, str]) -> None:
    stack = stack_with()
    joins(stack)
    outbound = {"InitiationMethod": "OUTBOUND", "caller": STRANGERS_NUMBER}
    ends(
        stack, call(attributes={**MANUAL, **settled}, **(outbound if "ticket_assignment" in settled else {}))
    )
    assert len(stack.zendesk.tickets()) == 2
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)


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


# Asking back


def test_A1_on_several_chats_the_one_of_the_tickets_requester_is_meant() -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT", customer=ANA)
    joins(stack, "chat-2", channel="CHAT", customer=BEN)
    asks(stack, ticket=4002)
    ends(stack, *(call(chat, Channel="CHAT", attributes=MANUAL) for chat in ("chat-2",)))
    assert len(bodies(stack.ticket(4002))) == 2
    assert len(stack.zendesk.tickets()) == 2


def test_A1_in_doubt_nothing_is_attached_and_the_agent_is_asked_which() -> None:
    stack = stack_with(time_zone="Europe/Berlin")
    joins(stack, "chat-1", channel="CHAT")
    joins(stack, "chat-2", channel="CHAT", minute=0.5)
    asks(stack, ticket=4001)
    question = bodies(stack.ticket(4001))[-1]
    assert "2026-11-02 10:00 CET, chat, contact chat-1" in question
    assert "contact chat-2" in question
    assert stack.clients.ledger.head("chat-1") is stack.clients.ledger.head("chat-2") is None
    asks(stack, "command-2", ticket=4001, contact="chat-2", minute=2)
    head = stack.clients.ledger.head("chat-2")
    assert head is not None
    assert head.ticket == 4001


def test_A1_an_agent_who_is_on_no_contact_is_told_so_once_events_could_have_come() -> None:
    stack = stack_with()
    asks(stack, ticket=4001)
    assert len(bodies(stack.ticket(4001))) == 1
    stack.run(until=None)
    assert "you are on none" in bodies(stack.ticket(4001))[-1]


def test_A1_an_agent_quicker_than_the_event_of_joining_is_waited_for() -> None:
    stack = stack_with()
    asks(stack, ticket=4001)
    joins(stack)
    ends(stack)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)


def test_A1_a_contact_the_agent_was_not_on_is_not_attached() -> None:
    stack = stack_with()
    joins(stack)
    joins(stack, "contact-2", agent=BOB)
    asks(stack, ticket=4001, contact="contact-2")
    assert "you were not on the one that was named" in bodies(stack.ticket(4001))[-1]
    assert stack.clients.ledger.head("contact-2") is None


@pytest.mark.parametrize(("minute", "attached"), [(14, True), (14.1, False)])
def test_A1_a_contact_can_be_attached_until_ten_minutes_after_its_end(minute: float, attached: bool) -> None:
    stack = stack_with()
    joins(stack)
    agent_contacts.left(stack.clients, ADA, "contact-1", NINE + timedelta(minutes=4))
    legs.ended(stack.clients, "contact-1", "contact-1", NINE + timedelta(minutes=4))
    asks(stack, ticket=4001, minute=minute)
    head = stack.clients.ledger.head("contact-1")
    assert (head is not None) is attached


@pytest.mark.parametrize(
    ("tickets", "asked", "told"),
    [
        ([LETTER], {"ticket": 4711}, None),
        ([{**LETTER, "status": "closed", "tags": ["closed_by_merge"]}], {"ticket": 4001}, None),
        ([LETTER], {"user": 4711}, None),
    ],
)
def test_A1_to_what_is_gone_nothing_is_attached(tickets: Any, asked: dict[str, Any], told: None) -> None:
    stack = stack_with(*tickets)
    joins(stack)
    asks(stack, **asked)
    assert stack.clients.ledger.head("contact-1") is told
    assert len(stack.zendesk.tickets()) == 1
    assert len(stack.ticket(4001)["comments"]) == 1
    assert stack.messages.waiting == []


def test_A1_of_a_ticket_that_is_gone_the_agent_is_told_on_the_contacts_own() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4001)
    asks(stack, "command-2", ticket=4711, minute=2)
    assert "was not attached to ticket #4711" in bodies(stack.ticket(4001))[-1]


def test_a_command_that_cannot_be_read_is_a_dead_letter_with_its_reason() -> None:
    stack = stack_with()
    stack.request_attachment({"id": "command-1", "agent": ADA, "at": "nine o'clock", "ticket": 4001})
    stack.run(until=None)
    assert stack.letter()["reason"] == (
        "Permanent: at: expected a moment in ISO 8601 with its offset from UTC"
    )


# The customer's number


def test_C10_a_requester_chosen_by_hand_who_has_no_number_gets_the_callers() -> None:
    stack = Stack(users=[{"id": 103, "name": "Finn Hale"}], tickets=[{**LETTER, "requester_id": 103}])
    joins(stack, copied=False)
    copies.keep(stack.clients, parse(call(caller=STRANGERS_NUMBER, attributes=MANUAL)))
    asks(stack, ticket=4001)
    assert stack.user(103)["phone"] == STRANGERS_NUMBER


def test_C10_a_requester_chosen_by_hand_keeps_their_own_number() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4002)
    assert stack.user(BEN)["phone"] == "+44 (0)1632 960 102"
    assert "PUT /api/v2/users/{id}" not in stack.requests_made()


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
