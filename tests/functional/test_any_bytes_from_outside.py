"""Whatever bytes come from outside: one reason, one place, bounded memory, and what is behind goes on."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.zendesk.webhook import LARGEST_BODY
from functions.screen_pop import from_agent_event
from local.replay.events import StreamRecord
from local.replay.lambda_events import LambdaContext, kinesis_event
from tests.flows import flow_event
from tests.functional.test_zendesk_webhook import KEYS, Site
from tests.logs import Logs
from tests.records import call, data_of
from tests.stack import Stack
from tests.strategies import examples
from tests.webhooks import request

#: Bytes that a function may hold for each that came: Python's objects, and a copy for the dead letter.
FOR_EACH_BYTE, ANYWAY = 60, 3_000_000

HOSTILE: dict[str, bytes] = {
    "deep lists": b'{"a": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep and cut": b"[" * 60_000,
    "many keys": b"{" + b",".join(b'"k%d":1' % number for number in range(15_000)) + b"}",
    "many siblings": b"[" + b",".join([b"{}"] * 30_000) + b"]",
    "one long text": b'{"a": "' + b"x" * 200_000 + b'"}',
    "one long number": b'{"a": ' + b"9" * 200_000 + b"}",
    "a number beyond all": b'{"a": 1e999}',
    "one key twice": b'{"ContactId": "one", "ContactId": "two"}',
    "byte order": b"\xef\xbb\xbf{}",
    "two byte orders": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "no UTF-8": b'{"a": "Zo\xeb"}',
    "cut": b'{"a": "b',
    "nothing": b"",
    "NUL": b"\x00" * 1_000,
}
TOKENS = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\u", b'"ContactId"', b'"detail"', b"1e999", b"NaN", b"\x00",
     b"\xff",
     b"\xef\xbb\xbf", b"[" * 2_000, b'{"a":' * 2_000, b"9" * 5_000, b'"' + b"x" * 5_000 + b'"']
)  # fmt: skip
BYTES = st.lists(TOKENS, max_size=12).map(b"".join) | st.binary(max_size=200)


def bounded(data: bytes, take: Callable[[bytes], Any]) -> Any:
    """Return what ``take`` makes of some bytes; fails where it holds more than so much for each."""
    tracemalloc.start()
    try:
        return take(data)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < ANYWAY + FOR_EACH_BYTE * len(data), (peak, len(data))


def record_refused(stack: Stack, data: bytes) -> None:
    before = len(stack.messages.dead_letters)
    with Logs() as logs, stack._in_place():
        from functions.contact_records.handler import handler

        answer = bounded(data, lambda given_: handler(kinesis_event(given_), LambdaContext()))
    assert answer == {"batchItemFailures": []}
    letters = stack.messages.dead_letters[before:]
    assert [letter["source"] for letter in letters] == ["contact_records"]
    assert letters[0]["reason"]
    assert logs.metrics["DeadLetter"] == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_record_is_one_dead_letter_with_its_reason(kind: str) -> None:
    stack = Stack()
    record_refused(stack, HOSTILE[kind])
    stack.deliver_records(call())
    assert len(stack.zendesk.tickets()) == 1


@given(BYTES)
@examples(60)
def test_any_record_is_one_dead_letter_with_its_reason(data: bytes) -> None:
    record_refused(Stack(), data)


@pytest.mark.parametrize("place", ["Attributes", "Agent", "Recordings", "Unknown"])
def test_a_record_with_something_deep_in_it_is_a_ticket_or_one_dead_letter(place: str) -> None:
    stack = Stack()
    for deep in (b"[" * 300 + b"]" * 300, b"[" * 5_000 + b"]" * 5_000):
        data = data_of({**call(), place: "DEEP"}).replace(b'"DEEP"', deep)
        bounded(data, lambda given_: stack.take(StreamRecord(given_)))
        stack.run(until=stack.clock())
    assert len(stack.zendesk.tickets()) + len(stack.messages.dead_letters) >= 1
    assert not [one for one in stack.messages.dead_letters if "unexpected" in one["reason"]]


def agent_event_refused(data: bytes) -> None:
    stack = Stack()
    with Logs() as logs, stack._in_place():
        bounded(data, lambda given_: from_agent_event.handler(kinesis_event(given_), LambdaContext()))
    assert logs.metrics["AgentEventInvalid"] == 1
    assert "PopFailed" not in logs.metrics


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_agent_event_is_dropped_and_counted(kind: str) -> None:
    agent_event_refused(HOSTILE[kind])


@given(BYTES)
@examples(40)
def test_any_agent_event_is_dropped_and_counted(data: bytes) -> None:
    agent_event_refused(data)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_webhook_that_is_signed_is_refused_or_one_dead_letter(kind: str) -> None:
    webhook_refused(HOSTILE[kind])


@given(BYTES)
@examples(40)
def test_any_webhook_that_is_signed_is_refused_or_one_dead_letter(data: bytes) -> None:
    webhook_refused(data)


def webhook_refused(data: bytes) -> None:
    site = Site(KEYS)
    event = request(data)
    status = bounded(data, lambda _: site.status(event))
    assert site.told == []
    if len(data) > LARGEST_BODY:
        assert status == 413
    else:
        assert status in (200, 400)
        assert len(site.messages.dead_letters) == (status == 200)


@given(
    st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3))
)
@examples(30)
def test_F3_any_event_of_a_flow_is_answered(value: Any) -> None:
    stack = Stack()
    for event in ({}, {"Details": value}, {**flow_event(), "Details": {"Parameters": value}}):
        for function in ("customer_lookup", "ticket_creation"):
            assert stack.invoke_flow(function, event)["status"]


def test_F3_an_event_of_a_flow_that_is_nested_deep_is_answered() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"a": deep}
    assert Stack().invoke_flow("customer_lookup", {"Details": deep})["status"] == "bad request"


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_message_of_a_queue_is_one_dead_letter(kind: str) -> None:
    stack = Stack()
    stack.messages.send(HOSTILE[kind].decode("utf-8", "replace"))
    stack.run(until=None)
    assert stack.letter()["reason"] == "not a message that this project sends"
