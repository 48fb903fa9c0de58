"""An agent attaches a contact by hand, or is asked which one is meant (A1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.ledger import agent_contacts, heads, legs, snapshots
from connect_zendesk.rules import wording
from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from local.stand_ins.zendesk import Response
from tests.attachments import LETTER, MANUAL, OTHER, asks, ends, joins, stack_with
from tests.live import contact_event
from tests.records import ADA, ADAS_NAME, ANA, ANAS_NUMBER, BEN, BOB, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies, voices

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


@pytest.mark.parametrize("asked", [{"ticket": 4001}, {"user": ANA}])
def test_A1_M1_the_agent_who_attached_is_named_in_the_details_where_the_name_is_known(
    asked: dict[str, Any],
) -> None:
    stack = stack_with()
    stack.know_agents()
    joins(stack)
    stack.clock.move_to(NINE + timedelta(minutes=5))
    stack.deliver_records(call(attributes=MANUAL))
    asks(stack, minute=6, **asked)
    stack.run(until=None)
    ticket = stack.ticket(4001) if "ticket" in asked else stack.zendesk.tickets()[-1]
    assert f" by agent {ADAS_NAME} at 2026-11-02 09:06:00 UTC" in bodies(ticket)[-1]
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert f" by agent {ADA} at " in head.reasons[0]


def test_A1_M1_another_agent_than_the_legs_keeps_the_id() -> None:
    stack = stack_with()
    stack.know_agents()
    joins(stack, agent=BOB)
    asks(stack, agent=BOB, ticket=4001)
    ends(stack)
    assert f"A1: Attached by agent {BOB} at " in bodies(stack.ticket(4001))[-1]


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
    snapshots.keep(stack.services.ledger, parse(call(caller=STRANGERS_NUMBER, attributes=MANUAL)))
    asks(stack, new=True)
    assert stack.user(stack.zendesk.tickets()[-1]["requester_id"])["phone"] == STRANGERS_NUMBER


def test_A1_a_new_ticket_for_an_anonymous_caller_is_the_placeholders() -> None:
    stack = stack_with()
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller="anonymous", attributes=MANUAL)))
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
    outbound: dict[str, Any] = {"InitiationMethod": "OUTBOUND", "caller": STRANGERS_NUMBER}
    ends(
        stack, call(attributes={**MANUAL, **settled}, **(outbound if "ticket_assignment" in settled else {}))
    )
    assert len(stack.zendesk.tickets()) == 2
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    assert (len(bodies(stack.ticket(4001))), len(voices(stack.ticket(4001)))) == (2, 1)


# Asking back


def test_A1_on_several_chats_the_one_of_the_tickets_requester_is_meant() -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT", customer=ANA)
    joins(stack, "chat-2", channel="CHAT", customer=BEN)
    asks(stack, ticket=4002)
    ends(stack, *(call(chat, Channel="CHAT", attributes=MANUAL) for chat in ("chat-2",)))
    assert len(bodies(stack.ticket(4002))) == 2
    assert len(stack.zendesk.tickets()) == 2


@pytest.mark.parametrize("told_by", ["event", "record"])
def test_A1_T14_a_chat_whose_end_was_told_before_its_beginning_or_by_its_record_alone_is_over(
    told_by: str,
) -> None:
    stack = stack_with()
    if told_by == "event":
        over = contact_event("DISCONNECTED", "chat-1", at=NINE + timedelta(minutes=4), channel="CHAT")
        stack.send_contact_event(over)
    joins(stack, "chat-1", channel="CHAT", customer=BEN)
    if told_by == "record":
        ends(stack, call("chat-1", Channel="CHAT", attributes=MANUAL))
    joins(stack, "chat-2", channel="CHAT", customer=BEN, minute=10)
    asks(stack, ticket=4001, minute=15)
    head = heads.head(stack.services.ledger, "chat-2")
    assert head is not None
    assert head.ticket == 4001


def test_A1_in_doubt_nothing_is_attached_and_the_agent_is_asked_which() -> None:
    stack = stack_with(time_zone="Europe/Berlin")
    joins(stack, "chat-1", channel="CHAT")
    joins(stack, "chat-2", channel="CHAT", minute=0.5)
    asks(stack, ticket=4001)
    question = bodies(stack.ticket(4001))[-1]
    assert "2026-11-02 10:00 CET, chat, contact chat-1" in question
    assert "contact chat-2" in question
    assert heads.head(stack.services.ledger, "chat-1") is heads.head(stack.services.ledger, "chat-2") is None
    asks(stack, "command-2", ticket=4001, contact="chat-2", minute=2)
    head = heads.head(stack.services.ledger, "chat-2")
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
    assert heads.head(stack.services.ledger, "contact-2") is None


@pytest.mark.parametrize(("minute", "attached"), [(14, True), (14.1, False)])
def test_A1_a_contact_can_be_attached_until_ten_minutes_after_its_end(minute: float, attached: bool) -> None:
    stack = stack_with()
    joins(stack)
    agent_contacts.left(stack.services.ledger, ADA, "contact-1", NINE + timedelta(minutes=4))
    legs.ended(stack.services.ledger, "contact-1", "contact-1", NINE + timedelta(minutes=4))
    asks(stack, ticket=4001, minute=minute)
    head = heads.head(stack.services.ledger, "contact-1")
    assert (head is not None) is attached


@pytest.mark.parametrize(
    ("tickets", "asked", "told"),
    [
        ([LETTER], {"ticket": 4711}, None),
        ([LETTER], {"user": 4711}, None),
    ],
)
def test_A1_to_what_is_gone_nothing_is_attached(tickets: Any, asked: dict[str, Any], told: None) -> None:
    stack = stack_with(*tickets)
    joins(stack)
    asks(stack, **asked)
    assert heads.head(stack.services.ledger, "contact-1") is told
    assert len(stack.zendesk.tickets()) == 1
    assert len(stack.ticket(4001)["comments"]) == 1
    assert stack.messages.waiting == []


def test_A1_to_a_ticket_that_was_merged_into_another_nothing_is_attached() -> None:
    stack = stack_with(LETTER, {**LETTER, "id": 4002})
    stack.zendesk.act(ADA, "POST", "/api/v2/tickets/4002/merge", {"ids": [4001]})
    stack.clock.move_by(timedelta(seconds=5))
    joins(stack)
    asks(stack, ticket=4001)
    assert heads.head(stack.services.ledger, "contact-1") is None
    assert [len(stack.ticket(number)["comments"]) for number in (4001, 4002)] == [2, 2]
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
    assert stack.letter()["reason"] == ("Permanent: at: expected a time in ISO 8601 with its offset from UTC")


# The customer's number


def test_C10_a_requester_chosen_by_hand_who_has_no_number_gets_the_callers() -> None:
    stack = Stack(users=[{"id": 103, "name": "Finn Hale"}], tickets=[{**LETTER, "requester_id": 103}])
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller=STRANGERS_NUMBER, attributes=MANUAL)))
    asks(stack, ticket=4001)
    assert stack.user(103)["phone"] == STRANGERS_NUMBER


@pytest.mark.parametrize(
    ("caller", "given", "chosen"),
    [
        (ANAS_NUMBER, {}, 4001),  # the number is Ana's
        (ANAS_NUMBER, {"zendesk_ticket": "4001"}, 4001),  # T2: Ana calls about Finn's ticket
        (
            STRANGERS_NUMBER,
            {"zendesk_user": "103", "zendesk_ticket": "4002"},
            4001,
        ),  # T2: and Finn about Ben's
    ],
)
def test_C10_nobody_chosen_by_hand_gets_the_number_of_what_may_be_anothers_call(
    caller: str, given: dict[str, str], chosen: int
) -> None:
    stack = Stack(users=[{"id": 103, "name": "Finn Hale"}], tickets=[{**LETTER, "requester_id": 103}, OTHER])
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller=caller, attributes={**MANUAL, **given})))
    asks(stack, ticket=chosen)
    assert len(bodies(stack.ticket(chosen))) == 1
    ends(stack, call(caller=caller, attributes={**MANUAL, **given}))
    assert len(bodies(stack.ticket(chosen))) == 2
    assert stack.user(103)["phone"] is None


def test_C8_a_new_user_asked_for_by_hand_is_not_given_a_customers_number() -> None:
    stack = stack_with()
    joins(stack)  # with Ana's number
    asks(stack, new=True)
    ticket = stack.zendesk.tickets()[-1]
    user = stack.user(ticket["requester_id"])
    assert user["id"] != ANA
    assert (user["name"], user["phone"]) == (ANAS_NUMBER, None)
    assert any(wording.LEFT_OUT["number"] in body for body in bodies(ticket))


def test_T9_nobody_gets_the_number_of_a_caller_whose_authentication_failed() -> None:
    failed = {**MANUAL, "voice_check": "failed"}
    stack = Stack(
        users=[{"id": 103, "name": "Finn Hale"}],
        tickets=[{**LETTER, "requester_id": 103}],
        caller_authentication=CallerAuthentication("attributes", result_attribute="voice_check"),
    )
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller=STRANGERS_NUMBER, attributes=failed)))
    asks(stack, ticket=4001)
    ends(stack, call(caller=STRANGERS_NUMBER, attributes=failed))
    assert len(bodies(stack.ticket(4001))) == 2
    assert stack.user(103)["phone"] is None


def test_C10_a_requester_chosen_by_hand_keeps_their_own_number() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, ticket=4002)
    assert stack.user(BEN)["phone"] == "+44 (0)1632 960 102"
    assert "PUT /api/v2/users/{id}" not in stack.requests_made()


def test_C9_a_new_ticket_for_an_anonymous_caller_is_the_agents_where_the_settings_say_so() -> None:
    stack = stack_with(anonymous_requester="agent")
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller="anonymous", attributes=MANUAL)))
    asks(stack, new=True)
    assert stack.zendesk.tickets()[-1]["requester_id"] == ADA


def test_T8_a_ticket_by_hand_that_Zendesk_refuses_leaves_the_contact_to_its_forced_one() -> None:
    stack = stack_with()
    joins(stack)
    stack.services.zendesk.get("/api/v2/users/101")  # a token is there already
    refused = Response(422, {}, b'{"error": "RecordInvalid", "details": {"base": [{"description": "No"}]}}')
    stack.zendesk.faults.before = lambda request: refused if request.method == "POST" else None
    asks(stack, user=BEN)
    stack.zendesk.faults.before = None
    assert stack.letter()["source"] == "ticket_attachment"
    ends(stack)
    assert len(stack.zendesk.tickets()) == 3
    assert stack.zendesk.tickets()[-1]["requester_id"] == ANA
    assert len(stack.messages.dead_letters) == 1
