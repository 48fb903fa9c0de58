"""The bus, the queues and the dead letters, in memory and on a virtual clock."""

import heapq
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from administration.dead_letters.letter import MOVED
from connect_zendesk.detail_types import CUSTOMER_UPDATE, SOURCE
from connect_zendesk.function_kinds import Rule, Worker
from connect_zendesk.messaging import dead_letter_body, event_text
from connect_zendesk.topology import CONTACTS, CUSTOMERS, WORKERS, worker_of
from local.replay.clock import VirtualClock
from local.replay.matching import matches

#: Where Amazon Transcribe writes its results.
SPEECH_BUCKET = "connect-zendesk-speech"


@dataclass(order=True)
class Message:
    """A message of a queue, ordered by when it is due."""

    due: datetime
    number: int
    body: str = field(compare=False)
    sent: datetime = field(compare=False)
    queue: str = field(compare=False, default=CONTACTS)
    attempts: int = field(compare=False, default=0)


class LocalMessages:
    """The bus, the queues and the dead letters, in memory, as the topology has them.

    `workers`: those whose rules and queues there are.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.workers: Sequence[Worker] = WORKERS
        self._numbers = itertools.count(1)
        self.waiting: list[Message] = []
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.dead_letters: list[dict[str, str]] = []
        self.retries: dict[str, int] = {}

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus, which passes it to its queues. Raises `CannotBeSent`."""
        event_text(detail)  # refuses what the bus would refuse
        self.published.append((detail_type, dict(detail)))
        body = _body(detail_type, detail)
        self._route({"source": SOURCE, "detail-type": detail_type, "detail": detail}, body)

    def receive_from_aws(self, event: Mapping[str, Any]) -> None:
        """Pass an event of the account's default bus, in its envelope, to the queues whose rules match it."""
        self._route(event, json.dumps(event))

    def receive_from_other_bus(self, event: Mapping[str, Any]) -> bool:
        """Pass an event of the bus that a deployment names to its queue; returns whether a rule took it."""
        return self._route(event, json.dumps(event), bus="zendesk_event_bus")

    def _route(self, event: Mapping[str, Any], body: str, *, bus: str = "") -> bool:
        """Send a message to each queue of which a rule on that bus matches; returns whether any did."""
        queues = [
            worker.queue.name
            for worker in self.workers
            for rule in worker.queue.rules
            if rule.bus == bus and matches(rule.pattern, event) and _is_of_its_bucket(rule, event)
        ]
        for queue in queues:
            self.send(body, queue=queue)
        return bool(queues)

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after so many seconds."""
        self.send(_body(detail_type, detail), seconds)

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        """Send a change of a customer's user to its queue."""
        self.send(_body(CUSTOMER_UPDATE, detail), queue=CUSTOMERS)

    def send(self, body: str, seconds: int = 0, queue: str = CONTACTS) -> None:
        """Send a message as text."""
        now = self._clock()
        due = now + timedelta(seconds=seconds)
        if worker_of(queue).queue.one_at_a_time:
            due = max([due, *(waiting.due for waiting in self.waiting if waiting.queue == queue)])
        message = Message(due, next(self._numbers), body, now, queue)
        heapq.heappush(self.waiting, message)

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message delivered again after so many seconds."""
        self.retries[receipt_handle] = seconds

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        """Keep a dead letter, with its reason."""
        self.dead_letters.append(dead_letter_body(source, reason, data))

    def next_due(self, until: datetime | None) -> Message | None:
        """Take the next message that is due by then (None: whenever), or return None."""
        if not self.waiting or (until is not None and self.waiting[0].due > until):
            return None
        return heapq.heappop(self.waiting)

    def put_back(self, message: Message) -> None:
        """Deliver a message again when its time comes, or move it where it was received too often."""
        worker = worker_of(message.queue)
        wait = self.retries.pop(str(message.number), worker.visibility)
        if message.attempts >= worker.queue.receives:
            self.dead_letter(worker.folder, MOVED, message.body.encode())
            return
        message.due = self._clock() + timedelta(seconds=wait)
        if worker.queue.one_at_a_time:
            for behind in self.waiting:
                if behind.queue == message.queue:
                    behind.due = max(behind.due, message.due)
            heapq.heapify(self.waiting)
        heapq.heappush(self.waiting, message)


def _is_of_its_bucket(rule: Rule, event: Mapping[str, Any]) -> bool:
    """Return whether an event is of the bucket that a deployment adds to its rule's pattern."""
    if rule.source != "aws.s3":
        return True
    return (event["detail"]["bucket"]["name"] == SPEECH_BUCKET) is rule.own_bucket


def _body(detail_type: str, detail: Mapping[str, Any]) -> str:
    return json.dumps({"version": "0", "source": SOURCE, "detail-type": detail_type, "detail": detail})
