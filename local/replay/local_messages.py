"""The bus, the queues and the dead letters, in memory and on a virtual clock."""

import heapq
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.detail_types import (
    ATTACHMENT_REQUESTED,
    CONTACT_FILE,
    CONTACT_FILES_EXPECTED,
    CONTACT_RECORD,
    CUSTOMER_UPDATE,
    NO_TICKET_LINKED,
    SOURCE,
    TICKET_LINKED,
    ZENDESK_EVENT,
)
from connect_zendesk.messaging import dead_letter_body, event_text
from infra.event_patterns import MACRO_EVENTS, TASK_EVENTS
from local.replay.clock import VirtualClock
from local.replay.matching import matches

_VISIBILITY = timedelta(seconds=180)


@dataclass(order=True)
class Message:
    """A message of a queue, ordered by when it is due."""

    due: datetime
    number: int
    body: str = field(compare=False)
    sent: datetime = field(compare=False)
    queue: str = field(compare=False, default="contacts")
    attempts: int = field(compare=False, default=0)


class LocalMessages:
    """The bus, the queues and the dead letters, in memory."""

    #: The rules of the bus: which queues get an event.
    RULES = {  # noqa: RUF012
        CONTACT_RECORD: ("contacts", "authentications"),
        TICKET_LINKED: ("transcripts", "authentications"),
        NO_TICKET_LINKED: ("transcripts", "authentications"),
        ATTACHMENT_REQUESTED: ("attachments",),
        CONTACT_FILE: ("transcripts",),
        CONTACT_FILES_EXPECTED: ("transcripts",),
        ZENDESK_EVENT: ("tasks", "attachments"),
    }
    #: What else the rules ask for: the patterns that are deployed. Without one, a queue gets every event.
    PATTERNS: Mapping[tuple[str, str], Mapping[str, Any]] = {
        (ZENDESK_EVENT, "tasks"): TASK_EVENTS,
        (ZENDESK_EVENT, "attachments"): MACRO_EVENTS,
    }
    #: The queues with one order for all messages: what comes back holds up those behind it.
    IN_TURN = frozenset({"tasks"})

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.waiting: list[Message] = []
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.dead_letters: list[dict[str, str]] = []
        self.retries: dict[str, int] = {}

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus, which passes it to its queues. Raises `CannotBeSent`."""
        event_text(detail)  # refuses what the bus would refuse
        self.published.append((detail_type, dict(detail)))
        for queue in self.RULES.get(detail_type, ()):
            if matches(self.PATTERNS.get((detail_type, queue), {}), detail):
                self.send(_body(detail_type, detail), queue=queue)

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after so many seconds."""
        self.send(_body(detail_type, detail), seconds)

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        """Send a change of a customer's user to its queue."""
        self.send(_body(CUSTOMER_UPDATE, detail), queue="customers")

    def send(self, body: str, seconds: int = 0, queue: str = "contacts") -> None:
        """Send a message as text."""
        now = self._clock()
        due = now + timedelta(seconds=seconds)
        if queue in self.IN_TURN:
            due = max([due, *(waiting.due for waiting in self.waiting if waiting.queue == queue)])
        message = Message(due, next(self._numbers), body, now, queue)
        heapq.heappush(self.waiting, message)

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message delivered again after so many seconds."""
        self.retries[receipt_handle] = seconds

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        """Keep what was given up, with its reason."""
        self.dead_letters.append(dead_letter_body(source, reason, data))

    def next_due(self, until: datetime | None) -> Message | None:
        """Take the next message that is due by then (None: whenever), or return None."""
        if not self.waiting or (until is not None and self.waiting[0].due > until):
            return None
        return heapq.heappop(self.waiting)

    def put_back(self, message: Message) -> None:
        """Deliver a message again when its time comes."""
        seconds = self.retries.pop(str(message.number), None)
        wait = timedelta(seconds=seconds) if seconds is not None else _VISIBILITY
        message.due = self._clock() + wait
        if message.queue in self.IN_TURN:
            for behind in self.waiting:
                if behind.queue == message.queue:
                    behind.due = max(behind.due, message.due)
            heapq.heapify(self.waiting)
        heapq.heappush(self.waiting, message)


def _body(detail_type: str, detail: Mapping[str, Any]) -> str:
    return json.dumps({"version": "0", "source": SOURCE, "detail-type": detail_type, "detail": detail})
