"""SQS as AWS documents it: visibility, receive counts, redrive, retention, FIFO groups, at least once.

A queue is read by Lambda's poller: batches of what is visible, as many at once as the mapping allows; what a
function reports as failed, or all where it died, is visible again when its time is over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from administration.dead_letters.letter import MOVED
from connect_zendesk.function_kinds import RETENTION, Worker
from connect_zendesk.messaging import dead_letter_body
from connect_zendesk.topology import CONTACTS

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: Of a standard queue's mapping (`background_concurrency`), and of a FIFO queue's, the least that there is.
_CONCURRENCY, _FIFO_CONCURRENCY = 5, 2
#: Within it a FIFO queue takes a message of the same deduplication id once.
_DEDUPLICATED = timedelta(minutes=5)


@dataclass
class Message:
    """A message. It cannot be received before ``visible``; ``group`` is None in a standard queue."""

    number: int
    body: str
    sent: datetime
    visible: datetime
    group: str | None = None
    received: int = 0
    in_flight: bool = False
    gone: bool = False


@dataclass
class Letter:
    """A dead letter, and when it was written; ``fifo``: in the queue of those from FIFO queues."""

    at: datetime
    content: dict[str, str]
    queue: str = ""


@dataclass
class Queue:
    """A worker's queue, with what Lambda does for it."""

    world: World
    worker: Worker
    messages: list[Message] = field(default_factory=list)
    at_work: int = 0
    _taken: dict[str, datetime] = field(default_factory=dict)
    _polls: set[datetime] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.worker.queue.name

    @property
    def is_fifo(self) -> bool:
        """Whether it keeps an order."""
        return self.worker.queue.order is not None

    def send(self, body: str, *, delay: float = 0, group: str = "", deduplication: str = "") -> None:
        """Take a message. A FIFO queue takes one of the same deduplication id once within five minutes."""
        now = self.world.clock()
        if self.is_fifo:
            known = self._taken.get(deduplication)
            if deduplication and known is not None and now - known < _DEDUPLICATED:
                return
            self._taken[deduplication] = now
        visible = now + timedelta(seconds=delay)
        message = Message(self.world.next_number(), body, now, visible, group if self.is_fifo else None)
        if not self.is_fifo:
            chance = self.world.chance
            if chance.hits("SQS: late", self.name):
                message.visible += timedelta(seconds=chance.between("late", 1, 300))
            if chance.hits("SQS: sent twice", self.name):
                again = timedelta(seconds=chance.between("sent twice", 0, 900))
                self._keep(Message(self.world.next_number(), body, now, message.visible + again))
        self._keep(message)

    def hide(self, number: int, seconds: float) -> None:
        """Have a message that was received be visible again in so many seconds."""
        for message in self.messages:
            if message.number == number and message.in_flight:
                message.visible = self.world.clock() + timedelta(seconds=seconds)

    def poll(self) -> None:
        """Invoke the worker with what is visible, as often as may be at once."""
        now = self.world.clock()
        self._polls.discard(now)
        if until := self.world.down_until("SQS: down for a day"):
            self._poll_at(until)
            return
        most = _FIFO_CONCURRENCY if self.is_fifo else _CONCURRENCY
        while self.at_work < most and (batch := self._receive(now)):
            self._invoke(batch)

    def _keep(self, message: Message) -> None:
        self.messages.append(message)
        self._poll_at(message.visible)

    def _poll_at(self, moment: datetime) -> None:
        moment = max(moment, self.world.clock())
        if moment not in self._polls:
            self._polls.add(moment)
            self.world.scheduler.at(moment, self.poll)

    def _receive(self, now: datetime) -> list[Message]:
        self._let_go(now)
        batch: list[Message] = []
        blocked: set[str] = set()
        order = self.world.chance.random("SQS")
        some = self.messages if self.is_fifo else order.sample(self.messages, len(self.messages))
        most = self.worker.batch if self.is_fifo else order.randint(1, self.worker.batch)
        for message in some:
            if message.group is not None and message.group in blocked:
                continue
            if message.group is not None:
                blocked.add(message.group)  # one of a group at a time, and in order
            if message.in_flight or message.visible > now:
                continue
            if message.received >= self.worker.queue.receives:
                self._move(message)
                continue
            batch.append(message)
            if len(batch) == most:
                break
        for message in batch:
            message.received += 1
            message.in_flight = True
            message.visible = now + timedelta(seconds=self.worker.visibility)
        self.messages = [message for message in self.messages if not message.gone]
        return batch

    def _let_go(self, now: datetime) -> None:
        """Drop what is older than the queue keeps it: a message that is lost."""
        oldest = now - RETENTION
        for message in self.messages:
            if message.sent < oldest and not message.in_flight:
                message.gone = True
                self.world.lost.append(f"{self.name}: a message of {message.sent.isoformat()}")
        self.messages = [message for message in self.messages if not message.gone]

    def _move(self, message: Message) -> None:
        message.gone = True
        body = dead_letter_body(self.worker.folder, MOVED, message.body.encode())
        self.world.letters.append(Letter(self.world.clock(), body, self.name))

    def _invoke(self, batch: list[Message]) -> None:
        self.at_work += 1
        answer: dict[str, Any] = {}
        event = {"Records": [_record(message) for message in batch]}
        kills = self.name == CONTACTS and any(self.world.is_poison(message.body) for message in batch)

        def work() -> None:
            if kills:
                self.world.current_invocation().die()
            answer.update(self.world.handle(self.worker, event))

        def ended(died: bool) -> None:
            self.at_work -= 1
            failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", ())}
            for message in batch:
                self._settle(message, done=not died and str(message.number) not in failed)
            self._poll_at(self.world.clock())

        self.world.invoke(self.worker, work, ended, about=f"{self.name} {[m.number for m in batch]}")

    def _settle(self, message: Message, *, done: bool) -> None:
        message.in_flight = False
        if done and not (not self.is_fifo and self.world.chance.hits("SQS: deleted in vain", self.name)):
            message.gone = True
            self.messages.remove(message)
            return
        if done:
            message.visible = self.world.clock() + timedelta(seconds=self.worker.visibility)
        self._poll_at(message.visible)


def _record(message: Message) -> dict[str, Any]:
    sent = str(int(message.sent.timestamp() * 1000))
    return {
        "messageId": str(message.number),
        "receiptHandle": str(message.number),
        "body": message.body,
        "attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": str(message.received)},
        "eventSource": "aws:sqs",
    }


def event_body(detail_type: str, detail: Any, source: str) -> str:
    """Return an event as a rule sends it to a queue: its envelope."""
    return json.dumps({"version": "0", "source": source, "detail-type": detail_type, "detail": detail})
