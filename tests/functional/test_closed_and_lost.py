"""Reports on tickets that are closed meanwhile, and answers that are lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from connect_zendesk.workflows.tickets.new_ticket import make_once
from local.stand_ins.zendesk import AnswerLost
from tests.logs import Logs
from tests.records import ADA, ANA, BOBS_NAME, call, later, recording_of
from tests.stack import Stack, bodies, voices

UPDATE, NEW_TICKET = "PUT /api/v2/tickets/{id}", "POST /api/v2/tickets"
PRIVATE: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


def close(stack: Stack, number: int) -> None:
    """Close a ticket, as an agent does."""
    stack.services.zendesk.put(f"/api/v2/tickets/{number}", '{"ticket": {"status": "closed"}}')


# Closed tickets


def test_T1_a_closed_ticket_is_followed_up() -> None:
    stack = Stack(tickets=[{**PRIVATE, "status": "closed"}])
    stack.play_records(call(**GIVEN))
    closed, follow_up = stack.zendesk.tickets()
    assert len(closed["comments"]) == 1
    assert (follow_up["followup_source_id"], follow_up["requester_id"]) == (4001, ANA)
    assert len(bodies(follow_up)) == 1
    assert len(voices(follow_up)) == 1
    assert "continues ticket #4001" in bodies(follow_up)[0]


def _after(method: str, path: str, happens: Callable[[], object]) -> Callable[[Any, Any], None]:
    """Return a hook that has something happen once, right after a request."""
    waiting = [happens]

    def after(request: Any, _: Any) -> None:
        if waiting and (request.method, request.path) == (method, path):
            waiting.pop()()

    return after


def test_a_ticket_closed_between_decision_and_report_is_followed_up_with_one_report() -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.after = _after("GET", "/api/v2/users/search", lambda: close(stack, 4001))
    stack.play_records(call(**GIVEN), call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    closed, follow_up = stack.zendesk.tickets()
    assert len(closed["comments"]) == 1
    assert (follow_up["followup_source_id"], follow_up["requester_id"]) == (4001, ANA)
    assert [len(bodies(follow_up)), len(voices(follow_up))] == [2, 2]
    assert stack.messages.dead_letters == []


def test_T14_a_ticket_that_another_container_has_made_and_settled_meanwhile_is_the_contacts() -> None:
    stack = Stack()
    stack.play_records(call())
    ledger = stack.services.ledger
    (ticket,) = stack.zendesk.tickets()
    made = make_once(stack.services, "contact-1", ticket["external_id"], lambda: pytest.fail("made again"))
    assert made == heads.head(ledger, "contact-1")
    assert made.ticket == ticket["id"]


def test_a_later_leg_after_the_ticket_was_closed_goes_to_a_follow_up() -> None:
    stack = Stack()
    stack.play_records(call())
    close(stack, 1)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    first, follow_up = stack.zendesk.tickets()
    assert len(bodies(first)) == 1
    assert follow_up["followup_source_id"] == first["id"]
    assert follow_up["requester_id"] == ANA
    assert [len(bodies(follow_up)), len(voices(follow_up))] == [1, 1]


def test_a_change_after_the_ticket_was_closed_makes_no_follow_up() -> None:
    stack, record = Stack(), call()
    stack.play_records(record)
    close(stack, 1)
    stack.play_records(later(record, 60, Recordings=[recording_of("more")]))
    assert len(bodies(stack.ticket())) == 1
    assert stack.messages.dead_letters == []


def test_a_follow_up_that_was_closed_too_is_followed_up() -> None:
    stack = Stack()
    stack.play_records(call())
    for number in (2, 3):
        close(stack, number - 1)
        stack.play_records(call(f"leg-{number}", first_leg="contact-1", agent=BOBS_NAME))
    assert [len(bodies(ticket)) for ticket in stack.zendesk.tickets()] == [1, 1, 1]


# Lost answers, conflicts


@pytest.mark.parametrize("after_write", [False, True])
@pytest.mark.parametrize("endpoint", [UPDATE, NEW_TICKET])
@pytest.mark.parametrize("given", [True, False])
def test_a_lost_answer_is_written_once(after_write: bool, endpoint: str, given: bool) -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.lose_answer(after_write=after_write, count=2, matching=endpoint)
    stack.play_records(call(**GIVEN) if given else call())
    ticket = stack.zendesk.tickets()[-1]
    assert len(stack.zendesk.tickets()) == (1 if given else 2)
    assert len(bodies(ticket)) == (2 if given else 1)
    assert len(voices(ticket)) == 1


def test_a_ticket_is_found_again_when_its_key_is_forgotten() -> None:
    stack = Stack()
    stack.zendesk.faults.lose_answer(after_write=True, matching=NEW_TICKET)
    stack.deliver_records(call())
    stack.clock.move_by(timedelta(hours=3))
    stack.run(until=None)
    assert len(bodies(stack.ticket())) == 1


def test_a_late_first_attempt_makes_the_second_lose_and_is_then_found() -> None:
    """The first update is still on its way when we look whether it got through, and arrives after that."""
    stack = Stack(tickets=[PRIVATE])
    on_its_way: list[Any] = []

    def before(request: Any) -> None:
        if request.method == "PUT" and not on_its_way:
            on_its_way.append(request)
            raise AnswerLost
        if request.method == "PUT" and len(on_its_way) == 1:
            on_its_way.append(None)
            stack.clock.move_by(timedelta(seconds=1))
            stack.zendesk.handle(on_its_way[0])

    stack.zendesk.faults.before = before
    stack.play_records(call(**GIVEN))
    assert len(bodies(stack.ticket())) == 2
    assert len(voices(stack.ticket())) == 1


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_T12_a_ticket_deleted_between_decision_and_report_ends_the_contact_quietly(
    method: str, logs: Logs
) -> None:
    stack = Stack(tickets=[PRIVATE])

    def deleted_before(request: Any) -> None:
        if request.path == "/api/v2/tickets/4001" and request.method == method and "Users looked for" in seen:
            stack.zendesk.act(ADA, "DELETE", "/api/v2/tickets/4001")
            seen.clear()
        if request.path == "/api/v2/users/search":
            seen.add("Users looked for")

    seen: set[str] = set()
    stack.zendesk.faults.before = deleted_before
    stack.play_records(call(**GIVEN))
    assert stack.zendesk.tickets() == []
    assert stack.messages.dead_letters == []
    assert stack.messages.waiting == []
    assert logs.metrics["TicketDeleted"] == 1
