"""Each fault of the stand-ins, switched on while a call is reported: it ends as it would have without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from local.stand_ins.amazon_connect.faults import AmazonConnectFaults
from local.stand_ins.comprehend.faults import ComprehendFaults
from local.stand_ins.transcribe.faults import TranscribeFaults
from local.stand_ins.zendesk.fault_catalogue import KNOWN
from tests.records import NINE, call
from tests.speech import keep_recording, results, spoken
from tests.stack import Stack, bodies, voices
from tests.tasks import event, stack_with, tasks, tell

Switch = Callable[[Any], object]
CREATE, UPDATE = "POST /api/v2/tickets", "PUT /api/v2/tickets/{id}"
NEW_CALLER = "+441632960999"


def ending(stack: Stack) -> dict[str, Any]:
    """Return how everything ended, but for times and ids of what was written."""
    (ticket,) = (ticket for ticket in stack.zendesk.tickets() if ticket["external_id"])
    return {
        "texts": bodies(ticket),
        "voices": len(voices(ticket)),
        "subject": ticket["subject"],
        "users": sorted(user["name"] for user in stack.zendesk.users()),
        "tickets": len(stack.zendesk.tickets()),
        "dead letters": [letter["reason"] for letter in stack.messages.dead_letters],
    }


def watched(faults: Any) -> list[str]:
    """Return the kinds of faults that requests meet from now on, each as often as it was met."""
    met: list[str] = []
    hit = faults.plan.hit

    def remembered(kind: str, *about: Any, **more: Any) -> Any:
        if (found := hit(kind, *about, **more)) is not None:
            met.append(kind)
        return found

    faults.plan.hit = remembered
    return met


def played(switch: Switch, fault: str = "") -> dict[str, Any]:
    """Report a call of an unknown caller, with a fault switched on for a while, and return how it ended."""
    stack = Stack()
    stack.know_agents()
    met = watched(stack.zendesk.faults)
    switch(stack.zendesk.faults)
    stack.deliver_records(call(caller=NEW_CALLER))
    stack.run(until=NINE + timedelta(hours=1))
    stack.zendesk.faults.clear()
    stack.run(until=None)
    assert fault in (*met, *OTHERWISE), "no request has met the fault: nothing is proved"
    return ending(stack)


@pytest.fixture(scope="module")
def without() -> Mapping[str, Any]:
    """How the call ends without a fault."""
    found = played(lambda faults: None)
    assert found["dead letters"] == []
    assert found["voices"] == 1
    return found


def _limit(said: str) -> Switch:
    return lambda faults: faults.rate_limit(60, retry_after=said)


def _error(status: int) -> Switch:
    return lambda faults: faults.http_error(status, count=4)


def _language(locale: str) -> Switch:
    return lambda faults: faults.language(locale)


def _late(seconds: float) -> Switch:
    return lambda faults: faults.late_write(seconds, count=1, matching=CREATE)


#: What no request meets, but all of them.
OTHERWISE = ("", "language", "revoke_tokens", "index_lag")
#: By the fault: what switches it on, in the ways in which it can be.
FAULTS: dict[str, list[Switch]] = {
    "outage": [
        lambda f: f.outage(3),
        lambda f: f.outage(lasting=1800),
        lambda f: f.outage(1, retry_after=90),
    ],
    "rate_limit": [
        *(_limit(said) for said in ("60", "86400", "soon", "-1", "0")),
        lambda f: f.rate_limit(60, matching=UPDATE),
    ],
    "http_error": [
        *(_error(status) for status in (403, 404, 408, 423, 425, 502, 520)),
        lambda f: f.http_error(504, after_write=True, count=2, matching=CREATE),
        lambda f: f.http_error(404, body="empty", count=2, matching=UPDATE),
    ],
    "language": [_language(locale) for locale in ("de", "fr", "es", "ja")],
    "slow": [lambda f: f.slow(30, 2)],
    "lose_answer": [
        lambda f: f.lose_answer(after_write=True, count=2, matching=CREATE),
        lambda f: f.lose_answer(after_write=True, count=2, matching=UPDATE),
        lambda f: f.lose_answer(after_write=False, count=3),
    ],
    "late_write": [
        *(_late(seconds) for seconds in (5, 60, 1800)),
    ],
    "conflict": [lambda f: f.conflict(3), lambda f: f.conflict(lasting=600)],
    "revoke_tokens": [lambda f: f.revoke_tokens()],
    "index_lag": [lambda f: f.index_lag(3600)],
}  # fmt: skip
WAYS = [(name, number) for name, ways in FAULTS.items() for number in range(len(ways))]
#: Those that need something else to go wrong, each with its own test.
ELSEWHERE = {
    "clear": "switches the others off",
    "refuse": "a part is refused: by its field, in test_requesters and test_opening (C8, T16)",
    "hang": "no clock goes on: test_flow_blocks_always_answer and test_aws_hangs",
    "repeat_webhooks": "test_T14_webhooks_that_come_twice_make_one_task, below",
}


def test_every_fault_of_zendesk_has_its_test() -> None:
    assert {known.name for known in KNOWN} == FAULTS.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize(("fault", "way"), WAYS)
def test_T14_a_call_ends_as_without_the_fault(fault: str, way: int, without: Mapping[str, Any]) -> None:
    assert played(FAULTS[fault][way], fault) == without


def test_T14_webhooks_that_come_twice_make_one_task() -> None:
    stack = stack_with()
    stack.connect_webhooks("status_changed")
    met = watched(stack.zendesk.faults)
    stack.zendesk.faults.repeat_webhooks()
    stack.zendesk.act(101, "PUT", "/api/v2/tickets/4711", {"ticket": {"status": "pending"}})
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert "repeat_webhooks" in met
    assert len(tasks(stack)) == 1


CONNECTS: dict[str, Switch] = {
    "throttle": lambda f: f.throttle(3, matching="StartTaskContact"),
    "outage": lambda f: f.outage(3, matching="StartTaskContact"),
    "lose_answer": lambda f: f.lose_answer(after_write=True, matching="StartTaskContact"),
    "slow": lambda f: f.slow(30, 1, matching="StartTaskContact"),
}


def test_every_fault_of_amazon_connect_has_its_test() -> None:
    assert {known.name for known in AmazonConnectFaults.KNOWN} == CONNECTS.keys() | {"clear", "hang"}


@pytest.mark.parametrize("fault", CONNECTS)
def test_K4_a_task_is_made_once_whatever_amazon_connect_does(fault: str) -> None:
    stack = stack_with()
    met = watched(stack.connect.faults)
    CONNECTS[fault](stack.connect.faults)
    tell(stack, event())
    stack.run(until=stack.clock() + timedelta(hours=1))
    assert fault in met
    assert len(tasks(stack)) == 1
    assert stack.messages.dead_letters == []


def transcribed(switch: Switch, service: str, fault: str = "") -> list[str]:
    """Have a call transcribed with a fault switched on for an hour; returns its ticket's last comment."""
    stack = Stack(default_country="GB")
    faults = getattr(stack, service).faults
    met = watched(faults)
    switch(faults)
    keep_recording(stack)
    stack.deliver_records(spoken())
    stack.run(until=NINE + timedelta(minutes=50))
    faults.clear()
    stack.run(until=None)
    assert fault in ("", *met), "no request has met the fault: nothing is proved"
    assert stack.messages.dead_letters == []
    assert results(stack) == []
    return [body for body in bodies(stack.ticket()) if "transcribed" in body.lower()]


#: By the fault of Amazon Transcribe, after which a call's words are on its ticket as without it.
TRANSCRIBES: dict[str, Switch] = {
    "throttle": lambda f: f.throttle(4),
    "outage": lambda f: f.outage(4),
    "lose_answer": lambda f: f.lose_answer(after_write=True, count=3),
    "slow": lambda f: f.slow(30, 2),
    "job_failed": lambda f: f.job_failed(count=2),
    "lose_events": lambda f: f.lose_events(),
    "repeat_events": lambda f: f.repeat_events(),
}
#: Those that leave no words: each with its sentence, in test_speech_failures.
WITHOUT_WORDS = {"job_hangs", "result_gone"}
#: By the fault of Amazon Comprehend, after which its part of the comment is as without it.
COMPREHENDS: dict[str, Switch] = {
    "throttle": lambda f: f.throttle(2),
    "outage": lambda f: f.outage(2),
    "lose_answer": lambda f: f.lose_answer(after_write=True, count=2),
    "slow": lambda f: f.slow(30, 1),
}


def test_every_fault_of_amazon_transcribe_and_of_amazon_comprehend_has_its_test() -> None:
    elsewhere = {"clear", "hang"}  # no clock goes on where one hangs: test_aws_hangs
    transcribe = {known.name for known in TranscribeFaults.KNOWN}
    assert transcribe == TRANSCRIBES.keys() | WITHOUT_WORDS | elsewhere
    comprehend = {known.name for known in ComprehendFaults.KNOWN}
    assert comprehend == COMPREHENDS.keys() | {"text_fails"} | elsewhere


@pytest.fixture(scope="module")
def words() -> list[str]:
    """A call's words as they are on its ticket without a fault."""
    found = transcribed(lambda faults: None, "transcribe")
    assert len(found) == 1
    return found


@pytest.mark.parametrize("fault", TRANSCRIBES)
def test_X3_a_call_is_transcribed_as_without_the_fault(fault: str, words: list[str]) -> None:
    # Of jobs that complete there is a file, and their events are not asked for: those of failures are.
    met = "" if fault in ("lose_events", "repeat_events") else fault
    assert transcribed(TRANSCRIBES[fault], "transcribe", met) == words


@pytest.mark.parametrize("fault", ["lose_events", "repeat_events"])
def test_X3_a_failure_that_is_announced_twice_or_never_is_followed_up_once(
    fault: str, words: list[str]
) -> None:
    def switch(faults: Any) -> None:
        faults.job_failed(count=1)
        TRANSCRIBES[fault](faults)

    assert transcribed(switch, "transcribe", fault) == words


@pytest.mark.parametrize("fault", COMPREHENDS)
def test_X3_a_call_is_analysed_as_without_the_fault(fault: str, words: list[str]) -> None:
    assert transcribed(COMPREHENDS[fault], "comprehend", fault) == words
