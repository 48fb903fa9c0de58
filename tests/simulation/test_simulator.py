"""The simulator's AWS behaves as AWS documents it: queues, streams, asynchronous invocations, the table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.function_kinds import RETENTION
from connect_zendesk.topology import ACCEPTANCE, CONTACTS, CUSTOMERS, worker_of
from local.stand_ins.zendesk import Options
from tests.records import NINE
from tests.simulation.simulator import commands
from tests.simulation.simulator.scheduler import NeverAtRest
from tests.simulation.simulator.world import World


class Handled:
    """A world whose functions are these: each event is answered as told, and noted."""

    def __init__(self) -> None:
        self.world = World(1, (), app_settings=commands.settings(), options=Options(), updated={})
        self.world.handle = self._handle  # type: ignore[method-assign, assignment]
        self.events: list[tuple[float, list[str]]] = []
        self.failing: set[str] = set()
        self.dying: set[str] = set()
        self.takes = 0.0

    def _handle(self, _: Any, event: Any) -> Any:
        records = event.get("Records", [event])
        bodies = [str(record.get("body", record.get("detail"))) for record in records]
        self.events.append(((self.world.clock() - NINE).total_seconds(), bodies))
        if self.dying & set(bodies):
            self.world.current_invocation().die()
        if self.takes:
            self.world.wait(self.takes)
        failed = [record for record in records if record.get("body") in self.failing]
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.events]

    def run(self, **lasting: float) -> None:
        self.world.scheduler.run(until=NINE + timedelta(**lasting) if lasting else None)


@pytest.fixture
def handled() -> Handled:
    return Handled()


def test_a_message_is_delayed_delivered_once_and_gone(handled: Handled) -> None:
    queue = handled.world.queues[CONTACTS]
    queue.send("a", delay=300)
    handled.run()
    assert handled.events == [(300.0, ["a"])]
    assert queue.messages == []


def test_what_failed_is_visible_again_after_its_visibility_or_as_was_asked(handled: Handled) -> None:
    queue, visibility = handled.world.queues[CONTACTS], worker_of(CONTACTS).visibility
    handled.failing = {"a"}
    queue.send("a")
    handled.run(seconds=visibility + 1)
    assert handled.times == [0.0, float(visibility)]
    handled.failing.clear()
    handled.run()
    assert queue.messages == []


def test_a_message_that_kills_its_function_is_moved_after_as_many_receives_as_its_queue_allows(
    handled: Handled,
) -> None:
    worker = worker_of(CONTACTS)
    handled.dying = {"a"}
    handled.world.queues[CONTACTS].send("a")
    handled.run()
    assert len(handled.events) == worker.queue.receives
    (letter,) = handled.world.letters
    assert letter.content["source"] == worker.folder
    assert letter.at - NINE == worker.poison_ends
    assert worker.poison_ends < RETENTION


def test_of_a_batch_only_what_failed_comes_again(handled: Handled) -> None:
    handled.failing = {"b"}
    for body in "abc":
        handled.world.queues[CONTACTS].send(body)
    handled.run(seconds=1)
    assert sorted(body for _, bodies in handled.events for body in bodies) == ["a", "b", "c"]
    assert [message.body for message in handled.world.queues[CONTACTS].messages] == ["b"]


def test_a_fifo_queue_keeps_the_order_of_a_group_and_one_group_waits_for_no_other(handled: Handled) -> None:
    queue = handled.world.queues[CUSTOMERS]
    handled.failing = {"first"}
    queue.send("first", group="1", deduplication="1")
    queue.send("second", group="1", deduplication="2")
    queue.send("other", group="2", deduplication="3")
    handled.run(seconds=1)
    assert [bodies for _, bodies in handled.events] == [["first"], ["other"]]
    handled.failing.clear()
    handled.run()
    assert [bodies for _, bodies in handled.events][2:] == [["first"], ["second"]]


def test_a_fifo_queue_takes_a_message_once_within_five_minutes(handled: Handled) -> None:
    queue = handled.world.queues[CUSTOMERS]
    for _ in range(3):
        queue.send("a", group="1", deduplication="same")
    handled.run()
    assert len(handled.events) == 1
    handled.world.clock.move_by(timedelta(minutes=5))
    queue.send("a", group="1", deduplication="same")
    handled.run()
    assert len(handled.events) == 2


def test_a_message_that_no_one_takes_is_lost_when_its_queue_keeps_it_no_longer(handled: Handled) -> None:
    queue = handled.world.queues[CONTACTS]
    handled.failing = {"a"}
    queue.send("a")
    handled.run(seconds=1)
    queue.messages[0].visible = NINE + RETENTION + timedelta(seconds=1)
    handled.world.scheduler.at(queue.messages[0].visible, queue.poll)
    handled.run()
    assert len(handled.world.lost) == 1


def test_a_function_that_takes_too_long_is_ended_and_its_message_comes_again(handled: Handled) -> None:
    worker = worker_of(CONTACTS)
    handled.takes = worker.timeout + 5
    handled.world.queues[CONTACTS].send("a")
    handled.run(seconds=worker.visibility + 1)
    assert handled.times == [0.0, float(worker.visibility)]


def test_a_stream_is_retried_from_the_first_record_that_failed_until_it_is_too_old(handled: Handled) -> None:
    answers = iter(["2", *["2"] * 10_000])
    seen: list[list[str]] = []

    def handle(_: Any, event: Any) -> Any:
        numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
        seen.append(numbers)
        return {"batchItemFailures": [{"itemIdentifier": next(answers)}]}

    handled.world.handle = handle  # type: ignore[method-assign, assignment]
    for data in (b"a", b"b", b"c"):
        handled.world.put_record(data)
    handled.run()
    assert seen[0] == ["1", "2", "3"]
    assert all(numbers == ["2", "3"] for numbers in seen[1:])
    assert len(handled.world.lost) == 2


def test_what_is_invoked_at_once_and_fails_goes_to_its_queue(handled: Handled) -> None:
    event = {"detail": "fails", "source": "aws.connect"}
    handled.dying = {"fails"}
    handled.world.functions.invoke_at_once(ACCEPTANCE, event)
    handled.run(seconds=1)
    ((_, first), (_, (message,))) = handled.events
    assert first == ["fails"]
    assert '"requestPayload": {"detail": "fails"' in message


def test_functions_take_turns_in_the_middle_of_their_work(handled: Handled) -> None:
    order: list[str] = []

    def works(name: str) -> Any:
        def work() -> None:
            for number in range(3):
                order.append(f"{name}{number}")
                handled.world.wait(1)

        return work

    for name in "ab":
        handled.world.invoke(worker_of(CONTACTS), works(name), lambda _: None, about=name)
    handled.run()
    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_a_run_that_never_comes_to_rest_is_ended(handled: Handled) -> None:
    def again() -> None:
        handled.world.scheduler.after(1, again)

    again()
    with pytest.raises(NeverAtRest):
        handled.run()
