"""What crashes its function each time: SQS moves it to the dead letters, in replay as on AWS."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.function_kinds import POISON_LATEST, Worker
from connect_zendesk.topology import WORKERS
from local.replay.local_messages import LocalMessages, Message
from tests.records import NINE, call
from tests.stack import Stack


class Crashing(Stack):
    """The functions, each of which crashes before it is through with its first message."""

    received = 0

    def deliver(self, message: Message) -> None:
        self.received += 1
        message.attempts += 1
        self.messages.put_back(message)


@pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.queue.name)
def test_a_message_that_crashes_its_function_ends_in_the_dead_letters_within_a_week(worker: Worker) -> None:
    stack = Crashing()
    body = json.dumps({"detail-type": CONTACT_RECORD, "detail": call()})
    stack.messages.send(body, queue=worker.queue.name)
    stack.run(until=None)
    letter = stack.letter()
    assert (letter["source"], letter["data"]) == (worker.folder, body)
    assert stack.received == worker.queue.receives
    assert timedelta(days=1) < stack.clock() - NINE <= POISON_LATEST


def test_behind_it_in_a_queue_of_one_order_the_others_have_their_turn_then() -> None:
    (tasks,) = (worker for worker in WORKERS if worker.queue.one_at_a_time)
    stack = Crashing()
    messages: LocalMessages = stack.messages
    for body in ("first", "second"):
        messages.send(body, queue=tasks.queue.name)
    while not messages.dead_letters:
        message = messages.next_due(None)
        assert message is not None
        assert message.body == "first"
        stack.clock.move_to(message.due)
        stack.deliver(message)
    message = messages.next_due(None)
    assert message is not None
    assert message.body == "second"
