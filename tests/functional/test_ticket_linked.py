"""*Ticket Linked* and *No Ticket Linked*: published once for each link, whoever makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.detail_types import NO_TICKET_LINKED, TICKET_LINKED
from connect_zendesk.messaging import NotPublished
from tests.attachments import MANUAL, OTHER, asks, ends, joins, stack_with
from tests.live import alive, contact_event, leave_snapshot
from tests.records import ADA, ADAS_NAME, ANA, BEN, BENS_NUMBER, BOBS_NAME, STRANGERS_NUMBER, call
from tests.stack import Stack


def links(stack: Stack) -> list[dict[str, Any]]:
    """What was told of links, but for the moment."""
    return [
        {"event": kind, **{name: value for name, value in detail.items() if name != "at"}}
        for kind, detail in stack.messages.published
        if kind in (TICKET_LINKED, NO_TICKET_LINKED)
    ]


def the_link(stack: Stack) -> dict[str, Any]:
    (link,) = links(stack)
    return link


def test_a_record_that_makes_a_ticket_tells_of_it_once_however_often_it_comes() -> None:
    stack = Stack()
    stack.play_records(call(), call(), call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert the_link(stack) == {
        "event": TICKET_LINKED,
        "contact": "contact-1",
        "ticket": stack.ticket()["id"],
        "requester": ANA,
        "customer": ANA,
        "action": "create",
        "rule": "T4",
        "files": False,
        "authentication": False,
    }


def test_an_acceptance_tells_and_the_record_after_it_does_not_again() -> None:
    stack = Stack()
    leave_snapshot(stack, alive())
    stack.send_contact_event(contact_event())
    assert the_link(stack)["ticket"] == stack.ticket()["id"]
    stack.play_records(call())
    assert the_link(stack)["ticket"] == stack.ticket()["id"]


def test_a_contact_that_gets_no_ticket_is_told_of_and_again_once_it_has_one() -> None:
    stack = Stack()
    unanswered = call(agent=None, DisconnectReason="CUSTOMER_DISCONNECT")
    stack.play_records(unanswered)
    assert (the_link(stack)["event"], the_link(stack)["rule"]) == (NO_TICKET_LINKED, "T13")
    stack.play_records(call("leg-2", first_leg="contact-1", InitiationMethod="CALLBACK"))
    assert [link["event"] for link in links(stack)] == [NO_TICKET_LINKED, TICKET_LINKED]


def test_A1_a_contact_that_is_moved_is_told_of_with_its_new_ticket_and_customer() -> None:
    stack = stack_with()
    joins(stack)
    ends(stack)
    asks(stack, ticket=4001, minute=13)
    stack.run(until=None)
    forced, moved = links(stack)
    assert (moved["ticket"], moved["customer"]) == (4001, stack.ticket(4001)["requester_id"])
    assert forced["rule"] == "T8"


@pytest.mark.parametrize("closed", [False, True])
def test_C9_a_contact_moved_to_an_anonymous_callers_ticket_has_no_customer(closed: bool) -> None:
    stack = stack_with()
    stack.play_records(call("earlier", caller="anonymous"))
    anonymous = next(ticket for ticket in stack.zendesk.tickets() if ticket["id"] > OTHER["id"])
    if closed:
        stack.zendesk.act(BEN, "PUT", f"/api/v2/tickets/{anonymous['id']}", {"ticket": {"status": "closed"}})
    joins(stack)
    asks(stack, ticket=anonymous["id"], minute=13)
    last = links(stack)[-1]
    assert (last["contact"], last["rule"], last["customer"]) == ("contact-1", "A1", None)
    assert last["requester"] == anonymous["requester_id"]


def test_A1_a_contact_attached_to_the_agents_own_ticket_has_no_customer() -> None:
    stack = stack_with({"id": 4003, "requester_id": ADA, "comments": [{"body": "Mine.", "public": False}]})
    joins(stack)
    asks(stack, ticket=4003)
    assert (the_link(stack)["requester"], the_link(stack)["customer"]) == (ADA, None)


def test_A1_a_contact_moved_there_and_back_is_told_of_each_time_with_the_right_customer() -> None:
    stack = stack_with()
    joins(stack)
    asks(stack, "there", ticket=4001, minute=1)
    asks(stack, "away", ticket=4002, minute=2)
    asks(stack, "back", ticket=4001, minute=3)
    asks(stack, "back", ticket=4001, minute=4)
    assert [(link["ticket"], link["customer"]) for link in links(stack)] == [
        (4001, ANA),
        (4002, BEN),
        (4001, ANA),
    ]


def test_T1_a_follow_up_of_a_ticket_that_was_closed_meanwhile_is_told_of() -> None:
    stack = Stack()
    leave_snapshot(stack, alive())
    stack.send_contact_event(contact_event())
    first = stack.ticket()["id"]
    stack.zendesk.act(ANA, "PUT", f"/api/v2/tickets/{first}", {"ticket": {"status": "closed"}})
    stack.play_records(call())
    assert [link["ticket"] for link in links(stack)] == [first, stack.zendesk.tickets()[-1]["id"]]


def test_what_the_bus_did_not_take_is_told_when_the_message_comes_back() -> None:
    stack = Stack()
    publish, refusals = stack.messages.publish, [1, 2]

    def refuse(detail_type: str, detail: Mapping[str, Any]) -> None:
        if detail_type == TICKET_LINKED and refusals:
            refusals.pop()
            raise NotPublished("InternalFailure")
        publish(detail_type, detail)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.messages, "publish", refuse)
        stack.deliver_records(call())
        stack.run(until=stack.clock() + timedelta(seconds=30))
    # At once, and not only when the lease of whoever failed has run out.
    assert the_link(stack)["ticket"] == stack.ticket()["id"]
    assert not refusals


@pytest.mark.parametrize(
    ("attributes", "caller", "customer"),
    [
        ({}, BENS_NUMBER, BEN),  # recognised
        ({"zendesk_ticket": "4001"}, STRANGERS_NUMBER, None),  # a ticket given, its caller not known
        ({"zendesk_ticket": "4001"}, BENS_NUMBER, None),  # somebody else's ticket (T2): the agent requests
        ({"zendesk_user": "77"}, BENS_NUMBER, None),  # nobody of that id (C7)
        ({}, "anonymous", None),  # the placeholder (C6)
    ],
)
def test_the_customer_is_told_only_where_it_is_certain(
    attributes: dict[str, str], caller: str, customer: int | None
) -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA, "subject": "Given", "status": "open"}])
    stack.play_records(call(caller=caller, attributes=attributes, agent=ADAS_NAME))
    stack.run(until=None)
    assert the_link(stack)["customer"] == customer


def test_a_customer_who_was_made_for_the_ticket_is_the_contacts() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER))
    assert the_link(stack)["customer"] == stack.ticket()["requester_id"]


def test_manual_assignment_tells_nothing_until_the_ticket_is_forced() -> None:
    stack = Stack()
    stack.deliver_records(call(attributes=MANUAL))
    assert links(stack) == []
    stack.run(until=None)
    assert the_link(stack)["event"] == TICKET_LINKED
