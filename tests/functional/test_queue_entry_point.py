"""The worker behind the contact queue: what is retried, when, and what is dead-lettered (Failure)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.entrypoints import container
from connect_zendesk.function_kinds import PATIENCE
from connect_zendesk.ledger.schema import PAUSE
from connect_zendesk.messaging import dead_letter_data
from functions.ticket_creation import from_contact_record
from local.replay.lambda_events import LambdaContext
from local.replay.local_messages import Message
from local.stand_ins.http.messages import Request
from local.stand_ins.zendesk import Response
from tests.logs import Logs
from tests.records import ANA, NINE, call
from tests.stack import Stack, bodies

GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}
SEARCH, NEW_TICKET = "GET /api/v2/users/search", "POST /api/v2/tickets"
FORBIDDEN = Response(403, {}, b'{"error": {"title": "Forbidden", "message": "..."}}')


def message(record: Mapping[str, Any], detail_type: str = CONTACT_RECORD) -> str:
    """Return a message of the contact queue."""
    return json.dumps({"source": "connect-zendesk", "detail-type": detail_type, "detail": record})


def batch(*bodies: str, attempts: int = 1, sent: datetime = NINE) -> dict[str, Any]:
    """Return messages as SQS hands them to the function."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "eventSource": "aws:sqs",
                "attributes": {
                    "ApproximateReceiveCount": str(attempts),
                    "SentTimestamp": str(int(sent.timestamp() * 1000)),
                },
            }
            for number, body in enumerate(bodies)
        ]
    }


def worked(stack: Stack, event: dict[str, Any]) -> list[str]:
    """Have the worker work through a batch; returns which messages failed, by their place in it."""
    with mock.patch.object(container, "services", return_value=stack.services):
        answer = from_contact_record.handler(event, LambdaContext())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def waits(stack: Stack) -> timedelta:
    """Return how long the only message waits."""
    (waiting,) = stack.messages.waiting
    return waiting.due - stack.clock()


# Later


@pytest.mark.parametrize(("asked", "waited"), [(30, 30), (1, 2), (1800, 1800), (100_000, 3600)])
def test_a_message_comes_back_when_zendesk_asks_for_it(asked: int, waited: int) -> None:
    stack = Stack()
    stack.zendesk.faults.outage(count=1, retry_after=asked)
    stack.deliver_records(call())
    assert waits(stack) == timedelta(seconds=waited)
    stack.run(until=None)
    assert len(bodies(stack.ticket())) == 1


def test_a_message_waits_longer_each_time_up_to_an_hour() -> None:
    stack = Stack()
    stack.zendesk.faults.outage()
    seconds = {}
    for attempts in (1, 2, 5, 9, 10, 499, 500, 1000):
        worked(stack, batch(message(call()), attempts=attempts))
        seconds[attempts] = stack.messages.retries.pop("receipt-0")
    assert seconds == {1: 10, 2: 10, 5: 32, 9: 512, 10: 900, 499: 900, 500: 3600, 1000: 3600}


def test_O6_a_record_that_release_0_1_has_passed_on_as_text_is_settled() -> None:
    stack = Stack()
    envelope = {
        "source": "connect-zendesk",
        "detail-type": CONTACT_RECORD,
        "detail": json.dumps(call(**GIVEN)),
    }
    assert worked(stack, batch(json.dumps(envelope))) == []
    assert len(bodies(stack.ticket())) == 1


def test_an_outage_of_days_is_waited_for_and_leaves_no_trace() -> None:
    stack = Stack()
    stack.zendesk.faults.outage(lasting=13 * 24 * 3600)
    stack.play_records(call())
    assert len(bodies(stack.ticket())) == 1
    assert stack.messages.dead_letters == []


@pytest.mark.long
def test_an_outage_longer_than_a_queue_keeps_a_message_is_given_up_with_its_reason() -> None:
    stack = Stack()
    stack.zendesk.faults.outage()
    stack.play_records(call())
    assert stack.zendesk.tickets() == []
    letter = stack.letter()
    assert letter["source"] == "ticket_creation"
    assert letter["reason"] == "tried for 13 days, at last: Zendesk answered 503"
    assert json.loads(dead_letter_data(letter))["detail"]["ContactId"] == "contact-1"
    assert timedelta(days=13, hours=12) < stack.clock() - NINE < timedelta(days=14)


@pytest.mark.long
def test_no_message_is_received_more_often_than_its_queue_allows() -> None:
    stack, received = Stack(), []
    deliver = stack.deliver

    def counted(message: Message) -> None:
        received.append(message)
        deliver(message)

    stack.deliver = counted  # type: ignore[method-assign]
    stack.zendesk.faults.outage()
    stack.play_records(call())
    assert len(received) < 1000


# The shared pause


def test_a_429_pauses_all_background_work_for_as_long_as_zendesk_asks() -> None:
    stack = Stack()
    stack.zendesk.faults.rate_limit(40, matching=SEARCH)
    stack.deliver_records(call("one"))
    asked = stack.requests_made()
    stack.deliver_records(call("two"), call("three"))
    assert asked == {SEARCH: 1}
    assert stack.requests_made() == {}
    assert {waiting.due - NINE for waiting in stack.messages.waiting} == {timedelta(seconds=40)}
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 3


@pytest.mark.parametrize(
    ("endpoint", "headers"),
    [
        ("PUT /api/v2/tickets/4001", {}),
        ("PUT /api/v2/tickets/4001", {"X-Rate-Limit-Remaining": "77", "ratelimit-remaining": "77"}),
        ("PUT /api/v2/tickets/4001", {"zendesk-ratelimit-per-ticket-updates": "total=30; remaining=0"}),
        (
            "PUT /api/v2/tickets/4001",
            {"zendesk-ratelimit-tickets-update": "total=100; remaining=7; resets=2"},
        ),
    ],
)
def test_a_tickets_own_limit_delays_its_message_and_nobody_else(
    endpoint: str, headers: dict[str, str]
) -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    limit = Response(
        429, {"Retry-After": "540", "Content-Type": "text/html", **headers}, b"<p>Rate limit</p>"
    )
    stack.zendesk.faults.before = lambda asked: limit if f"{asked.method} {asked.path}" == endpoint else None
    stack.deliver_records(call("limited", **GIVEN))
    assert waits(stack) == timedelta(seconds=540)
    stack.deliver_records(call("another"))
    assert len(stack.zendesk.tickets()) == 2
    assert len(stack.messages.waiting) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Rate-Limit-Remaining": "0"},
        {"ratelimit-remaining": "0"},
        {"zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=41"},
    ],
)
def test_a_limit_of_account_or_endpoint_pauses_all_also_where_a_ticket_met_it(
    headers: dict[str, str],
) -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    limit = Response(429, {"Retry-After": "41", **headers}, b"")
    stack.zendesk.faults.before = lambda asked: limit if asked.method == "PUT" else None
    stack.deliver_records(call("limited", **GIVEN))
    stack.requests_made()
    stack.deliver_records(call("another"))
    assert stack.requests_made() == {}
    stack.zendesk.faults.before = None
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 2


def test_a_ticket_at_its_own_limit_gets_everything_in_the_end_and_stops_no_other() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    for number in range(20):
        stack.deliver_records(call(f"busy-{number:02}", **GIVEN))
    stack.deliver_records(call("another"))
    assert len(stack.zendesk.tickets()) == 2
    assert stack.messages.waiting
    stack.run(until=None)
    assert stack.messages.dead_letters == []
    for number in range(20):
        assert sum(f"busy-{number:02}" in body for body in bodies(stack.ticket(4001))) == 1


@pytest.mark.parametrize("seconds", [86_400, 2_592_000])
def test_no_answer_pauses_background_work_for_longer_than_an_hour(seconds: int) -> None:
    stack = Stack()
    limit = [Response(429, {"Retry-After": str(seconds)}, b"")]
    stack.zendesk.faults.before = lambda _: limit.pop() if limit else None
    stack.deliver_records(call("one"), call("two"))
    stack.run(until=NINE + timedelta(hours=2))
    assert len(stack.zendesk.tickets()) == 2


def test_a_pause_of_the_release_before_that_had_no_bound_stops_nothing() -> None:
    stack = Stack()
    stack.services.ledger.remember(PAUSE.key(), True, timedelta(days=30))
    stack.deliver_records(call())
    assert len(stack.zendesk.tickets()) == 1


def test_an_outage_pauses_nobody_else() -> None:
    stack = Stack()
    stack.zendesk.faults.outage(count=1, retry_after=600, matching=SEARCH)
    stack.deliver_records(call("one"), call("two"))
    assert len(stack.zendesk.tickets()) == 1


# Given up


def test_what_zendesk_never_accepts_is_a_dead_letter_and_stops_nothing() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    stack.zendesk.faults.before = lambda request: FORBIDDEN if request.method == "PUT" else None
    event = batch(message(call("bad", **GIVEN)), message(call("good", attributes={"voice_comment": "no"})))
    with Logs() as logs:
        assert worked(stack, event) == []
    assert len(stack.zendesk.tickets()) == 2
    letter = stack.letter()
    assert letter["reason"] == "NotAllowed: Zendesk answered 403 Forbidden"
    assert dead_letter_data(letter).decode() == event["Records"][0]["body"]
    assert [line["reason"] for line in logs.lines if line["message"] == "dead-lettered"] == [letter["reason"]]
    assert logs.metrics["DeadLetter"] == 1


def written(stack: Stack) -> list[int]:
    """Return how many comments each ticket has."""
    return [len(ticket["comments"]) for ticket in stack.zendesk.tickets()]


#: Of two calls: the details and the voice comment of each.
UNDISTURBED = [2, 2]
PAGE = b"<html><title>Attention Required</title></html>"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 422, 423, 425, 451])
@pytest.mark.parametrize("body", [PAGE, b"", b'{"message": "Forbidden"}'])
@pytest.mark.parametrize("matching", [SEARCH, NEW_TICKET, "PUT", "POST /oauth/tokens"])
def test_what_is_answered_before_the_api_loses_no_contact(status: int, body: bytes, matching: str) -> None:
    stack = Stack()
    refusals = [Response(status, {"Content-Type": "text/html"}, body)] * 3

    def before(asked: Request) -> Response | None:
        here = f"{asked.method} {asked.path}".startswith(matching)
        return refusals.pop() if here and refusals else None

    stack.zendesk.faults.before = before
    stack.play_records(call("one"), call("two"))
    assert refusals == []
    assert stack.messages.dead_letters == []
    assert written(stack) == UNDISTURBED


@pytest.mark.long
def test_what_is_answered_before_the_api_for_weeks_is_dead_lettered() -> None:
    stack = Stack()
    stack.zendesk.faults.before = lambda _: Response(403, {"Content-Type": "text/html"}, PAGE)
    stack.play_records(call())
    assert stack.letter()["reason"].startswith("tried for 13 days, at last: Zendesk answered 403")
    assert timedelta(days=13, hours=12) < stack.clock() - NINE < timedelta(days=14)


@pytest.mark.parametrize("status", [404, 422])
def test_a_token_endpoint_that_says_no_is_no_fault_of_any_contact(status: int) -> None:
    stack = Stack()
    no = Response(status, {}, b'{"error": "invalid_request", "error_description": "..."}')
    stack.zendesk.faults.before = lambda asked: no if "oauth" in asked.path else None
    stack.deliver_records(call())
    assert waits(stack) == timedelta(seconds=300)
    stack.zendesk.faults.before = None
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": None},
        {"access_token": 7},
        {"access_token": ""},
    ],
)
def test_an_answer_without_a_token_is_waited_out(answer: dict[str, Any]) -> None:
    stack = Stack()
    odd = [Response(200, {}, json.dumps(answer).encode())]
    stack.zendesk.faults.before = lambda _: odd.pop() if odd else None
    with Logs() as logs:
        stack.play_records(call())
    assert "UnexpectedError" not in logs.metrics
    assert len(stack.zendesk.tickets()) == 1


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', "{}", '{"detail-type": "x"}', '{"detail-type": "x", "detail": 2}'],
)
def test_what_is_no_message_of_ours_is_a_dead_letter(body: str) -> None:
    stack = Stack()
    assert worked(stack, batch(body, message(call()))) == []
    assert stack.letter()["reason"] == "not a message that this project sends"
    assert dead_letter_data(stack.letter()).decode() == body
    assert len(stack.zendesk.tickets()) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (message(call(), "Ticket Linked"), "Permanent: no message for this queue"),
        (message({}), "NotAContactRecord: no ContactId, or one that cannot be an id"),
        (
            message({"ContactId": "contact-1"}),
            "NotAContactRecord: no time at which the contact began or ended",
        ),
    ],
)
def test_a_message_that_holds_no_contact_record_is_a_dead_letter(body: str, reason: str) -> None:
    stack = Stack()
    assert worked(stack, batch(body)) == []
    assert stack.letter()["reason"] == reason


# Faults of ours, and of AWS


def test_an_unexpected_error_comes_back_and_does_not_tell_its_words() -> None:
    stack = Stack()
    with Logs() as logs, mock.patch.object(from_contact_record, "settle", side_effect=KeyError("Ana Silva")):
        assert worked(stack, batch(message(call()), message(call("two")))) == ["0", "1"]
    assert stack.messages.retries == {"receipt-0": 2, "receipt-1": 2}
    assert stack.messages.dead_letters == []
    assert logs.metrics["UnexpectedError"] == 2
    errors = [line for line in logs.lines if line["level"] == "ERROR"]
    assert [line["error"] for line in errors] == ["KeyError", "KeyError"]
    assert "Ana Silva" not in "".join(logs.text)


def test_an_unexpected_error_is_given_up_in_the_end() -> None:
    stack = Stack()
    stack.clock.move_by(PATIENCE + timedelta(seconds=1))
    with mock.patch.object(from_contact_record, "settle", side_effect=KeyError("Ana Silva")):
        assert worked(stack, batch(message(call()))) == []
    assert stack.letter()["reason"] == "tried for 13 days, at last: unexpected KeyError"


@pytest.mark.parametrize("failing", ["retry_in", "dead_letter"])
def test_a_message_that_can_be_neither_delayed_nor_given_up_comes_back_by_itself(failing: str) -> None:
    stack = Stack()
    stack.zendesk.faults.outage()
    with mock.patch.object(stack.messages, failing, side_effect=ConnectionError):
        assert worked(stack, batch("no message", message(call()))) == (
            ["1"] if failing == "retry_in" else ["0", "1"]
        )


def test_a_batch_that_runs_out_of_time_leaves_the_rest_for_later() -> None:
    stack = Stack()

    class Late(LambdaContext):
        def get_remaining_time_in_millis(self) -> int:
            return 1500

    with mock.patch.object(container, "services", return_value=stack.services):
        answer = from_contact_record.handler(batch(message(call())), Late())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert stack.zendesk.requests == {}
    stack.play_records(call())
    assert len(bodies(stack.ticket())) == 1


def test_credentials_that_do_not_work_are_waited_for_until_somebody_mends_them() -> None:
    stack = Stack()
    stack.zendesk.faults.before = lambda _: Response(401, {}, b'{"error": "invalid_client"}')
    stack.deliver_records(call())
    assert waits(stack) == timedelta(seconds=300)
    stack.zendesk.faults.before = None
    stack.run(until=None)
    assert len(stack.zendesk.tickets()) == 1
    assert NEW_TICKET in stack.zendesk.requests
