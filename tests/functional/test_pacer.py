"""Background work keeps below the limits that Zendesk names; people who wait have their share (O7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.function_kinds import PATIENCE, Retries
from connect_zendesk.topology import TICKET_ATTACHMENT, WORKERS
from connect_zendesk.zendesk.errors import Paced
from connect_zendesk.zendesk.pacer import ACCOUNT, LEAST_SHARE, MOST_SHARE, Limit, Pacer
from local.replay.clock import VirtualClock
from local.stand_ins.http.messages import Request, Response
from tests.attachments import asks, joins, stack_with
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ANA, NINE, call
from tests.stack import Stack, bodies
from tests.strategies import examples

UPDATE, SEARCH, TICKET = "PUT /api/v2/tickets/{id}", "GET /api/v2/users/search", "GET /api/v2/tickets/{id}"
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


def account(remaining: int, *, total: int = 700, resets: int = 60, name: str = "ratelimit") -> dict[str, str]:
    """Return the headers of the account's limit."""
    numbers = {"limit": total, "remaining": remaining, "reset": resets}
    return {f"{name}-{what}": str(number) for what, number in numbers.items()}


def updates(remaining: int, *, resets: int = 60, name: str = "zendesk-ratelimit") -> dict[str, str]:
    """Return the header of the limit of ticket updates."""
    return {f"{name}-tickets-update": f"total=100; remaining={remaining}; resets={resets}"}


def paced_by(pacer: Pacer, endpoint: str = UPDATE) -> str | None:
    """Return which limit keeps background work from a request, or None."""
    try:
        with pacer.background():
            pacer.ask(endpoint)
    except Paced as paced:
        return paced.limit
    return None


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NINE - timedelta(seconds=10))


@pytest.fixture
def pacer(clock: VirtualClock) -> Pacer:
    """One whose account used up the window before."""
    made = Pacer(clock)
    made.learn(UPDATE, account(0, resets=10) | updates(0, resets=10))
    clock.move_to(NINE)
    return made


# What is kept


@pytest.mark.parametrize(
    ("headers", "paced"),
    [
        (account(699), None),
        (account(600), ACCOUNT),
        (account(600, resets=45), None),
        (account(600, total=1000, resets=25), None),
        (account(120, resets=2), None),
        (account(60, resets=2), ACCOUNT),
        (account(0, resets=2), ACCOUNT),
        (account(600, name="rate-limit"), ACCOUNT),
        (account(600, name="Rate-Limit"), ACCOUNT),
        (account(700) | updates(99), None),
        (account(700) | updates(80), "tickets-update"),
        (account(700) | updates(40, resets=20), None),
        (account(700) | updates(40, name="Zendesk-Rate-Limit"), "tickets-update"),
    ],
)
def test_O7_background_work_stops_where_the_share_for_the_rest_of_the_window_begins(
    pacer: Pacer, headers: Mapping[str, str], paced: str | None
) -> None:
    pacer.learn(UPDATE, headers)
    assert paced_by(pacer) == paced


def test_O7_people_who_wait_are_never_paced(pacer: Pacer) -> None:
    pacer.learn(UPDATE, account(0) | updates(0))
    pacer.ask(UPDATE)
    assert paced_by(pacer) is not None
    pacer.ask(UPDATE)


def test_O7_the_more_of_a_window_was_used_the_more_is_kept_of_the_next(clock: VirtualClock) -> None:
    """Of the last minute so much was used, as it went: so many of 100 requests may be used at once."""
    at_once = {}
    for used in (10, 70, 100):
        pacer = Pacer(clock)
        pacer.learn(SEARCH, account(100 - used // 2, total=100, resets=30))
        clock.move_by(timedelta(seconds=60))
        left = 100
        while True:
            pacer.learn(SEARCH, account(left, total=100, resets=60))
            if paced_by(pacer):
                break
            left -= 1
        at_once[used] = 100 - left
    assert at_once == {10: 50, 70: 30, 100: 5}


def test_O7_a_window_long_ago_says_nothing_of_this_one(pacer: Pacer, clock: VirtualClock) -> None:
    clock.move_by(timedelta(minutes=3))
    pacer.learn(UPDATE, account(400))
    assert paced_by(pacer) is None


def test_O7_a_limit_binds_the_endpoints_whose_answers_name_it(pacer: Pacer) -> None:
    pacer.learn(UPDATE, updates(0))
    assert paced_by(pacer, SEARCH) is None
    pacer.learn(UPDATE, {"zendesk-ratelimit-other": "total=9; remaining=9; resets=60"})
    assert paced_by(pacer, UPDATE) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Rate-Limit": "700", "X-Rate-Limit-Remaining": "0"},  # when the window ends is not said
        {"ratelimit-limit": "700", "ratelimit-remaining": "0"},
        account(0) | {"ratelimit-reset": "soon"},
        account(0) | {"ratelimit-reset": "9" * 400},
        {"zendesk-ratelimit-tickets-update": "total=100; remaining=0"},
        {"zendesk-ratelimit-tickets-update": "all of it"},
        {"zendesk-ratelimit-inflight-jobs": "total=30; remaining=0"},
        {"zendesk-ratelimit-per-ticket-updates": "total=30; remaining=0; resets=540"},
        {"zendesk-ratelimit-users-update": "total=5; remaining=0; resets=60"},
    ],
)
def test_O7_what_no_header_says_of_the_account_or_an_endpoint_paces_nothing(
    pacer: Pacer, headers: Mapping[str, str]
) -> None:
    pacer.learn(UPDATE, headers)
    assert paced_by(pacer) is None


def test_O7_nothing_is_known_of_the_window_after(pacer: Pacer, clock: VirtualClock) -> None:
    pacer.learn(UPDATE, account(0, resets=20))
    clock.move_by(timedelta(seconds=19))
    assert paced_by(pacer) == ACCOUNT
    clock.move_by(timedelta(seconds=1))
    assert paced_by(pacer) is None


def test_O7_a_long_window_stays_long_in_its_last_minute(pacer: Pacer, clock: VirtualClock) -> None:
    voice = "zendesk-ratelimit-voice"
    pacer.learn(UPDATE, {voice: "total=15000; remaining=14000; resets=290"})
    clock.move_by(timedelta(seconds=240))
    pacer.learn(UPDATE, {voice: "total=15000; remaining=5000; resets=50"})
    assert paced_by(pacer) is None


@examples(200)
@given(
    st.integers(1, 3000),
    st.integers(0, 3000),
    st.sampled_from((60.0, 300.0)),
    st.integers(1, 600),
    st.sampled_from((0.5, 8.0)),
    st.floats(LEAST_SHARE, MOST_SHARE),
)
def test_O7_what_is_paced_has_room_when_it_is_said_to(
    total: int, remaining: int, window: float, tenths: int, spare: float, share: float
) -> None:
    left = tenths / 10
    limit = Limit(total, remaining, window, NINE + timedelta(seconds=left), spare, share)
    wait = limit.wait(NINE)
    assert 0 <= wait <= left
    assert limit.wait(NINE + timedelta(seconds=wait + 0.001)) == 0
    kept = share * total * min(left, window) / window
    assert wait > 0 or remaining > kept


# Messages


@pytest.fixture
def used_up() -> Stack:
    """A stack in an account whose requests others have nearly used up in this minute."""
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    stack.know_agents()
    leave_snapshot(stack, alive())
    stack.services.zendesk.pacer.learn(SEARCH, account(60, total=400, resets=40))
    return stack


def test_O7_a_message_waits_before_anything_is_asked_while_agents_get_their_pops(used_up: Stack) -> None:
    with Logs() as logs:
        used_up.deliver_records(call("contact-2"), call("contact-3"))
        assert used_up.requests_made() == {}
        waits = [message.due - NINE for message in used_up.messages.waiting]
        used_up.send_contact_event(contact_event())
    assert len(used_up.zendesk.pops) == 1
    assert logs.metrics["PacedByAccountLimit"] == logs.metrics["MessageRetried"] == 2
    assert logs.metrics["AcceptanceQueued"] == 0
    assert len(set(waits)) == 2
    assert all(timedelta(seconds=20) < wait < timedelta(seconds=60) for wait in waits)
    used_up.run(until=None)
    assert len(used_up.zendesk.tickets()) == 4
    assert used_up.messages.dead_letters == []


def test_O7_an_agents_attachment_is_not_paced() -> None:
    assert [worker for worker in WORKERS if worker.people_wait] == [TICKET_ATTACHMENT]
    stack = stack_with()
    joins(stack)
    stack.services.zendesk.pacer.learn(SEARCH, account(0, total=400))
    asks(stack, ticket=4001)
    assert stack.requests_made() == {TICKET: 1, "GET /api/v2/users/{id}": 1}


def test_O7_without_room_for_an_update_the_ticket_is_made_and_only_the_update_waits() -> None:
    stack = Stack()
    stack.know_agents()
    stack.services.zendesk.pacer.learn(UPDATE, updates(5, resets=40))
    with Logs() as logs:
        stack.deliver_records(call())
    assert stack.requests_made() == {SEARCH: 1, "POST /api/v2/tickets": 1}
    assert logs.metrics["PacedByTicketUpdates"] == 1
    stack.run(until=None)
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}
    assert len(bodies(stack.ticket())) == 1


def test_O7_what_is_written_already_needs_no_room() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    stack.deliver_records(call(**GIVEN))
    told = bodies(stack.ticket(4001))
    stack.services.zendesk.pacer.learn(UPDATE, updates(0, resets=40))
    with Logs() as logs:
        stack.play_records(call(**GIVEN))
    assert not any(name.startswith("Paced") for name in logs.metrics)
    assert bodies(stack.ticket(4001)) == told


def test_O7_another_limit_is_named_in_the_log() -> None:
    stack = Stack()
    header = {"zendesk-ratelimit-ticket-request-create": "total=300; remaining=0; resets=30"}
    stack.services.zendesk.pacer.learn("POST /api/v2/tickets", header)
    with Logs() as logs:
        stack.deliver_records(call())
    assert logs.metrics["PacedByOtherLimit"] == 1
    assert "paced by Zendesk's limit ticket-request-create" in "".join(logs.text)
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1


def test_O7_a_429_of_old_names_of_headers_is_not_taken_for_one_tickets_own() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    empty = {"Retry-After": "41", **updates(0, resets=41, name="zendesk-rate-limit")}
    limit = Response(429, empty, b"")

    def before(asked: Request) -> Response | None:
        return limit if asked.method == "PUT" else None

    stack.zendesk.faults.before = before
    stack.deliver_records(call("limited", **GIVEN))
    stack.requests_made()
    stack.deliver_records(call("another"))
    assert stack.requests_made() == {}


# Waits


def test_O7_what_is_paced_is_spread_by_how_long_the_work_takes_that_waits(
    pacer: Pacer, clock: VirtualClock
) -> None:
    """Of a hundred messages paced in a second, and ten done a minute: not all are retried in the next one."""

    def spread() -> float:
        with pytest.raises(Paced) as caught, pacer.background():
            pass
        return caught.value.spread

    for _ in range(10):
        with pacer.background():
            pass
    pacer.learn(SEARCH, account(0, resets=10))
    spreads = [spread() for _ in range(100)]
    assert spreads == sorted(spreads)
    assert spreads[0] == 5
    assert 120 < spreads[-1] < 900
    clock.move_by(timedelta(minutes=3))
    pacer.learn(SEARCH, account(0, resets=10))
    assert spread() == 5


@pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.queue.name)
def test_O7_receives_outlast_the_patience_of_a_message_that_is_paced_each_time(worker: Any) -> None:
    retries, waited, attempts = worker.queue.retries, timedelta(), 0
    while waited < PATIENCE:
        attempts += 1
        waited += timedelta(seconds=max(1, retries.paced_wait(attempts, 60)))
    assert attempts <= retries.paced_within(PATIENCE) < worker.queue.receives


def test_O7_a_paced_message_waits_for_room_and_late_as_in_an_outage() -> None:
    retries = Retries()
    assert [retries.paced_wait(3, seconds) for seconds in (0.2, 12.1, 5000)] == [1, 13, 900]
    assert retries.paced_wait(500, 12) == retries.wait(500)


def test_O7_places_of_messages_are_spread_evenly(used_up: Stack) -> None:
    used_up.deliver_records(*(call(f"many-{number}") for number in range(60)))
    waits = [(message.due - NINE).total_seconds() for message in used_up.messages.waiting]
    assert max(Counter(int(wait) // 60 for wait in waits).values()) < 30
