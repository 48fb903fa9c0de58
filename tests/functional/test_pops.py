"""What pops while a contact rings, and what becomes of pops that are not possible (P1, P3 to P6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal

import pytest

from tests.functional.test_acceptance import (
    FOUND_ANA,
    SEARCH,
    SHOW_TICKET,
    SHOW_USER,
    TICKETS,
    accept,
    pops,
    ready,
)
from tests.live import ANSWERED, agent_event, alive, contact_event, leave_snapshot, on_agent
from tests.logs import Logs
from tests.records import ADA, ADAS_NAME, ANA, BOB, BOBS_NAME, CHAYA, CHAYAS_NAME, call
from tests.stack import Stack

RINGS = agent_event([], [on_agent("contact-1", "CONNECTING")], at=ANSWERED)


def ring(stack: Stack, *events: dict[str, Any]) -> None:
    stack.send_agent_events(events or (RINGS,))


def test_P1_the_user_pops_while_the_contact_rings_and_nothing_is_made() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    ring(stack)
    assert pops(stack) == [(ADA, "user", ANA)]
    assert stack.requests_made() == {SEARCH: 1, SHOW_USER: 1}
    assert stack.zendesk.tickets() == []


def test_P1_what_was_asked_while_it_rang_is_not_asked_again_on_acceptance() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    ring(stack)
    stack.requests_made()
    accept(stack)
    assert stack.requests_made() == {TICKETS: 1, SHOW_TICKET: 1}


def test_P1_a_queued_callback_pops_when_it_is_offered_and_not_again_when_the_customer_is_called() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    states = [
        on_agent("contact-1", state, InitiationMethod="CALLBACK")
        for state in ("INCOMING", "PENDING", "CONNECTING")
    ]
    ring(stack, agent_event([], states[:1], at=ANSWERED))
    assert pops(stack) == [(ADA, "user", ANA)]
    for before, after in pairwise(states):
        ring(stack, agent_event([before], [after], at=ANSWERED))
    assert pops(stack) == [(ADA, "user", ANA)]


def test_P1_a_given_ticket_pops_while_it_rings_and_does_not_pop_again_when_accepted() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    ring(stack)
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", 4711)]


def test_P1_the_contacts_ticket_pops_for_the_agent_it_is_transferred_to() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    stack.requests_made()
    ring(
        stack,
        agent_event(
            [], [on_agent("leg-2", "CONNECTING", first_leg="contact-1")], agent=BOBS_NAME, at=ANSWERED
        ),
    )
    assert stack.requests_made() == {SHOW_TICKET: 1}
    assert pops(stack)[-1][:2] == (BOB, "ticket")


def test_P3_without_pop_incoming_it_pops_only_after_acceptance() -> None:
    stack = ready()
    leave_snapshot(stack, alive(attributes={"pop_incoming": "false"}), FOUND_ANA)
    ring(stack)
    assert pops(stack) == []
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", stack.ticket()["id"])]


def test_P1_a_call_that_goes_out_does_not_ring() -> None:
    stack = ready()
    leave_snapshot(stack, alive(InitiationMethod="OUTBOUND"))
    ring(stack, agent_event([], [on_agent("contact-1", "CONNECTING", InitiationMethod="OUTBOUND")]))
    assert stack.requests_made() == {}


def test_P5_a_task_pops_its_ticket_when_it_is_offered() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA}])
    stack.connect.contacts.add(
        alive(Channel="TASK", InitiationMethod="API", Name="Zendesk-4711", CustomerEndpoint=None)
    )
    offered = on_agent("contact-1", "CONNECTING", Channel="TASKS", InitiationMethod="API")
    ring(stack, agent_event([], [offered], at=ANSWERED))
    assert pops(stack) == [(ADA, "ticket", 4711)]


def test_P4_a_supervisor_in_the_stream_is_shown_the_ticket() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack)
    watching = on_agent("watch-1", "CONNECTED", first_leg="contact-1", InitiationMethod="MONITOR")
    ring(stack, agent_event([], [watching], agent=CHAYAS_NAME, at=ANSWERED))
    assert pops(stack)[-1][0] == CHAYA


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(agent_event([], [], kind="HEART_BEAT"), id="a heartbeat"),
        pytest.param(
            agent_event([on_agent("contact-1", "CONNECTING")], [on_agent("contact-1", "CONNECTING")]),
            id="it rings on",
        ),
        pytest.param(
            agent_event([on_agent("contact-1", "CONNECTING")], [on_agent("contact-1", "MISSED")]), id="missed"
        ),
    ],
)
def test_P1_what_is_not_the_beginning_of_ringing_pops_nothing(event: dict[str, Any]) -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    ring(stack, event)
    assert stack.requests_made() == {}


def test_an_event_that_cannot_be_read_keeps_no_other_from_its_agent() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    ring(stack, {"AgentARN": 5}, RINGS)
    assert len(pops(stack)) == 1


# Pops that are not possible (P6)


def test_P6_nothing_pops_more_than_20_seconds_after_ringing() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.clock.move_by(timedelta(seconds=20))
    ring(stack)
    assert len(pops(stack)) == 1
    stack = ready()
    leave_snapshot(stack, alive())
    stack.clock.move_by(timedelta(seconds=21))
    ring(stack)
    assert stack.requests_made() == {}


def test_P6_records_pop_nothing() -> None:
    stack = ready()
    stack.play_records(call())
    assert len(stack.zendesk.tickets()) == 1
    assert pops(stack) == []


def test_P6_a_pop_that_fails_is_counted_and_the_contact_has_its_ticket(logs: Logs) -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    stack.zendesk.faults.outage(1, matching=SHOW_TICKET)
    accept(stack)
    assert stack.ticket()["requester_id"] == ANA
    assert not [message for message in stack.messages.waiting if message.queue == "contacts"]
    assert logs.metrics["PopFailed"] == 1


def test_P6_what_failed_while_it_rang_pops_when_the_contact_is_accepted() -> None:
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    stack.zendesk.faults.outage(1, matching=SHOW_TICKET)
    ring(stack)
    assert pops(stack) == []
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", 4711)]


@pytest.mark.parametrize(("status", "wasted"), [(403, 1), (404, 3)])
def test_P6_M5_an_account_without_pops_gets_its_tickets_and_is_remembered_for_an_hour(
    logs: Logs, status: Literal[403, 404], wasted: int
) -> None:
    stack = ready()
    account = stack.zendesk._state
    account.options = replace(account.options, no_talk_partner_edition_status=status)
    account.plan = replace(account.plan, talk_partner_edition=False)
    for number in range(5):
        leave_snapshot(stack, alive(f"contact-{number}"), FOUND_ANA)
        accept(stack, contact_event(contact=f"contact-{number}"))
    assert stack.requests_made() == {TICKETS: 5, SHOW_TICKET: wasted}
    assert logs.metrics["PopNotPossible"] == 5 - wasted
    account.plan = replace(account.plan, talk_partner_edition=True)
    stack.clock.move_by(timedelta(hours=1))
    leave_snapshot(stack, alive("contact-9"), FOUND_ANA)
    accept(stack, contact_event(contact="contact-9", at=stack.clock()))
    assert len(pops(stack)) == 1


def test_P6_now_and_then_a_404_is_not_the_plan() -> None:
    stack = ready(agent_map={BOBS_NAME: 999})
    for number in range(8):
        leave_snapshot(stack, alive(f"contact-{number}"), FOUND_ANA)
        accept(stack, contact_event(contact=f"contact-{number}", agent=(ADAS_NAME, BOBS_NAME)[number % 2]))
    assert stack.requests_made()[SHOW_TICKET] == 8


def test_P6_an_agent_with_a_wrong_zendesk_id_takes_the_pops_from_nobody_else(logs: Logs) -> None:
    stack = ready(agent_map={BOBS_NAME: 999})
    for number in range(5):
        leave_snapshot(stack, alive(f"contact-{number}"), FOUND_ANA)
        accept(stack, contact_event(contact=f"contact-{number}", agent=BOBS_NAME))
    assert (logs.metrics["PopFailed"], logs.metrics["PopNotPossible"]) == (3, 2)
    leave_snapshot(stack, alive("contact-5"), FOUND_ANA)
    accept(stack, contact_event(contact="contact-5", agent=ADAS_NAME))
    assert [agent for agent, *_ in pops(stack)] == [ADA]


def test_P6_three_agents_refused_in_a_row_are_the_accounts_plan(logs: Logs) -> None:
    stack = ready(agent_map={ADAS_NAME: 997, BOBS_NAME: 998, CHAYAS_NAME: 999})
    for number in range(6):
        leave_snapshot(stack, alive(f"contact-{number}"), FOUND_ANA)
        agent = (ADAS_NAME, BOBS_NAME, CHAYAS_NAME)[number % 3]
        accept(stack, contact_event(contact=f"contact-{number}", agent=agent))
    assert (logs.metrics["PopFailed"], logs.metrics["PopNotPossible"]) == (3, 3)


def test_P6_an_agent_whom_zendesk_does_not_know_is_shown_nothing_and_the_ticket_is_made(logs: Logs) -> None:
    stack = ready()
    leave_snapshot(stack, alive(), FOUND_ANA)
    stack.connect.contacts.add(alive())
    accept(stack, contact_event(agent="nobody"))
    assert len(stack.zendesk.tickets()) == 1
    assert logs.metrics["PopWithoutAgent"] == 1


def test_P1_a_throttled_amazon_connect_pops_nothing_and_fails_nothing(logs: Logs) -> None:
    stack = ready()
    for number in range(20):
        stack.connect.contacts.add(alive(f"contact-{number}"))
    ring(
        stack,
        *(
            agent_event([], [on_agent(f"contact-{number}", "CONNECTING")], at=ANSWERED)
            for number in range(20)
        ),
    )
    assert 0 < len(pops(stack)) < 20
    assert logs.metrics["PopFailed"] == 20 - len(pops(stack))
