"""Tickets left to the agent and made in the end (T8), and contacts that get none (T13, T15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connect_zendesk.detail_types import FORCED_TICKET_DUE
from connect_zendesk.ledger import heads, legs
from connect_zendesk.ledger.heads import Head
from tests.live import contact_event
from tests.records import (
    ANA,
    ANAS_NUMBER,
    BEN,
    BENS_NUMBER,
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
SHARED = "+441632960103"
FAMILY = (
    {"id": 103, "name": "Cara Lee", "phone": SHARED, "shared_phone_number": True},
    {"id": 104, "name": "Cem Lee", "phone": SHARED, "shared_phone_number": True},
)


# T8


ENDED = NINE + timedelta(minutes=4)


def test_T8_nothing_is_made_before_the_agent_has_had_five_minutes() -> None:
    stack = Stack()
    stack.clock.move_to(ENDED)
    stack.deliver_records(call(attributes=MANUAL))
    stack.run(until=ENDED + timedelta(seconds=299))
    assert stack.zendesk.tickets() == []
    stack.run(until=ENDED + timedelta(seconds=300))
    assert stack.ticket()["requester_id"] == ANA
    assert len(voices(stack.ticket())) == 1


def test_T8_the_reasons_tell_of_the_force_the_manual_rule_and_the_automatic_one() -> None:
    stack = Stack()
    stack.play_records(call(attributes=MANUAL))
    (reasons,) = {tuple(item["amazon_connect"]["reasons"]) for item in stack.ticket()["metadata"]}
    assert [reason.partition(":")[0] for reason in reasons] == ["T8", "T8", "T4"]


def test_T8_force_ticket_creation_off_leaves_it_at_that() -> None:
    stack = Stack()
    stack.play_records(call(attributes={**MANUAL, "force_ticket_creation": "no"}))
    assert stack.zendesk.tickets() == []
    assert stack.messages.waiting == []


def test_T8_an_attachment_within_the_five_minutes_wins() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": BEN, "is_public": False}])
    stack.deliver_records(call(attributes=MANUAL))
    heads.settle(stack.services.ledger, "contact-1", Head(4001, BEN, "open", "A1"))
    stack.run(until=None)
    assert len(bodies(stack.ticket())) == 1
    assert len(voices(stack.ticket())) == 1


def test_T8_the_record_delivered_again_meanwhile_makes_one_ticket_with_one_report() -> None:
    stack = Stack()
    record = call(attributes=MANUAL)
    stack.deliver_records(record, record)
    stack.clock.move_by(timedelta(seconds=100))
    stack.deliver_records(record)
    assert len(stack.messages.waiting) == 1
    stack.run(until=None)
    stack.play_records(record)
    assert len(bodies(stack.ticket())) == 1
    assert len(voices(stack.ticket())) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_T8_the_forced_ticket_tells_of_the_newest_record_of_the_leg(order: int) -> None:
    stack = Stack(connect_instance_url="https://acme.example")
    record = call(attributes=MANUAL, recorded=False)
    recorded = later(record, 2, Recordings=[recording_of("contact-1")])
    stack.play_records(*(record, recorded)[::order])
    (details,) = bodies(stack.ticket())
    assert "get-recording" in details
    assert "has changed" not in details
    assert stack.messages.waiting == []


def test_T8_the_wait_begins_when_the_last_leg_known_of_has_ended() -> None:
    stack = Stack()
    legs.began(stack.services.ledger, "contact-1", "leg-2", NINE + timedelta(minutes=3))
    stack.clock.move_to(ENDED)
    stack.deliver_records(call(attributes=MANUAL))
    stack.run(until=NINE + timedelta(minutes=40))
    assert stack.zendesk.tickets() == []
    stack.clock.move_to(NINE + timedelta(minutes=40))
    legs.ended(stack.services.ledger, "contact-1", "leg-2", stack.clock())
    stack.run(until=NINE + timedelta(minutes=44, seconds=59))
    assert stack.zendesk.tickets() == []
    stack.run(until=NINE + timedelta(minutes=60))  # it looks again every quarter of an hour at the latest
    assert len(bodies(stack.ticket())) == 1


def test_T8_a_task_made_during_the_call_does_not_hold_the_forced_ticket_up() -> None:
    stack = Stack()
    legs.began(stack.services.ledger, "contact-1", "task-1", NINE + timedelta(minutes=3), aside=True)
    stack.clock.move_to(ENDED)
    stack.play_records(call(attributes=MANUAL))
    assert len(bodies(stack.ticket())) == 1
    assert stack.clock() < NINE + timedelta(minutes=15)


@pytest.mark.parametrize(("method", "holds"), [("API", False), ("TRANSFER", True)])
def test_T8_the_event_of_a_task_made_during_the_call_says_so(method: str, holds: bool) -> None:
    stack = Stack()
    event = contact_event(contact="task-1", first_leg="contact-1", method=method, channel="TASK")
    stack.send_contact_event(event)
    assert legs.going_on(stack.services.ledger, "contact-1") is holds


def test_T8_a_record_tells_that_its_leg_has_ended_where_no_event_does() -> None:
    stack = Stack()
    legs.began(stack.services.ledger, "contact-1", "leg-2", NINE + timedelta(minutes=3))
    second = call(
        "leg-2", first_leg="contact-1", agent=BOBS_NAME, attributes=MANUAL, began=NINE + timedelta(minutes=3)
    )
    stack.play_records(call(attributes=MANUAL), second)
    assert len(bodies(stack.ticket())) == 2
    assert stack.clock() < NINE + timedelta(hours=1)


def test_T8_a_leg_whose_end_nobody_tells_of_does_not_hold_the_forced_ticket_for_ever() -> None:
    stack = Stack()
    legs.began(stack.services.ledger, "contact-1", "leg-2", NINE)
    stack.play_records(call(attributes=MANUAL))
    assert len(bodies(stack.ticket())) == 1
    assert stack.messages.dead_letters == []


def test_T8_a_later_leg_waits_for_the_forced_ticket() -> None:
    stack = Stack()
    stack.deliver_records(
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME, attributes=MANUAL), call(attributes=MANUAL)
    )
    stack.run(until=NINE + timedelta(seconds=299))
    assert stack.zendesk.tickets() == []
    stack.run(until=None)
    assert len(bodies(stack.ticket())) == 2
    assert stack.messages.dead_letters == []


def test_T8_decided_as_if_automatic_the_recent_ticket_is_opened() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA, "updated_at": "2026-11-02T08:55:00Z"}])
    stack.play_records(call(attributes={**MANUAL, "recent_ticket_timeout": "15"}))
    assert len(bodies(stack.ticket(4001))) == 1


def test_T8_an_unknown_caller_gets_a_user_once_the_five_minutes_are_over() -> None:
    stack = Stack()
    stack.deliver_records(call(caller=STRANGERS_NUMBER, attributes=MANUAL))
    assert len(stack.zendesk.users()) == 5
    stack.run(until=None)
    assert stack.user(stack.ticket()["requester_id"])["phone"] == STRANGERS_NUMBER


IN_DOUBT: dict[str, tuple[dict[str, Any], str]] = {
    "T2": ({"caller": ANAS_NUMBER, "attributes": {"zendesk_ticket": "4001"}}, "ticket #4001"),
    "T5": ({"caller": SHARED}, "Cara Lee (user 103)"),
    "C7": ({"attributes": {"zendesk_user": "4"}}, "C7"),
    "T9": ({"VoiceIdResult": {"Authentication": {"Result": "Not Authenticated"}}}, "Ana Silva (user 101)"),
}


@pytest.mark.parametrize("rule", IN_DOUBT)
def test_T8_in_doubt_the_agent_requests_the_ticket_and_the_candidates_are_listed(rule: str) -> None:
    fields, listed = IN_DOUBT[rule]
    stack = Stack(tickets=[{"id": 4001, "requester_id": BEN}], users=FAMILY)
    stack.play_records(call(agent=BOBS_NAME, **fields))
    ticket = stack.zendesk.tickets()[-1]
    assert ticket["requester_id"] == BOB
    assert any(listed in body for body in bodies(ticket))
    assert stack.ticket(4001)["comments"] == []


@pytest.mark.parametrize("rule", IN_DOUBT)
def test_T8_in_doubt_the_placeholder_requests_the_ticket_where_the_agent_is_unknown(rule: str) -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": BEN}], users=FAMILY)
    stack.play_records(call(agent="nobody", **IN_DOUBT[rule][0]))
    requester = stack.user(stack.zendesk.tickets()[-1]["requester_id"])
    assert requester["name"] == "Anonymous caller"


def test_T8_the_wait_is_sent_again_when_the_function_died_on_sending_it() -> None:
    stack = Stack()
    send, dies = stack.messages.send_delayed, [True]

    def dies_once(detail_type: str, *arguments: Any) -> None:
        if detail_type == FORCED_TICKET_DUE and dies.pop():
            dies.append(False)
            raise ConnectionError
        send(detail_type, *arguments)

    stack.messages.send_delayed = dies_once  # type: ignore[method-assign, assignment]
    stack.play_records(call(attributes=MANUAL))
    assert stack.ticket()["requester_id"] == ANA


# T13

MISSED: dict[str, dict[str, Any]] = {
    "abandoned": {},
    "missed": {"AgentConnectionAttempts": 2},
    "callback": {"InitiationMethod": "CALLBACK"},
    "voicemail": {
        "Recordings": [recording_of("contact-1") | {"ParticipantType": "IVR"}],
        "attributes": {"voicemail": "true"},
    },
    "unreached": {"InitiationMethod": "API", "DisconnectReason": "TELECOM_UNANSWERED"},
    "self_service": {"Queue": None},
}


@pytest.mark.parametrize("kind", MISSED)
def test_T13_nobody_answered_and_nothing_is_made_by_default(kind: str) -> None:
    stack = Stack()
    stack.play_records(call(agent=None, recorded=False, **MISSED[kind]))
    assert stack.zendesk.tickets() == []
    assert stack.requests_made() == {}


@pytest.mark.parametrize("kind", MISSED)
def test_T13_each_kind_can_have_a_ticket(kind: str) -> None:
    stack = Stack(missed_contact_tickets=frozenset({kind}))
    for number, fields in enumerate(MISSED.values()):
        stack.play_records(call(f"contact-{number}", agent=None, recorded=False, **fields))
    (ticket,) = stack.zendesk.tickets()
    assert ticket["external_id"] == f"amazon-connect:contact-{list(MISSED).index(kind)}"


def test_T13_an_answered_callback_is_a_call_of_its_own_on_the_contacts_ticket() -> None:
    request = call(agent=None, recorded=False)
    answered = call("callback", first_leg="contact-1", InitiationMethod="CALLBACK", agent=BOBS_NAME)
    for records in ((request, answered), (answered, request)):
        stack = Stack()
        stack.play_records(*records)
        ticket = stack.ticket()
        assert (ticket["requester_id"], ticket["external_id"]) == (ANA, "amazon-connect:contact-1")
        assert len(bodies(ticket)) == 1
        assert stack.messages.dead_letters == []


# T15


def test_T15_a_contact_that_began_before_this_projects_time_gets_no_ticket() -> None:
    stack = Stack(settle_from=NINE)
    stack.play_records(
        call("before", began=NINE - timedelta(seconds=1)),
        call("first", began=NINE),
        call("second", caller=BENS_NUMBER),
    )
    assert [ticket["requester_id"] for ticket in stack.zendesk.tickets()] == [ANA, BEN]


def test_T15_a_contact_that_ended_over_30_days_ago_and_is_unknown_here_gets_no_ticket() -> None:
    stack, thirty_days = Stack(), 30 * 24 * 60 - 1  # the record first came a minute after the end
    stack.play_records(later(call(), thirty_days + 1))
    assert stack.zendesk.tickets() == []
    assert stack.requests_made() == {}
    stack.play_records(later(call(), thirty_days))
    assert len(stack.zendesk.tickets()) == 1


def test_T15_a_contact_is_no_older_for_being_handled_late() -> None:
    stack = Stack()
    stack.clock.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    stack.deliver_records(call())
    assert stack.ticket()["requester_id"] == ANA


def test_T15_an_old_contact_that_is_known_here_is_still_told_of() -> None:
    stack = Stack()
    record = call()
    stack.play_records(record, later(record, 40 * 24 * 60, Recordings=[recording_of("more")]))
    assert len(bodies(stack.ticket())) == 2


@pytest.mark.parametrize("settle_from", [None, NINE + timedelta(days=1)])
def test_T15_an_old_later_leg_does_not_wait_for_a_first_one_that_never_comes(
    settle_from: datetime | None,
) -> None:
    stack = Stack(settle_from=settle_from)
    leg = call("leg-2", first_leg="contact-1")
    stack.play_records(leg if settle_from else later(leg, 31 * 24 * 60))
    assert stack.zendesk.tickets() == []
    assert stack.messages.dead_letters == []
    assert stack.clock() < NINE + timedelta(days=32)
