"""What a contact's ticket says of each leg, once, whatever is sent again or changes (M, T12, T14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.zendesk import AnswerLost, Response
from tests.records import (
    ADA,
    ANA,
    ANAS_NUMBER,
    BOBS_NAME,
    NINE,
    agent_of,
    call,
    later,
    recording_of,
)
from tests.stack import Stack, bodies, voices

UPDATE, NEW_TICKET = "PUT /api/v2/tickets/{id}", "POST /api/v2/tickets"
PRIVATE: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
PUBLIC = {"id": 4001, "requester_id": ANA, "comments": [{"body": "Dear shop", "public": True}]}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


def close(stack: Stack, number: int) -> None:
    """Close a ticket, as an agent does."""
    stack.clients.zendesk.put(f"/api/v2/tickets/{number}", '{"ticket": {"status": "closed"}}')


# M


def test_M_a_new_ticket_says_it_all_in_private() -> None:
    stack = Stack(connect_instance_url="https://acme.my.connect.aws")
    stack.play_records(call(attributes={"order": "4711", "ticket_assignment": "automatic"}))
    ticket = stack.ticket()
    (details,) = bodies(ticket)
    assert ticket["subject"] == f"Incoming call from {ANAS_NUMBER}"
    assert ticket["via_id"] == 45
    assert ticket["tags"] == ["amazon_connect", "amazon_connect_voice"]
    assert not ticket["is_public"]
    for line in (
        f"From: {ANAS_NUMBER}",
        "To: +448001234567",
        "Queue: Support",
        "Agent: ada@example.com",
        "Contact: contact-1",
        "get-recording",
        "order: 4711",
        'ticket_assignment: expected auto or agent, got "automatic"',
        "T4:",
    ):
        assert line in details, line
    (voice,) = voices(ticket)
    assert (voice["from"], voice["to"], voice["answered_by_id"]) == (ANAS_NUMBER, "+448001234567", ADA)
    assert voice["recording_url"].startswith("https://acme.my.connect.aws/get-recording")


def test_M1_the_systems_own_attributes_reach_neither_bus_nor_ticket() -> None:
    stack = Stack()
    secret = dict.fromkeys(("aid", "sak", "sst", "cfg", "kvsTriggerLambdaResult"), "credential")
    for event in [call(attributes={**secret, "order": "4711"})]:
        stack.deliver_records(event)
    assert "credential" not in str(stack.zendesk.tickets())
    assert "order: 4711" in bodies(stack.ticket())[0]


def test_M3_nothing_leads_to_the_recording_of_a_customer_who_opted_out() -> None:
    stack = Stack()
    stack.play_records(call(attributes={"call_recording_consent": "optout"}))
    assert "get-recording" not in str(stack.zendesk.tickets())
    assert "not recorded" in bodies(stack.ticket())[0]


def test_M6_markup_from_outside_stays_text() -> None:
    stack = Stack()
    nasty = "<script>alert(1)</script>\u202e\x00"
    stack.play_records(call(attributes={"note": nasty, "conversation_title": nasty}, Queue={"Name": nasty}))
    ticket = stack.ticket()
    assert "<script" not in ticket["comments"][0]["html_body"]
    assert "<script" not in ticket["subject"]
    assert "\u202e" not in str(ticket)
    assert "\x00" not in str(ticket)


# Public tickets


def test_M2_a_ticket_with_public_comments_gets_the_private_details_only() -> None:
    stack = Stack(tickets=[PUBLIC])
    stack.play_records(call(**GIVEN), call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    ticket = stack.ticket()
    assert len(bodies(ticket)) == 3
    assert voices(ticket) == []
    assert "Recording:" in bodies(ticket)[1]


@pytest.mark.parametrize("lost", ["the answer", "the function, before it could write that down"])
def test_M2_a_public_ticket_is_known_as_such_also_when_something_was_lost(lost: str) -> None:
    stack = Stack(tickets=[PUBLIC])
    if lost == "the answer":
        stack.zendesk.faults.lose_answer(after_write=True, matching=UPDATE)
        stack.play_records(call(**GIVEN))
    else:
        put = stack.items.put
        dies = [True]

        def dies_once(partition: str, sort: str, item: Any, *, replacing: int | None) -> bool:
            if "details" in sort and item["status"] == "done" and dies:
                dies.pop()
                raise ConnectionError
            return put(partition, sort, item, replacing=replacing)

        stack.items.put = dies_once  # type: ignore[method-assign]
        stack.play_records(call(**GIVEN))
    assert len(bodies(stack.ticket())) == 2
    assert voices(stack.ticket()) == []
    assert stack.messages.dead_letters == []


def test_M2_a_ticket_whose_comments_are_private_gets_details_and_voice_comment() -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.play_records(call(**GIVEN))
    assert len(bodies(stack.ticket())) == 2
    assert len(voices(stack.ticket())) == 1


# T14


def test_T14_a_record_sent_again_with_another_recording_adds_one_note() -> None:
    stack, record = Stack(), call()
    again = later(record, 60, Recordings=[recording_of("contact-1"), recording_of("contact-1b")])
    stack.play_records(record, again, again, record)
    first, second = bodies(stack.ticket())
    assert "has changed" in second
    assert "has changed" not in first
    assert len(voices(stack.ticket())) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"Agent": agent_of(BOBS_NAME)},
        {"Queue": {"Name": "Sales"}},
        {"DisconnectTimestamp": "2026-11-02T09:10:00Z"},
    ],
    ids=["agent", "queue", "times"],
)
def test_T14_what_has_changed_is_worth_a_note(changed: dict[str, Any]) -> None:
    stack, record = Stack(), call()
    stack.play_records(record, later(record, 60, **changed))
    assert len(bodies(stack.ticket())) == 2


def test_T14_attributes_alone_add_nothing() -> None:
    stack, record = Stack(), call()
    stack.play_records(record)
    before = stack.zendesk.tickets()
    stack.play_records(later(record, 60, Attributes={"survey": "5"}, ContactEvaluations={"form": {}}))
    assert stack.zendesk.tickets() == before


def test_T14_an_older_record_after_a_newer_one_does_nothing() -> None:
    stack, record = Stack(), call(recorded=False)
    stack.play_records(later(record, 60, Recordings=[recording_of("contact-1")]), record)
    assert len(bodies(stack.ticket())) == 1


def test_T14_a_record_from_when_an_old_contact_was_new_makes_its_ticket_however_late_it_comes() -> None:
    stack, record = Stack(), call()
    stack.play_records(later(record, 40 * 24 * 60, Recordings=[recording_of("more")]))
    assert stack.zendesk.tickets() == []
    stack.play_records(record)
    assert len(bodies(stack.ticket())) == 1


# T12


def test_T12_all_legs_are_reported_on_one_ticket() -> None:
    stack = Stack()
    stack.play_records(
        call(),
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME, began=NINE + timedelta(minutes=2)),
        call("leg-3", first_leg="contact-1", agent="nobody", began=NINE + timedelta(minutes=3)),
    )
    ticket = stack.ticket()
    assert len(bodies(ticket)) == 3
    assert len(voices(ticket)) == 3
    assert "joined by another agent" in bodies(ticket)[1]
    assert ticket["requester_id"] == ANA


def test_T12_a_later_leg_that_comes_first_waits_for_the_first_and_is_then_reported() -> None:
    stack = Stack()
    stack.deliver_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME, caller="+441632960150"))
    assert stack.zendesk.tickets() == []
    assert len(stack.messages.waiting) == 1
    stack.clock.move_by(timedelta(hours=5))
    stack.deliver_records(call())
    stack.run(until=None)
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [2, 2]
    assert stack.ticket()["requester_id"] == ANA
    assert stack.messages.dead_letters == []


def test_T12_a_later_leg_of_a_contact_without_a_ticket_is_not_waited_for() -> None:
    stack = Stack()
    stack.play_records(
        call(caller="+441632960150", InitiationMethod="OUTBOUND"),
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME),
    )
    assert stack.zendesk.tickets() == []
    assert stack.messages.waiting == []
    assert stack.messages.dead_letters == []


def test_T11_listening_in_leaves_no_trace() -> None:
    stack = Stack()
    listener = call("listener", first_leg="contact-1", InitiationMethod="MONITOR", agent=BOBS_NAME)
    stack.play_records(call(), listener)
    assert len(bodies(stack.ticket())) == 1


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


def test_a_ticket_deleted_between_decision_and_report_is_a_dead_letter_with_its_reason() -> None:
    stack = Stack(tickets=[PRIVATE])
    gone = Response(404, {}, b'{"error": "RecordNotFound", "description": "Not found"}')
    stack.zendesk.faults.before = lambda request: gone if request.method == "PUT" else None
    stack.play_records(call(**GIVEN))
    assert stack.letter()["reason"] == "NotFound: Zendesk answered 404 RecordNotFound"
    assert "contact-1" in stack.letter()["data"]
    assert stack.messages.waiting == []
