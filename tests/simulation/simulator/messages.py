"""What a function sends: to EventBridge's bus, queues, dead letters; each an effect that can go wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connect_zendesk.detail_types import CONTACT_EVENT, CUSTOMER_UPDATE, SOURCE
from connect_zendesk.messaging import NotPublished, dead_letter_body, event_text
from connect_zendesk.topology import ACCEPTANCE, CONTACTS, CUSTOMERS, WORKERS
from local.replay.matching import matches
from tests.simulation.simulator import release_before
from tests.simulation.simulator.queues import Letter, event_body

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: What is asked of each event: the rules of all queues, and those of what is invoked at once.
_RULES = tuple((worker.queue, rule.bus, rule.pattern) for worker in WORKERS for rule in worker.queue.rules)
_ACCEPTED = tuple(rule.pattern for rule in ACCEPTANCE.rules)


class Messages:
    """Where messages go (`connect_zendesk.messaging.Messages`), and how AWS routes them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.published: list[tuple[str, dict[str, Any]]] = []

    # What functions do

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus. Raises `NotPublished` and `CannotBeSent`."""
        event_text(detail)
        with self._world.effect(f"publish {detail_type}"):
            chance = self._world.chance
            if chance.hits("EventBridge: refused", detail_type):
                raise NotPublished("ThrottlingException")
            self.put_event(detail_type, json.loads(json.dumps(detail)))
            if chance.hits("EventBridge: published, then an error", detail_type):
                raise _error("InternalException", "PutEvents")

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after at most 900 seconds."""
        if not 0 <= seconds <= 900:
            raise _error("InvalidParameterValue", "SendMessage")
        self._send(CONTACTS, event_body(detail_type, detail, SOURCE), delay=seconds)

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        """Send a change of a customer's user to the one queue that makes them at Zendesk's pace."""
        body = event_body(CUSTOMER_UPDATE, detail, SOURCE)
        digest = hashlib.sha256(body.encode()).hexdigest()
        self._send(CUSTOMERS, body, group=str(detail["user"]), deduplication=digest)

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of this function's own queue delivered again, after so many seconds."""
        with self._world.effect("change visibility"):
            if self._world.chance.hits("SQS: visibility refused"):
                raise _error("InternalError", "ChangeMessageVisibility")
            if not 0 <= seconds <= 43_200:
                raise _error("InvalidParameterValue", "ChangeMessageVisibility")
            for queue in self._world.queues.values():
                queue.hide(int(receipt_handle), seconds)

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        """Dead-letter something with its reason."""
        with self._world.effect("dead-letter"):
            letter = dead_letter_body(source, reason, data)
            self._world.say(f"dead letter of {source}: {reason}")
            self._world.letters.append(Letter(self._world.clock(), letter))

    def _send(self, queue: str, body: str, **options: Any) -> None:
        with self._world.effect(f"send to {queue}"):
            chance = self._world.chance
            if chance.hits("SQS: send refused", queue):
                raise _error("InternalError", "SendMessage")
            self._world.queues[queue].send(body, **options)
            if chance.hits("SQS: sent, then an error", queue):
                raise _error("InternalError", "SendMessage")

    # What EventBridge does

    def put_event(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Route an event of the project's own bus."""
        self.published.append((detail_type, detail))
        body = event_body(detail_type, detail, SOURCE)
        self.route({"source": SOURCE, "detail-type": detail_type, "detail": detail}, body)

    def route(self, event: Mapping[str, Any], body: str, *, bus: str = "") -> None:
        """Deliver an event to the targets whose rules match, now or late, once or twice."""
        chance, kind = self._world.chance, str(event.get("detail-type"))
        times = 2 if chance.hits("EventBridge: twice", kind) else 1
        for number in range(times):
            late = chance.between("EventBridge", 0.05, 2) + number * chance.between("twice", 0, 600)
            if chance.hits("EventBridge: late", kind):
                late += chance.between("EventBridge: late", 60, 4 * 3600)
            self._world.scheduler.after(late, lambda: self._deliver(event, body, bus))

    def _deliver(self, event: Mapping[str, Any], body: str, bus: str) -> None:
        for its_queue, its_bus, pattern in _RULES:
            if its_bus == bus and matches(pattern, event):
                order = its_queue.order
                deduplication = body if its_queue.deduplicates else ""
                queue = self._world.queues[its_queue.name]
                queue.send(body, group=order.group if order else "", deduplication=deduplication)
        if self._world.is_deploying:
            for name in release_before.queues_of(event):
                self._world.queues[name].send(body)
        if event.get("detail-type") == CONTACT_EVENT and any(
            matches(pattern, event) for pattern in _ACCEPTED
        ):
            self._world.functions.invoke_at_once(ACCEPTANCE, event)


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no one's words"}}, operation)
