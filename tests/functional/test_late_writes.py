"""Zendesk carries out a write long after its answer was given up on: it is there once all the same (T14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.functional.test_voice_id_sync import follow, settled
from tests.logs import Logs
from tests.records import ANA, BOBS_NAME, STRANGERS_NUMBER, call, later, recording_of
from tests.stack import Stack, bodies, voices
from tests.strategies import examples
from tests.voice_authentication import (
    ATTRIBUTES,
    WRITE,
    fields_of,
    set_fields,
    stack_with_fields,
    told_by_partner,
)

UPDATE, NEW_TICKET = "PUT /api/v2/tickets/{id}", "POST /api/v2/tickets"
DAY = 86_400
FAILED = "Not Authenticated"
DELAYS = (0.5, 1, 2, 9.9, 10, 11, 20, 21, 45, 89, 91, 600, 3_599, 7_201, DAY)
PRIVATE: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


def settle(stack: Stack) -> None:
    """Wait until nothing is left to do, in Zendesk either."""
    stack.run(until=None)
    stack.clock.move_by(timedelta(seconds=2 * DAY))
    stack.run(until=None)
    assert [late for late in stack.zendesk.late_writes if late["status"] is None] == []
    assert stack.messages.dead_letters == []


def expect_once(stack: Stack, number: int, legs: int = 1) -> None:
    ticket = stack.ticket(number)
    assert [len(bodies(ticket)), len(voices(ticket))] == [1 + legs, legs]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seconds", DELAYS)
def test_T14_a_late_update_is_on_the_ticket_once(seconds: float, count: int) -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.late_write(seconds, count, matching=UPDATE)
    stack.play_records(call(**GIVEN))
    settle(stack)
    assert 1 <= len(stack.zendesk.late_writes) <= count
    expect_once(stack, 4001)


@pytest.mark.parametrize("seconds", DELAYS)
def test_T14_a_change_and_a_later_leg_that_land_late_are_there_once(seconds: float) -> None:
    stack, record = Stack(), call()
    stack.play_records(record)
    stack.zendesk.faults.late_write(seconds, 1, matching=UPDATE)
    stack.play_records(later(record, 60, Recordings=[recording_of("contact-1"), recording_of("more")]))
    stack.zendesk.faults.late_write(seconds, 2, matching=UPDATE)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    settle(stack)
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [3, 2]


@pytest.mark.parametrize("seconds", [delay for delay in DELAYS if delay < 7_200])
def test_T14_a_late_creation_makes_one_ticket_within_its_keys_two_hours(seconds: float) -> None:
    stack = Stack()
    stack.zendesk.faults.late_write(seconds, 2, matching=NEW_TICKET)
    stack.play_records(call(), call("contact-2", caller=STRANGERS_NUMBER))
    settle(stack)
    assert [len(bodies(ticket)) for ticket in stack.zendesk.tickets()] == [1, 1]


def test_T14_a_creation_that_was_carried_out_while_zendesk_was_down_is_found_by_its_external_id() -> None:
    stack = Stack()
    stack.zendesk.faults.late_write(60, 1, matching=NEW_TICKET)
    stack.deliver_records(call())
    stack.zendesk.faults.outage(lasting=3 * 3_600)
    settle(stack)
    assert len(bodies(stack.ticket())) == 1


@pytest.mark.parametrize("seconds", DELAYS)
def test_C8_a_late_creation_of_a_user_makes_one(seconds: float) -> None:
    stack = Stack()
    before = len(stack.zendesk.users())
    stack.zendesk.faults.late_write(seconds, 2, matching="POST /api/v2/users")
    stack.play_records(call(caller=STRANGERS_NUMBER))
    settle(stack)
    assert len(stack.zendesk.users()) == before + 1
    assert len(bodies(stack.ticket())) == 1


def test_T14_an_update_in_doubt_is_looked_for_once_the_second_of_the_stamp_is_over() -> None:
    """Stamps are to the second: what lands in the same second after the look would stop no one."""
    stack = Stack(tickets=[{**PRIVATE, "updated_at": "2026-11-02T09:00:00Z"}])
    stack.zendesk.faults.late_write(0.5, 1, matching=UPDATE)

    def looked(request: Any, _: Any) -> None:
        if request.path == "/api/v2/tickets/4001/audits":
            stack.clock.move_by(timedelta(seconds=0.6))

    stack.zendesk.faults.after = looked
    # Delivered twice at once: the second attempt is made in the second of the first, and of the stamp.
    stack.deliver_records(call(**GIVEN), call(**GIVEN))
    settle(stack)
    expect_once(stack, 4001)


def test_T14_a_ticket_that_is_changed_meanwhile_is_read_again_in_the_same_invocation(logs: Logs) -> None:
    stack = Stack(tickets=[PRIVATE])
    changes = iter(range(3))

    def changed(request: Any, _: Any) -> None:
        is_look = request.method == "GET" and request.path == "/api/v2/tickets/4001"
        if is_look and (number := next(changes, None)) is not None:
            stack.clock.move_by(timedelta(seconds=1))
            stack.zendesk.act(ANA, "PUT", "/api/v2/tickets/4001", {"ticket": {"subject": f"Now {number}"}})

    stack.zendesk.faults.after = changed
    stack.play_records(call(**GIVEN))
    settle(stack)
    expect_once(stack, 4001)
    assert logs.metrics["MessageRetried"] == 0


def test_T14_an_update_that_arrives_twice_by_itself_is_found_to_be_our_own() -> None:
    """What is between may send it again, and then the answer is that of the second: a conflict."""
    stack = Stack(tickets=[PRIVATE])
    arrived: list[Any] = []

    def before(request: Any) -> None:
        if request.method == "PUT" and request not in arrived:
            arrived.append(request)
            stack.clock.move_by(timedelta(seconds=1))
            stack.zendesk.handle(request)
            stack.clock.move_by(timedelta(seconds=1))

    stack.zendesk.faults.before = before
    stack.play_records(call(**GIVEN))
    settle(stack)
    expect_once(stack, 4001)


def test_T14_a_ticket_that_somebody_changes_all_the_time_is_written_to_when_that_ends() -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.conflict(lasting=60)
    stack.play_records(call(**GIVEN))
    settle(stack)
    expect_once(stack, 4001)
    assert stack.requests_made()[UPDATE] < 40


@pytest.mark.long
@given(
    st.lists(st.sampled_from([None, *DELAYS]), min_size=1, max_size=8),
    st.lists(st.floats(0, 30), max_size=4),
)
@examples(40)
def test_T14_whatever_lands_whenever_each_thing_is_there_once(
    delays: list[float | None], changed: list[float]
) -> None:
    stack = Stack(tickets=[PRIVATE])
    upcoming = iter(delays)

    def next_one(request: Any) -> None:
        if request.method == "PUT" and (seconds := next(upcoming, None)) is not None:
            stack.zendesk.faults.late_write(seconds, 1, matching=UPDATE)

    stack.zendesk.faults.before = next_one
    stack.deliver_records(call(**GIVEN), call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    for number, seconds in enumerate(changed):
        stack.run(until=stack.clock() + timedelta(seconds=seconds))
        stack.zendesk.act(ANA, "PUT", "/api/v2/tickets/4001", {"ticket": {"subject": f"Now {number}"}})
    settle(stack)
    expect_once(stack, 4001, legs=2)


# What has neither condition nor key


@pytest.mark.parametrize("seconds", [0.5, 5, 11, 30, 60, 85])
def test_T14_a_users_fields_that_an_earlier_write_undoes_late_are_put_right(seconds: float) -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1", "contact-2", "contact-3")
    stack.deliver_records(told_by_partner("contact-1", "ENROLLED"))
    stack.run(until=None)
    stack.zendesk.faults.late_write(seconds, 1, matching=WRITE)
    stack.deliver_records(told_by_partner("contact-2", "OPTED_OUT", speaker=None, minute=9))
    stack.deliver_records(told_by_partner("contact-3", "ENROLLED", speaker=None, minute=19))
    stack.run(until=None)
    assert [late["status"] for late in stack.zendesk.late_writes] == [200]
    assert fields_of(stack) == ("speaker-1", "ENROLLED")
    assert stack.messages.dead_letters == []


def test_V3_what_a_person_writes_after_a_doubt_is_over_stays() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1", "contact-2")
    stack.zendesk.faults.lose_answer(after_write=True, matching=WRITE)
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    set_fields(stack, "speaker-1", "OPTED_OUT")
    follow(stack, told_by_partner("contact-2", "ENROLLED", speaker="other", result=FAILED, minute=9))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")
