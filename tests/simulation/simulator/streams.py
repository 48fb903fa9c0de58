"""Kinesis as Lambda reads it: batches in order, retried from the first record that failed, for a day."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connect_zendesk.function_kinds import StreamConsumer

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: How long Lambda gathers records, and how long it waits between two attempts: doubling to a minute.
_GATHERED, _FIRST_WAIT, _LONGEST_WAIT = 0.3, 1.0, 60.0


@dataclass
class Record:
    """A record of the stream, by its sequence number."""

    number: int
    data: bytes
    at: datetime


@dataclass
class Stream:
    """A stream and the function that reads it. Of a shard's lanes each has its own batch."""

    world: World
    consumer: StreamConsumer
    _waiting: list[Record] = field(default_factory=list)
    _polled: bool = False
    at_work: int = 0

    def put(self, data: bytes) -> None:
        """Take a record."""
        self._waiting.append(Record(self.world.next_number(), data, self.world.clock()))
        self._poll_in(_GATHERED)

    def _poll_in(self, seconds: float) -> None:
        if not self._polled:
            self._polled = True
            self.world.scheduler.after(seconds, self._poll)

    def _poll(self) -> None:
        self._polled = False
        while self._waiting and self.at_work < self.consumer.lanes:
            batch, self._waiting = (
                self._waiting[: self.consumer.batch],
                self._waiting[self.consumer.batch :],
            )
            self.at_work += 1
            self._invoke(batch, _FIRST_WAIT)

    def _invoke(self, batch: list[Record], wait: float) -> None:
        now = self.world.clock()
        old = [record for record in batch if now - record.at > timedelta(seconds=self.consumer.oldest)]
        self.world.lost += [f"stream: a record of {record.at.isoformat()}" for record in old]
        batch = [record for record in batch if record not in old]
        if not batch:
            self._done()
            return
        answer: dict[str, Any] = {}

        def work() -> None:
            event = {"Records": [_record(record) for record in batch]}
            answer.update(self.world.handle(self.consumer, event) or {})

        def ended(died: bool) -> None:
            failed = [item["itemIdentifier"] for item in answer.get("batchItemFailures", ())]
            if not self.consumer.retried or (not died and not failed):
                self._done()
                return
            # What comes before the first failure is done; a batch that crashed is retried as a whole.
            first = min(int(number) for number in failed) if failed and not died else 0
            again = [record for record in batch if record.number >= first]
            later = min(wait * 2, _LONGEST_WAIT)
            self.world.scheduler.after(wait, lambda: self._invoke(again, later))

        self.world.invoke(self.consumer, work, ended, about=f"{len(batch)} records")

    def _done(self) -> None:
        self.at_work -= 1
        if self._waiting:
            self._poll_in(0)


def _record(record: Record) -> dict[str, Any]:
    return {
        "eventSource": "aws:kinesis",
        "eventID": f"shardId-000000000000:{record.number}",
        "kinesis": {
            "sequenceNumber": str(record.number),
            "data": base64.b64encode(record.data).decode(),
        },
    }
