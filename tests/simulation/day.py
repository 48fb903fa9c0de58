"""A day on which everything goes wrong that can: the real handlers, stand-ins, and chance from a seed.

Between any two effects (a request to Zendesk, a change of the ledger, a message) the function can die: its
message then comes back after the visibility timeout, to a fresh container. At the same moments another
worker can be at work, answers are lost before or after the write, and Zendesk refuses. The clock is
virtual; what the seed decides happens again with the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from connect_zendesk.ledger.items import Beside, Item, Items
from connect_zendesk.messaging import NotPublished
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.zendesk import tickets
from local.replay.clock import VirtualClock
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess
from local.replay.local_messages import LocalMessages, Message
from local.replay.memory_items import MemoryItems
from local.stand_ins.zendesk import AnswerLost, Request, Response
from tests.records import CONNECT, NINE

#: Of how many effects one goes wrong, by what happens.
DIES, _OTHER_WORKER, _LOST, _REFUSED = 0.03, 0.08, 0.03, 0.03
#: How much goes wrong in a day at most, so that it ends.
_FAULTS = 80
#: Workers at the same moment, as a deployment's background concurrency allows.
_WORKERS = 3
#: No function lives longer.
_TIMEOUT = timedelta(seconds=30)


#: What an agent writes who closes a ticket.
NOTE = {"body": "Settled by telephone.", "public": False}


class Died(BaseException):
    """The function was ended: out of time, out of memory, its machine gone."""


class Chance:
    """What goes wrong, decided by a seed; nothing while `quiet`."""

    def __init__(self, seed: int | None) -> None:
        self._random = Random(seed)  # noqa: S311 - a seed is the point
        self._left = _FAULTS if seed is not None else 0
        self.quiet = seed is None

    def hits(self, share: float) -> bool:
        """Tell whether something with this share happens now."""
        if self.quiet or self._left == 0 or self._random.random() >= share:
            return False
        self._left -= 1
        return True

    def another_works(self) -> bool:
        """Tell whether another worker comes in now, which is no fault."""
        return not self.quiet and self._random.random() < _OTHER_WORKER

    def one_of(self, *choices: Any) -> Any:
        """Return one of them."""
        return self._random.choice(choices)


class Day(InProcess):
    """The functions on such a day. Without a seed, nothing goes wrong."""

    def __init__(
        self, seed: int | None, *, zendesk_world: Mapping[str, Any], app_settings: AppSettings
    ) -> None:
        self.chance = Chance(seed)
        self._at_work: list[datetime] = []  # when each worker started on its message
        clock = VirtualClock(NINE)
        super().__init__(
            zendesk_world=zendesk_world,
            connect_world=CONNECT,
            app_settings=app_settings,
            clock=clock,
            items=_Items(MemoryItems(clock), self),
        )
        self.messages: LocalMessages = _Messages(clock, self)
        self.services = self.new_services()
        self.zendesk.faults.before = self._before_request
        self.zendesk.faults.after = self._after_request

    def live(self, arrivals: Sequence[tuple[datetime, bytes]], closes: Mapping[int, datetime]) -> None:
        """Let records arrive on the stream, each at its moment, then run until nothing is left to do.

        ``closes`` are tickets that an agent closes, and when.
        """
        self.happen(
            [
                *((moment, partial(self.arrive, data)) for moment, data in arrivals),
                *((moment, partial(self._close, ticket)) for ticket, moment in closes.items()),
            ]
        )

    def happen(self, happenings: Sequence[tuple[datetime, Callable[[], None]]]) -> None:
        """Let things happen, each at its moment, then run until nothing is left to do."""
        for moment, happen in sorted(happenings, key=lambda happening: happening[0]):
            self.run(until=moment)
            self.clock.move_to(moment)
            happen()
        self.run(until=None)

    def deliver(self, message: Message) -> None:
        """Deliver one message to a worker; if it dies the message comes back and a new one is started."""
        self._at_work.append(self.clock())
        try:
            super().deliver(message)
        except Died:
            self.services = self.new_services()
            self.messages.put_back(message)
        finally:
            self._at_work.pop()

    @contextmanager
    def effect(self) -> Iterator[None]:
        """Surround an effect: the function can die before it and after it, and others work meanwhile."""
        self._between()
        yield
        self._between()

    def arrive(self, data: bytes) -> None:
        """Deliver a record to its consumer until it has accepted it, as the stream does."""
        for _ in range(100):
            try:
                if self.take(StreamRecord(data)):
                    return
            except Died:
                pass
        raise AssertionError("the consumer of the record stream does not accept a record")

    @contextmanager
    def nothing_wrong(self) -> Iterator[None]:
        """Surround what nothing goes wrong with, and nobody else works in between."""
        before, self.chance.quiet = self.chance.quiet, True
        yield
        self.chance.quiet = before

    def _close(self, ticket: int) -> None:
        """Close a ticket, as a person at a browser does."""
        with self.nothing_wrong():
            tickets.update(self.new_services().zendesk, ticket, {"status": "closed", "comment": NOTE})

    def _between(self) -> None:
        if self.chance.hits(DIES):
            raise Died
        if 0 < len(self._at_work) < _WORKERS and self.chance.another_works():
            self._let_another_work()

    def _let_another_work(self) -> None:
        """Have another container take the next message, before the one at work goes on."""
        soon = self.clock() + timedelta(seconds=self.chance.one_of(0, 1, 5))
        message = self.messages.next_due(min(soon, self._at_work[0] + _TIMEOUT))
        if message is not None:
            self.clock.move_to(message.due)
            mine, self.services = self.services, self.new_services()
            self.deliver(message)
            self.services = mine

    def _before_request(self, _: Request) -> Response | None:
        self._between()
        if self.chance.hits(_LOST):
            raise AnswerLost
        if self.chance.hits(_REFUSED):
            refusal: Response = self.chance.one_of(
                Response(429, {"Retry-After": "7"}, b'{"error":"APIRateLimitExceeded"}'),
                Response(503, {}, b"Service Unavailable"),
                Response(503, {"Retry-After": "30"}, b"Service Unavailable"),
            )
            return refusal
        return None

    def _after_request(self, _: Request, __: Response) -> Response | None:
        self._between()
        if self.chance.hits(_LOST):
            raise AnswerLost
        # A gateway gives up although the answer is on its way: it was written all the same.
        return Response(502, {}, b"<html>Bad Gateway</html>") if self.chance.hits(_REFUSED) else None


class _Items:
    """The ledger's table, each write an effect."""

    def __init__(self, items: Items, day: Day) -> None:
        self._items, self._day = items, day

    def get(self, partition: str, sort: str) -> Item | None:
        return self._items.get(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        return self._items.query(partition)

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        with self._day.effect():
            return self._items.put(partition, sort, item, replacing=replacing, beside=beside)


class _Messages(LocalMessages):
    """The bus and the queues, each message an effect."""

    def __init__(self, clock: VirtualClock, day: Day) -> None:
        super().__init__(clock)
        self._day = day

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        with self._day.effect():
            if self._day.chance.hits(_REFUSED):
                raise NotPublished("ThrottlingException")
            super().publish(detail_type, detail)

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        with self._day.effect():
            super().send_delayed(detail_type, detail, seconds)

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        with self._day.effect():
            super().update_customer(detail)

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        with self._day.effect():
            super().retry_in(receipt_handle, seconds)

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        with self._day.effect():
            super().dead_letter(source, reason, data)
