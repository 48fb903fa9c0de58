"""The ledger's copy of a living contact: what it keeps, what it leaves to others, what it never loses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.ledger import snapshots
from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    LookUp,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from connect_zendesk.rules.model import Ticket, User
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.tickets.open_ticket import external_id
from tests.functional.test_acceptance import accept, pops, ready
from tests.functional.test_pops import ring
from tests.live import alive, contact_event, leave_snapshot
from tests.records import ADA, ADAS_NAME, ANA, INSTANCE, NINE, call
from tests.stack import Stack

TICKET = Ticket(7, ANA, "open", NINE, NINE, external_id="else:1")
KEPT: dict[LookUp, Any] = {
    UserById(ANA): User(ANA, "Ana Silva", "+442071838750", "ana@example.com"),
    UserById(999): None,
    UsersByPhone("+442071838750"): (User(ANA, "Ana Silva"), User(102, "Ben", suspended=True)),
    UsersByEmail("ana@example.com"): (),
    UsersByName("Ana Silva"): (User(ANA, "Ana Silva", shared_phone=True),),
    TicketById(7): TICKET,
    TicketById(8): None,
    TicketsRequestedBy(ANA, NINE): (TICKET,),
}


def snapshot_of(stack: Stack) -> snapshots.Snapshot:
    snapshot = snapshots.snapshot_of(stack.services.ledger, "contact-1")
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize("look_up", KEPT, ids=str)
def test_what_was_found_is_read_as_it_was_kept(look_up: LookUp) -> None:
    stack = ready()
    leave_snapshot(stack, alive(), {look_up: KEPT[look_up]})
    answer = snapshot_of(stack).answer(look_up, stack.clock())
    assert answer is not None
    assert answer.value == KEPT[look_up]


@pytest.mark.parametrize("look_up", [AgentOf(ADAS_NAME, None), PlaceholderUser()], ids=str)
@pytest.mark.parametrize("found", [ADA, None])
def test_agents_and_the_placeholder_are_remembered_elsewhere(look_up: LookUp, found: int | None) -> None:
    stack = ready()
    leave_snapshot(stack, alive(), {look_up: found})
    assert snapshot_of(stack).answer(look_up, stack.clock()) is None


def test_T6_an_anonymous_caller_who_rings_first_gets_a_ticket_on_acceptance() -> None:
    stack = ready()
    leave_snapshot(stack, alive(caller="anonymous"))
    ring(stack)
    accept(stack)
    assert pops(stack) == [(ADA, "ticket", stack.ticket()["id"])]


def test_what_is_found_leaves_the_attributes_as_the_flow_left_them_last() -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    seen = snapshot_of(stack)
    leave_snapshot(stack, alive(attributes={"ticket_assignment": "agent"}))
    snapshots.add_answers(stack.services.ledger, seen, {UserById(ANA): KEPT[UserById(ANA)]})
    assert snapshot_of(stack).leg.attributes == {"ticket_assignment": "agent"}
    assert snapshot_of(stack).answer(UserById(ANA), stack.clock()) is not None


def test_tickets_are_believed_for_five_minutes() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), KEPT)
    stack.clock.move_by(timedelta(minutes=5, seconds=1))
    snapshot = snapshot_of(stack)
    assert snapshot.answer(TicketById(7), stack.clock()) is None
    assert snapshot.answer(TicketsRequestedBy(ANA, NINE), stack.clock()) is None
    assert snapshot.answer(UserById(ANA), stack.clock()) is not None


def test_a_look_at_more_of_a_users_tickets_answers_for_fewer() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), KEPT)
    snapshot = snapshot_of(stack)
    assert snapshot.answer(TicketsRequestedBy(ANA, NINE + timedelta(minutes=1)), stack.clock()) is not None
    assert snapshot.answer(TicketsRequestedBy(ANA, NINE - timedelta(minutes=1)), stack.clock()) is None


def test_T3_a_kept_ticket_counts_only_as_far_as_a_fresh_one() -> None:
    """One that was made here for a later contact, which itself looked back at nothing, does not count."""
    stack = ready()
    later_one = call("contact-2", began=NINE + timedelta(seconds=1))
    stack.play_records(later_one)
    made = stack.ticket()
    kept = Ticket(made["id"], ANA, "open", NINE, stack.clock(), external_id=external_id("contact-2"))
    window = {"recent_ticket_timeout": "60"}
    answers: dict[LookUp, Any] = {
        TicketsRequestedBy(ANA, NINE - timedelta(hours=2)): (kept,),
    }
    leave_snapshot(stack, alive(attributes=window), answers)
    accept(stack)
    assert len(stack.zendesk.tickets()) == 2


def test_P7_an_agent_found_while_it_rang_is_known_on_acceptance() -> None:
    stack = Stack()
    stack.clock.move_to(ready().clock())
    agents.known(stack.services, "ckhan", f"{INSTANCE}/agent/ckhan")
    stack.connect.requests.clear()
    stack.requests_made()
    assert agents.known(stack.services, "", f"{INSTANCE}/agent/ckhan").zendesk == 903
    assert stack.connect.requests == {}
    assert stack.requests_made() == {}


def changed(moment: timedelta, *, what: str = "UserDefinedAttributes") -> dict[str, Any]:
    """Return the event that tells of changed attributes, so long after the copy was made."""
    at = ready().clock() + moment
    return contact_event("CONTACT_DATA_UPDATED", agent=None, at=at, updatedProperties=[what])


def asked_after(event: dict[str, Any] | None, *, last: bool = False) -> tuple[int, int]:
    """Have a flow leave a copy and set a ticket, and an agent accept; returns DescribeContacts and ticket."""
    stack = ready(tickets=[{"id": 4711, "requester_id": ANA}])
    snapshots.keep(stack.services.ledger, contact_record.parse(alive()), last=last)
    stack.connect.contacts.add(alive(attributes={"zendesk_ticket": "4711"}))
    if event is not None:
        stack.send_contact_event(event)
    accept(stack)
    ((_, _, shown),) = pops(stack)
    return stack.connect.requests.get("DescribeContact", 0), shown


def test_attributes_that_are_set_after_a_look_up_are_asked_for_on_acceptance() -> None:
    assert asked_after(changed(timedelta(seconds=1))) == (1, 4711)
    assert asked_after(changed(timedelta(0))) == (1, 4711), "within the second of the look-up"


def test_amazon_connect_is_not_asked_where_nothing_has_changed_since() -> None:
    for event in (None, changed(timedelta(seconds=-1)), changed(timedelta(seconds=1), what="Tags")):
        assert asked_after(event)[0] == 0


def test_nor_where_the_flow_said_that_it_sets_no_more() -> None:
    assert asked_after(changed(timedelta(0)), last=True)[0] == 0
    assert asked_after(changed(timedelta(seconds=1)), last=True) == (1, 4711)


def test_a_contact_without_a_copy_has_none_that_is_outdated() -> None:
    stack = ready()
    stack.send_contact_event(changed(timedelta(seconds=1)))
    assert snapshots.snapshot_of(stack.services.ledger, "contact-1") is None


def test_an_outdated_copy_serves_where_amazon_connect_does_not_know_the_contact() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), {UsersByPhone("+442071838750"): (KEPT[UserById(ANA)],)})
    stack.send_contact_event(changed(timedelta(seconds=1)))
    accept(stack)
    assert stack.ticket()["requester_id"] == ANA
