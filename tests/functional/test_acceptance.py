"""An agent accepts a contact: the ticket, what pops, what is asked of Zendesk (P2, P3, P4, T12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import agent_contacts, heads, legs
from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.rules.contacts.lookups import LookUp, UsersByPhone
from connect_zendesk.rules.model import User
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import (
    ADA,
    ADAS_NAME,
    ANA,
    ANAS_NUMBER,
    BEN,
    BENS_NUMBER,
    BOB,
    BOBS_NAME,
    CHAYA,
    CHAYAS_NAME,
    INSTANCE,
    NINE,
    STRANGERS_NUMBER,
    call,
    written,
)
from tests.stack import Stack, bodies

SEARCH, TICKET, TICKETS, USERS = (
    "GET /api/v2/users/search",
    "GET /api/v2/tickets/{id}",
    "POST /api/v2/tickets",
    "POST /api/v2/users",
)
REQUESTED = "GET /api/v2/users/{id}/tickets/requested"
UPDATE = "PUT /api/v2/tickets/{id}"
SHOW_TICKET = "POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display"
SHOW_USER = "POST /api/v2/channels/voice/agents/{id}/users/{id}/display"
FOUND_ANA: Mapping[LookUp, Any] = {
    UsersByPhone(ANAS_NUMBER): (User(ANA, "Ana Silva", ANAS_NUMBER, "ana@example.com"),)
}


def ready(**settings: Any) -> Stack:
    """Return a stack at the moment of an answer, with agents known as the map knows them."""
    stack = Stack(**settings)
    for name, user in ((ADAS_NAME, ADA), (BOBS_NAME, BOB), (CHAYAS_NAME, CHAYA)):
        known_agents.remember(stack.services.ledger, KnownAgent(name, user), f"{INSTANCE}/agent/{name}")
    stack.clock.move_to(ANSWERED)
    return stack


def pops(stack: Stack) -> list[tuple[int, str, int]]:
    """Return what was shown to whom: agent, kind, id."""
    return [
        (pop["agent"], kind, pop[kind])
        for pop in stack.zendesk.pops
        for kind in ("ticket", "user")
        if kind in pop
    ]


def accept(stack: Stack, *events: dict[str, Any]) -> None:
    for event in events or (contact_event(),):
        stack.send_contact_event(event)


# What it costs


def test_P2_a_customer_the_flow_looked_up_costs_one_request_to_open_and_one_to_show() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), FOUND_ANA)
    accept(stack)
    assert stack.requests_made() == {TICKETS: 1, SHOW_TICKET: 1}
    assert stack.connect.requests == {}
    ticket = stack.ticket()
    assert (ticket["requester_id"], ticket["assignee_id"], ticket["submitter_id"]) == (ANA, ADA, ADA)
    assert pops(stack) == [(ADA, "ticket", ticket["id"])]


def test_P2_a_caller_known_by_number_costs_a_search_more() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    assert stack.requests_made() == {SEARCH: 1, TICKETS: 1, SHOW_TICKET: 1}


def test_P2_T3_a_recent_ticket_window_costs_one_request_more_and_the_ticket_is_opened() -> None:
    recent = {"id": 4712, "requester_id": ANA, "updated_at": written(NINE - timedelta(minutes=5))}
    stack = ready(tickets=[recent])
    leave_snapshot(stack, alive(attributes={"recent_ticket_timeout": "60"}))
    accept(stack)
    assert stack.requests_made() == {SEARCH: 1, REQUESTED: 1, SHOW_TICKET: 1}
    assert pops(stack) == [(ADA, "ticket", 4712)]


def test_P2_without_a_copy_amazon_connect_is_asked_once() -> None:
    stack = ready()
    stack.connect.contacts.add(alive())
    accept(stack)
    assert dict(stack.connect.requests) == {"DescribeContact": 1}
    assert stack.requests_made() == {SEARCH: 1, TICKETS: 1, SHOW_TICKET: 1}
    assert stack.ticket()["requester_id"] == ANA


def test_P2_a_given_ticket_costs_its_state_its_caller_and_the_pop() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA, "subject": "Broken"}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    accept(stack)
    assert stack.requests_made() == {TICKET: 1, SEARCH: 1, SHOW_TICKET: 1}
    assert pops(stack) == [(ADA, "ticket", 4711)]


def test_P2_an_unknown_caller_costs_three_requests_and_the_pop() -> None:
    stack = ready()
    leave_snapshot(stack, alive(caller=STRANGERS_NUMBER))
    accept(stack)
    assert stack.requests_made() == {SEARCH: 1, USERS: 1, TICKETS: 1, SHOW_TICKET: 1}


def test_A_ticket_made_while_the_contact_lives_tells_what_is_known_and_the_report_follows() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    (first,) = bodies(stack.ticket())
    assert ADAS_NAME in first
    assert "Ended" not in first
    stack.requests_made()
    stack.play_records(call())
    assert stack.requests_made() == {TICKET: 2, UPDATE: 2}
    first, report = bodies(stack.ticket())
    assert "Ended" in report
    assert len(pops(stack)) == 1


# Manual assignment


def test_P2_manual_shows_the_user_and_makes_nothing() -> None:
    stack = ready()
    leave_snapshot(stack, alive(attributes={"ticket_assignment": "agent"}), FOUND_ANA)
    accept(stack)
    assert stack.zendesk.tickets() == []
    assert stack.requests_made() == {SHOW_USER: 1}
    assert pops(stack) == [(ADA, "user", ANA)]


def test_P2_T3_manual_shows_the_recent_ticket_and_attaches_nothing() -> None:
    recent = {"id": 4712, "requester_id": ANA, "updated_at": written(NINE - timedelta(minutes=5))}
    stack = ready(tickets=[recent])
    attributes = {"ticket_assignment": "agent", "recent_ticket_timeout": "60"}
    leave_snapshot(stack, alive(attributes=attributes))
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", 4712)]
    assert bodies(stack.ticket(4712))[1:] == []
    assert heads.head(stack.services.ledger, "contact-1") is None


def test_P2_T2_somebody_elses_ticket_is_shown_with_a_notice() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": BEN, "subject": "Broken"}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", 4711)]
    assert "Somebody other than the caller" in bodies(stack.ticket(4711))[-1]


# At most once, in any order


def test_an_event_delivered_twice_makes_and_shows_nothing_twice() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(), contact_event())
    assert len(stack.zendesk.tickets()) == 1
    assert len(pops(stack)) == 1


def test_a_duplicate_shows_nothing_even_where_the_first_showed_something_else() -> None:
    stack = ready()
    leave_snapshot(stack, alive(attributes={"ticket_assignment": "agent"}))
    accept(stack)
    leave_snapshot(stack, alive())
    accept(stack)
    assert pops(stack) == [(ADA, "user", ANA)]


def test_an_event_after_the_record_shows_the_ticket_and_makes_no_other() -> None:
    stack = ready()
    stack.deliver_records(call())
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", stack.ticket()["id"])]


def test_P6_an_event_that_comes_late_makes_the_ticket_and_shows_nothing() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.clock.move_by(timedelta(seconds=21))
    accept(stack)
    assert len(stack.zendesk.tickets()) == 1
    assert pops(stack) == []


# Joining


def test_T12_an_agent_who_joins_is_shown_the_contacts_ticket() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    stack.requests_made()
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert stack.requests_made() == {SHOW_TICKET: 1}
    assert pops(stack)[-1] == (BOB, "ticket", stack.ticket()["id"])


def test_T12_where_there_is_no_ticket_yet_the_joining_agent_sees_the_user_and_nothing_is_made() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert stack.zendesk.tickets() == []
    assert pops(stack) == [(BOB, "user", ANA)]


def test_T12_the_child_first_and_the_root_after_it_make_one_ticket_with_every_leg() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME), contact_event())
    child = call("leg-2", agent=BOBS_NAME, first_leg="contact-1", began=NINE + timedelta(minutes=1))
    stack.play_records(child, call())
    assert len(stack.zendesk.tickets()) == 1
    told = " ".join(bodies(stack.ticket()))
    assert "leg-2" in told
    assert ADAS_NAME in told


@pytest.mark.parametrize("method", ["QUEUE_TRANSFER", "CALLBACK"])
def test_T12_a_leg_that_leads_to_the_first_agent_opens_the_ticket(method: str) -> None:
    stack = ready()
    leave_snapshot(stack, alive(caller=BENS_NUMBER))
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", method=method))
    assert stack.ticket()["requester_id"] == BEN
    assert stack.ticket()["external_id"] == "amazon-connect:contact-1"
    assert pops(stack) == [(ADA, "ticket", stack.ticket()["id"])]


def test_T13_an_answered_callback_gets_the_ticket_that_its_request_did_not() -> None:
    stack = ready()
    stack.deliver_records(call(agent=None))
    assert stack.zendesk.tickets() == []
    stack.connect.contacts.add(call(agent=None))
    stack.clock.move_to(NINE + timedelta(hours=1))
    event = contact_event(
        contact="leg-2", first_leg="contact-1", method="CALLBACK", at=NINE + timedelta(hours=1)
    )
    accept(stack, event)
    assert stack.ticket()["requester_id"] == ANA
    assert "Contact: leg-2" in bodies(stack.ticket())[0]  # the callback is what was accepted
    assert len(pops(stack)) == 1


def test_T12_a_first_leg_that_has_ended_goes_on_with_the_agent_of_the_next_queue() -> None:
    stack = ready()
    stack.connect.contacts.add(call(agent=None))
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", method="QUEUE_TRANSFER"))
    (first,) = bodies(stack.ticket())
    assert ADAS_NAME in first
    assert "Ended" not in first


# Monitoring


def monitor(kind: str = "CONNECTED_TO_AGENT", **detail: Any) -> dict[str, Any]:
    return contact_event(
        kind, "watch-1", first_leg="contact-1", agent=CHAYAS_NAME, method="MONITOR", **detail
    )


def test_P4_a_supervisor_is_shown_the_ticket_on_connecting() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(), monitor())
    assert pops(stack)[1:] == [(CHAYA, "ticket", stack.ticket()["id"])]


def test_P4_a_supervisor_who_came_first_is_shown_the_ticket_once_it_is_linked() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, monitor())
    assert (stack.zendesk.tickets(), pops(stack)) == ([], [])
    stack.clock.move_by(timedelta(minutes=2))
    accept(stack, contact_event(at=stack.clock()))
    number = stack.ticket()["id"]
    assert pops(stack) == [(ADA, "ticket", number), (CHAYA, "ticket", number)]


def test_P4_a_supervisor_is_shown_the_ticket_once_however_many_agents_join() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, monitor(), contact_event())
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert [agent for agent, *_ in pops(stack)] == [ADA, CHAYA, BOB]


def test_P4_a_supervisor_is_shown_the_ticket_that_the_agent_attaches() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA}])
    leave_snapshot(stack, alive(attributes={"ticket_assignment": "agent"}), FOUND_ANA)
    accept(stack, contact_event(), monitor())
    command = {"id": "command-1", "agent": ADA, "ticket": 4711, "at": stack.clock().isoformat()}
    stack.request_attachment(command)
    stack.run(until=stack.clock())
    assert pops(stack) == [(ADA, "user", ANA), (CHAYA, "ticket", 4711)]


def test_P4_a_supervisor_who_has_left_is_shown_nothing() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, monitor(), monitor("DISCONNECTED"), contact_event())
    assert [agent for agent, *_ in pops(stack)] == [ADA]


def test_T11_monitoring_makes_nothing_and_legacy_monitoring_shows_nothing() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event())
    stack.requests_made()
    event = contact_event("CONNECTED_TO_AGENT", "watch-1", agent=CHAYAS_NAME, method="MONITOR")
    accept(stack, event)
    assert stack.requests_made() == {}


# Failing


def test_F_what_zendesk_refuses_for_now_goes_to_the_queue_and_is_done_without_a_pop() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.zendesk.faults.outage(1, matching=TICKETS)
    accept(stack)
    assert stack.zendesk.tickets() == []
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1
    assert (pops(stack), stack.messages.dead_letters) == ([], [])
    assert [contact.root for contact in agent_contacts.at(stack.services.ledger, ADA, ANSWERED)] == [
        "contact-1"
    ]


def test_F_an_event_that_lambda_gave_up_is_read_from_its_failure_record() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.messages.send(json.dumps({"version": "1.0", "requestPayload": contact_event()}))
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1
    assert pops(stack) == []


def test_F_an_event_from_eventbridges_own_dead_letters_is_worked_on_as_it_is() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.messages.send(json.dumps(contact_event()))
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1
    assert pops(stack) == []


# Which legs and contacts, and what is told of them


def test_nothing_personal_is_logged_or_counted() -> None:
    with Logs() as logs:
        stack = ready()
        leave_snapshot(stack, alive(caller=STRANGERS_NUMBER, attributes={"customer_name": "Zoe Q"}))
        accept(stack, contact_event(), monitor(), contact_event("COMPLETED"))
    assert any(line["message"] == "pop shown" for line in logs.lines)
    text = "".join(logs.text).replace(f"{INSTANCE}/agent/{ADAS_NAME}", "")
    for personal in (STRANGERS_NUMBER, STRANGERS_NUMBER[3:], "Zoe", "Ada Byron"):
        assert personal not in text


def test_legs_and_the_agents_contacts_are_known_until_they_end() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    assert legs.going_on(stack.services.ledger, "contact-1")
    (on,) = agent_contacts.at(stack.services.ledger, ADA, ANSWERED)
    assert (on.root, on.leg, on.channel, on.customer, on.until) == (
        "contact-1",
        "contact-1",
        "VOICE",
        ANA,
        None,
    )
    accept(stack, contact_event("DISCONNECTED", at=NINE + timedelta(minutes=4)))
    assert not legs.going_on(stack.services.ledger, "contact-1")
    accept(stack, contact_event("COMPLETED", at=NINE + timedelta(minutes=5)))
    (was,) = agent_contacts.at(stack.services.ledger, ADA, NINE + timedelta(minutes=6))
    assert was.until == (NINE + timedelta(minutes=5)).isoformat()


@pytest.mark.parametrize("kind", ["QUEUED", "INITIATED", "A_NEW_ONE", "CONTACT_DATA_UPDATED"])
def test_other_events_ask_for_nothing(kind: str) -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(kind))
    assert stack.requests_made() == {}
    assert stack.messages.waiting == []


def test_a_contact_nobody_knows_anything_of_is_left_to_its_record() -> None:
    stack = ready()
    accept(stack)
    assert (stack.zendesk.tickets(), pops(stack)) == ([], [])
    stack.play_records(call())
    assert stack.ticket()["requester_id"] == ANA


def test_an_event_of_another_instance_goes_to_the_dead_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_INSTANCE_ARN", INSTANCE)
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(instanceArn="arn:aws:connect:eu-west-2:111122223333:instance/other"))
    assert stack.zendesk.tickets() == []
    assert stack.letter()["reason"] == "from another Amazon Connect instance"


@pytest.mark.parametrize(
    ("set_later", "told"),
    [
        ({"zendesk_ticket": "4711"}, [["zendesk_ticket"]]),
        ({"survey": "5", "voice_comment": "no"}, []),
        ({}, []),
    ],
)
def test_S1_what_a_flow_sets_after_its_copy_was_left_is_told_by_name(
    set_later: dict[str, str], told: list[list[str]]
) -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    with Logs() as logs:
        stack.play_records(call(attributes=set_later), call(attributes=set_later))
    assert [line["settings"] for line in logs.lines if "settings" in line] == told
    assert logs.metrics["AttributesTooLate"] == len(told)
