"""Calls through the Calls API, which has neither key nor condition, where answers are lost or late (T14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.ledger.items import Beside
from connect_zendesk.rules import wording
from connect_zendesk.zendesk import calls
from connect_zendesk.zendesk.client import Zendesk
from local.stand_ins.zendesk import Request
from tests.functional.test_calls import CHANGE, GIVEN, MAKE, PRIVATE, RECORDING, expect_calls, stack_with_app
from tests.logs import Logs
from tests.records import BOBS_NAME, call, later, recording_of
from tests.stack import Stack, bodies, voices
from tests.strategies import examples

DAY = 86_400
#: A lease, after which what was in doubt is made again, and the hour after that in which it is looked for.
LEASE, HOUR = 90, 3_600
WITHIN_THE_LEASE = (0.5, 1, 9.9, 10, 20, 45, 89)
LATER = (100, 600, 1_800, 3_500)
COMMENTS = "GET /api/v2/tickets/{id}/comments"


def settle(stack: Stack) -> None:
    """Wait until nothing is left to do, in Zendesk either."""
    stack.run(until=None)
    stack.clock.move_by(timedelta(seconds=2 * DAY))
    stack.run(until=None)
    assert [late for late in stack.zendesk.late_writes if late["status"] is None] == []
    assert stack.messages.dead_letters == []


def notes_of_doubles(stack: Stack) -> list[str]:
    return [body for body in bodies(stack.ticket()) if body.startswith("This call is on the ticket")]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("after_write", [True, False])
def test_T14_a_call_whose_answer_is_lost_is_on_the_ticket_once(after_write: bool, count: int) -> None:
    stack = stack_with_app()
    stack.zendesk.faults.lose_answer(after_write=after_write, count=count, matching=MAKE)
    stack.play_records(call())
    settle(stack)
    expect_calls(stack, "contact-1")
    assert notes_of_doubles(stack) == []
    assert stack.requests_made()[MAKE] == (1 if after_write else 1 + count)


def test_T14_a_call_whose_answer_is_lost_is_looked_for_before_it_is_made_again() -> None:
    stack = stack_with_app()
    stack.zendesk.faults.lose_answer(after_write=True, matching=MAKE)
    stack.play_records(call())
    requests = stack.requests_made()
    assert (requests[MAKE], requests[COMMENTS]) == (1, 1)


@pytest.mark.parametrize(
    "switch",
    [
        lambda faults: faults.outage(3, matching=MAKE),
        lambda faults: faults.outage(lasting=1_800),
        lambda faults: faults.rate_limit(60, retry_after="soon"),
        lambda faults: faults.http_error(403, count=4, matching=MAKE),
        lambda faults: faults.http_error(404, body="empty", count=2, matching=MAKE),
        lambda faults: faults.http_error(502, count=2, matching=MAKE),
        lambda faults: faults.http_error(504, after_write=True, count=2, matching=MAKE),
        lambda faults: faults.conflict(3),
        lambda faults: faults.slow(30, 4),
        lambda faults: faults.revoke_tokens(),
    ],
)
def test_T14_a_call_ends_as_without_the_fault(switch: Callable[[Any], None], logs: Logs) -> None:
    stack = stack_with_app()
    stack.know_agents()
    switch(stack.zendesk.faults)
    stack.deliver_records(call())
    stack.run(until=stack.clock() + timedelta(hours=1))
    stack.zendesk.faults.clear()
    settle(stack)
    expect_calls(stack, "contact-1")
    assert (logs.metrics["CallTwice"], logs.metrics["CallRefused"]) == (0, 0)


@pytest.mark.parametrize("seconds", WITHIN_THE_LEASE)
def test_T14_a_call_that_is_carried_out_within_a_lease_is_on_the_ticket_once(seconds: float) -> None:
    stack = stack_with_app()
    stack.zendesk.faults.late_write(seconds, 1, matching=MAKE)
    stack.play_records(call())
    settle(stack)
    expect_calls(stack, "contact-1")
    assert stack.requests_made()[MAKE] == 1


@pytest.mark.parametrize("seconds", LATER)
def test_T14_a_call_that_is_carried_out_later_comes_twice_and_is_counted_and_named_once(
    seconds: float, logs: Logs
) -> None:
    stack = stack_with_app()
    stack.zendesk.faults.late_write(seconds, 1, matching=MAKE)
    stack.play_records(call())
    settle(stack)
    expect_calls(stack, "contact-1", "contact-1")
    assert notes_of_doubles(stack) == [wording.CALL_TWICE.format(times=2, contact="contact-1")]
    assert logs.metrics["CallTwice"] == 1


@pytest.mark.parametrize("seconds", [600, DAY])
def test_T14_what_came_twice_is_brought_up_to_date_twice(seconds: float, logs: Logs) -> None:
    stack, record = stack_with_app(), call(recorded=False)
    stack.zendesk.faults.late_write(seconds, 1, matching=MAKE)
    stack.play_records(record)
    settle(stack)
    stack.play_records(later(record, 3 * DAY / 60, Recordings=[recording_of("contact-1")]))
    said = expect_calls(stack, "contact-1", "contact-1")
    assert [data["recording_url"] for data in said] == [RECORDING, RECORDING]
    assert len(notes_of_doubles(stack)) == 1
    assert logs.metrics["CallTwice"] == 1


def test_T14_a_change_of_a_container_that_stood_still_is_put_right() -> None:
    stack, record = stack_with_app(), call(recorded=False)
    stack.play_records(record)
    waited = {**record["Queue"], "Name": "Orders"}
    newest = later(record, 2, Queue={**waited, "Name": "Sales"}, Recordings=[recording_of("contact-1")])
    update = calls.update
    stood: list[int] = []

    def stands_still(zendesk: Zendesk, call_id: int, change: Mapping[str, Any]) -> None:
        if not stood:
            stood.append(call_id)
            stack.clock.move_by(timedelta(seconds=LEASE + 10))
            stack.deliver_records(newest)
        update(zendesk, call_id, change)

    with mock.patch.object(calls, "update", stands_still):
        stack.deliver_records(later(record, 1, Queue=waited))
        settle(stack)
    (said,) = expect_calls(stack, "contact-1")
    assert (said["queue_name"], said["recording_url"]) == ("Sales", RECORDING)
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("hours_later", [0, 3])
@pytest.mark.parametrize("seconds", [1, 45, 100, 600, 3_000])
def test_T14_an_older_change_that_is_carried_out_late_is_put_right(seconds: float, hours_later: int) -> None:
    stack, record = stack_with_app(), call(recorded=False)
    stack.play_records(record)
    stack.clock.move_by(timedelta(hours=hours_later))
    stack.zendesk.faults.late_write(seconds, 1, matching=CHANGE)
    waited = {**record["Queue"], "Name": "Orders"}
    stack.deliver_records(later(record, 1, Queue=waited))
    stack.clock.move_by(timedelta(seconds=5))
    newest = later(record, 2, Queue={**waited, "Name": "Sales"}, Recordings=[recording_of("contact-1")])
    stack.deliver_records(newest)
    settle(stack)
    (said,) = expect_calls(stack, "contact-1")
    assert (said["queue_name"], said["recording_url"]) == ("Sales", RECORDING)


@pytest.mark.parametrize(("changed", "number"), [(False, 0), (False, 1), (True, 0)])
def test_T14_a_function_that_dies_after_what_it_did_does_it_once(changed: bool, number: int) -> None:
    """At each of the next writes to the ledger."""
    stack, record = stack_with_app(), call(recorded=False)
    if changed:
        stack.play_records(record)
    put, left = stack.items.put, list(range(number + 1))

    def dies(
        partition: str, sort: str, item: Any, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        if left and stack.zendesk.requests[CHANGE if changed else MAKE]:
            left.pop()
            if not left:
                raise ConnectionError
        return put(partition, sort, item, replacing=replacing, beside=beside)

    stack.items.put = dies  # type: ignore[method-assign]
    stack.play_records(later(record, 10, Recordings=[recording_of("contact-1")]) if changed else record)
    settle(stack)
    assert not left
    (said,) = expect_calls(stack, "contact-1")
    assert said["recording_url"] == (RECORDING if changed else "")


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("data", ["recorded", "asked"])
def test_T14_a_lost_call_is_found_whatever_its_comment_shows(unique: bool, data: str) -> None:
    stack = stack_with_app({"calls_external_id_unique": unique, "call_comment_data": data})
    stack.zendesk.faults.lose_answer(after_write=True, count=2, matching=MAKE)
    record = call(recorded=False)
    stack.play_records(record, later(record, 30, Recordings=[recording_of("contact-1")]))
    settle(stack)
    (said,) = expect_calls(stack, "contact-1")
    # Where the comment does not say the call's id, the call cannot be changed; the note says what has.
    assert said["recording_url"] == (RECORDING if data == "recorded" else "")
    assert "has changed (recording)" in bodies(stack.ticket())[1]


def test_T14_where_external_ids_are_unique_a_late_call_makes_the_second_one_be_found() -> None:
    stack = stack_with_app({"calls_external_id_unique": True})
    on_its_way: list[Any] = []

    def before(request: Request) -> None:
        if (request.method, request.path) == ("POST", "/api/v2/calls"):
            on_its_way.append(request)
            if len(on_its_way) == 2:  # the first is carried out between the look and the second
                stack.zendesk.handle(on_its_way[0])

    stack.zendesk.faults.lose_answer(after_write=False, matching=MAKE)
    stack.zendesk.faults.before = before
    stack.play_records(call())
    settle(stack)
    expect_calls(stack, "contact-1")


def test_T14_a_call_is_looked_for_on_the_ticket_that_its_contact_has_left() -> None:
    """Its ticket is merged between the attempt and the look: what got through there is not made again."""
    stack = stack_with_app(tickets=[PRIVATE, {**PRIVATE, "id": 4002}])
    stack.zendesk.faults.lose_answer(after_write=True, matching=MAKE)
    stack.deliver_records(call(**GIVEN))
    stack.zendesk.act(903, "POST", "/api/v2/tickets/4002/merge", {"ids": [4001]})
    settle(stack)
    shown = [voices(stack.ticket(number)) for number in (4001, 4002)]
    assert [len(calls) for calls in shown] == [1, 0]


def test_T14_a_check_of_a_call_on_a_ticket_that_was_deleted_ends_quietly() -> None:
    stack = stack_with_app()
    stack.zendesk.faults.late_write(600, 1, matching=MAKE)
    stack.deliver_records(call())
    stack.run(until=stack.clock() + timedelta(seconds=300))
    stack.zendesk.act(901, "DELETE", "/api/v2/tickets/1")
    settle(stack)
    assert stack.zendesk.tickets() == []


def test_a_check_that_names_no_ticket_is_dead_lettered() -> None:
    stack = stack_with_app()
    stack.messages.send_delayed("Call Check Due", {"contact": "contact-1"}, 0)
    stack.run(until=None)
    assert stack.letter()["reason"] == "Permanent: a check of a call without a ticket or a time"


def test_a_check_of_a_call_whose_record_is_forgotten_does_nothing() -> None:
    stack = stack_with_app()
    detail = {
        "contact": "contact-1", "leg": "contact-1", "ticket": 1, "external_id": "contact-1", "left": 4,
        "since": "2026-11-02T09:05:00+00:00",
    }  # fmt: skip
    stack.messages.send_delayed("Call Check Due", detail, 0)
    settle(stack)
    assert stack.requests_made() == {}


@pytest.mark.long
@given(st.lists(st.sampled_from([None, "lost", *WITHIN_THE_LEASE, *LATER, DAY]), min_size=1, max_size=8))
@examples(60)
def test_T14_whatever_lands_whenever_all_calls_of_a_leg_say_the_same(delays: list[Any]) -> None:
    stack, upcoming = stack_with_app(tickets=[PRIVATE]), iter(delays)

    def next_one(request: Request) -> None:
        if not request.path.startswith("/api/v2/calls") or request.method == "GET":
            return
        if (what := next(upcoming, None)) == "lost":
            stack.zendesk.faults.lose_answer(after_write=True, matching=MAKE)
        elif what is not None:
            stack.zendesk.faults.late_write(what, 1)

    stack.zendesk.faults.before = next_one
    record = call(**GIVEN, recorded=False)
    stack.deliver_records(record, call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    settle(stack)
    stack.play_records(later(record, 4 * DAY / 60, Recordings=[recording_of("contact-1")]))
    settle(stack)
    by_leg: dict[str, list[str]] = {"contact-1": [], "leg-2": []}
    for said in voices(stack.ticket()):
        by_leg[said["external_id"]].append(said["recording_url"])
    assert set(by_leg["contact-1"]) == {RECORDING}
    assert by_leg["leg-2"]
