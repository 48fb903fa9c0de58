"""A ticket opened from a contact flow (F2): once, decided as for a contact that is going on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.ledger import heads, snapshots
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.ledger.steps import claim
from connect_zendesk.workflows.flows.open_ticket import FIELDS
from tests.flows import asks, flow_event
from tests.records import (
    ANA,
    ANAS_NUMBER,
    BEN,
    BENS_NUMBER,
    NINE,
    STRANGERS_NUMBER,
    call,
    written,
)
from tests.stack import Stack, bodies

TICKETS = "POST /api/v2/tickets"
SEARCH = "GET /api/v2/users/search"
BENS_TICKET = {
    "id": 5001, "requester_id": BEN, "status": "open", "subject": "Earlier",
    "created_at": written(NINE - timedelta(minutes=10)), "updated_at": written(NINE - timedelta(minutes=10)),
}  # fmt: skip


def open_from(stack: Stack, **event: Any) -> dict[str, str]:
    return stack.invoke_flow("ticket_creation", flow_event(**event))


def test_F2_a_ticket_is_opened_and_its_number_can_be_read_out() -> None:
    stack = Stack(tickets=[BENS_TICKET | {"status": "solved"}])
    answer = open_from(
        stack, attributes={"conversation_title": "Parcel"}, parameters={"carry_on": "x", "x": "1"}
    )
    ticket = stack.ticket(int(answer["zendesk_ticket"]))
    assert (ticket["requester_id"], ticket["subject"]) == (ANA, "Parcel")
    assert answer == {
        "status": "ok",
        "zendesk_ticket": str(ticket["id"]),
        "ticket_number_spoken": " ".join(str(ticket["id"])),
        "zendesk_user": str(ANA),
        "action": "create",
        "rule": "T4",
        "x": "1",
    }
    assert {field.name for field in FIELDS} | {"status", "x"} == answer.keys()
    assert stack.requests_made() == {SEARCH: 1, TICKETS: 1}


def test_F2_after_a_look_up_the_customer_is_not_searched_for_again() -> None:
    stack = Stack()
    stack.invoke_flow("customer_lookup", flow_event(parameters=asks("calling_user")))
    assert open_from(stack)["rule"] == "T4"
    assert stack.requests_made() == {SEARCH: 1, TICKETS: 1}


def test_F2_however_often_a_flow_asks_there_is_one_ticket() -> None:
    stack = Stack()
    answers = [open_from(stack) for _ in range(3)]
    assert answers[0]["status"] == "ok"
    assert answers == [answers[0]] * 3
    assert stack.requests_made()[TICKETS] == 1


def test_F2_the_record_reports_on_the_ticket_that_the_flow_opened() -> None:
    stack = Stack()
    stack.know_agents()
    number = int(open_from(stack)["zendesk_ticket"])
    assert "Incoming call" in bodies(stack.ticket())[0]
    stack.play_records(call())
    ticket = stack.ticket()
    assert (ticket["id"], len(bodies(ticket))) == (number, 2)
    assert "With the agent" in bodies(ticket)[1]


def test_F2_T3_a_recent_ticket_is_opened() -> None:
    stack = Stack(tickets=[BENS_TICKET])
    answer = open_from(stack, caller=BENS_NUMBER, attributes={"recent_ticket_timeout": "60"})
    assert (answer["zendesk_ticket"], answer["action"], answer["rule"]) == ("5001", "open", "T3")


@pytest.mark.parametrize(
    ("attributes", "caller", "rule"),
    [
        ({"ticket_assignment": "agent"}, ANAS_NUMBER, "T8"),
        ({"zendesk_user": "999"}, ANAS_NUMBER, "C7"),
        ({"zendesk_ticket": "5001"}, ANAS_NUMBER, "T2"),
    ],
)
def test_F2_T8_what_is_left_to_the_agent_is_left_to_the_agent(
    attributes: dict[str, str], caller: str, rule: str
) -> None:
    stack = Stack(tickets=[BENS_TICKET])
    answer = open_from(stack, attributes=attributes, caller=caller)
    assert answer == {"status": "not found", "action": "leave_to_agent", "rule": rule}
    assert TICKETS not in stack.requests_made()
    assert heads.head(stack.services.ledger, "contact-1") is None


def test_F2_nobody_has_answered_yet_and_nobody_is_missed_for_it() -> None:
    stack = Stack()
    assert open_from(stack, caller=STRANGERS_NUMBER)["rule"] == "T5"
    assert stack.ticket()["assignee_id"] is None


def test_F2_no_ticket_while_it_lives_is_not_settled_for_good() -> None:
    stack = Stack()
    answer = open_from(stack, caller=STRANGERS_NUMBER, InitiationMethod="OUTBOUND")
    assert answer == {"status": "not found", "action": "none", "rule": "T7"}
    again = open_from(
        stack, caller=STRANGERS_NUMBER, InitiationMethod="OUTBOUND", attributes={"all_outbound": "true"}
    )
    assert (again["status"], again["action"]) == ("ok", "create")


def test_F2_a_lost_answer_never_makes_two_tickets() -> None:
    stack = Stack()
    stack.zendesk.faults.lose_answer(after_write=True, matching=TICKETS)
    assert open_from(stack) == {"status": "server error"}
    made = stack.ticket()["id"]
    assert open_from(stack)["zendesk_ticket"] == str(made)
    stack.play_records(call())
    assert stack.ticket()["id"] == made


def test_F2_what_fails_in_the_flow_the_record_makes_good() -> None:
    stack = Stack()
    stack.zendesk.faults.outage(matching=TICKETS, count=1)
    assert open_from(stack) == {"status": "server error"}
    stack.play_records(call())
    assert (stack.ticket()["requester_id"], stack.ticket()["assignee_id"]) == (ANA, None)
    assert stack.messages.dead_letters == []


def test_F2_T12_a_later_leg_is_given_the_tickets_number() -> None:
    stack = Stack()
    first = open_from(stack)
    later = open_from(stack, contact="leg-2", first_leg="contact-1", caller=BENS_NUMBER)
    assert later == first


def test_F2_T12_a_contact_that_has_a_ticket_is_not_asked_for() -> None:
    stack = Stack()
    stack.deliver_records(call())
    number = str(stack.ticket()["id"])
    with mock.patch.object(stack.services.amazon_connect, "contact", side_effect=AssertionError):
        assert open_from(stack, contact="leg-2", first_leg="contact-1")["zendesk_ticket"] == number


def test_F2_T12_a_later_leg_is_decided_by_the_first_ones_facts() -> None:
    stack = Stack()
    stack.invoke_flow("customer_lookup", flow_event(parameters=asks("remember")))
    answer = open_from(stack, contact="leg-2", first_leg="contact-1", caller=BENS_NUMBER)
    assert (answer["status"], answer["zendesk_user"]) == ("ok", str(ANA))
    assert heads.head(stack.services.ledger, "contact-1") is not None


def test_F2_T12_a_later_leg_of_a_contact_nobody_knows_gets_no_ticket() -> None:
    stack = Stack()
    answer = open_from(stack, contact="leg-2", first_leg="contact-0")
    assert answer == {"status": "server error"}
    assert stack.zendesk.tickets() == []


def test_F2_T11_monitoring_opens_nothing() -> None:
    stack = Stack()
    answer = open_from(stack, InitiationMethod="MONITOR")
    assert answer == {"status": "not found", "action": "none", "rule": "T11"}
    assert snapshots.snapshot_of(stack.services.ledger, "contact-1") is not None


def test_F2_somebody_elses_claim_is_waited_for_by_nobody() -> None:
    stack = Stack()
    claim(stack.services.ledger, contact_step("contact-1", "settle"))
    assert open_from(stack) == {"status": "server error"}
    assert stack.zendesk.tickets() == []
