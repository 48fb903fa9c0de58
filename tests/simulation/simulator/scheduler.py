"""What happens next: one queue of happenings on a virtual clock, and functions that take turns.

A function at work is a greenlet, which stops only where it has an effect: so one thing happens at a time, in
an order that depends on nothing but the seed, and several functions are in the middle of their work at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from greenlet import getcurrent, greenlet

from local.replay.clock import VirtualClock

#: A run that has made so many steps never comes to rest.
MOST_STEPS = 60_000


class Died(BaseException):
    """The function was ended: out of time, out of memory, its machine gone."""


class Gone(Exception):
    """What a thread that a function started is told once the function has died."""


class NeverAtRest(Exception):
    """More happened than any run takes."""


@dataclass
class Invocation:
    """A function that is invoked: ``name`` for the story, ``timeout`` in seconds, ``effects`` so far.

    ``dead``: it was ended, and does nothing any more. ``zombie``: it outlives its timeout. ``ended`` is told
    whether it died.
    """

    scheduler: Scheduler
    name: str
    work: Callable[[], None]
    timeout: float
    ended: Callable[[bool], None]
    began: datetime = field(init=False)
    effects: int = 0
    dead: bool = False
    zombie: bool = False
    _greenlet: greenlet = field(init=False)
    _error: BaseException | None = None
    _over: bool = False

    def start(self) -> None:
        """Begin, and go on until it pauses or ends."""
        self.began = self.scheduler.clock()
        self._greenlet = greenlet(self._run)
        self._go_on()

    @property
    def is_own_thread(self) -> bool:
        """Whether the one who asks is the invocation itself, not a thread that the function started."""
        return getcurrent() is self._greenlet

    def pause(self, seconds: float) -> None:
        """Let other things happen for so many seconds."""
        self.scheduler.after(seconds, self._go_on)
        self._greenlet.parent.switch()

    def die(self) -> None:
        """End the function here. Raises `Died`, in a thread of the function's own `Gone`."""
        self.dead = True
        if self.is_own_thread:
            raise Died
        raise Gone

    def _go_on(self) -> None:
        before, self.scheduler.current = self.scheduler.current, self
        self._greenlet.parent = getcurrent()
        self._greenlet.switch()
        self.scheduler.current = before
        if self._error is not None:
            raise self._error
        if self._over:
            self._over = False
            self.ended(self.dead)

    def _run(self) -> None:
        try:
            self.work()
        except Died:
            self.dead = True
        except BaseException as error:  # noqa: BLE001 - raised again in the scheduler's thread
            self._error = error
        self._over = True


class Scheduler:
    """Happenings by their times. ``current`` is the invocation that runs, or None."""

    def __init__(self, clock: VirtualClock, most: int = MOST_STEPS) -> None:
        self.clock, self._most = clock, most
        self.current: Invocation | None = None
        self.steps = 0
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()

    def at(self, moment: datetime, happen: Callable[[], None]) -> None:
        """Have something happen at a time, now at the earliest."""
        heapq.heappush(self._due, (max(moment, self.clock()), next(self._numbers), happen))

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Have something happen in so many seconds."""
        self.at(self.clock() + timedelta(seconds=seconds), happen)

    def run(self, until: datetime | None = None) -> None:
        """Let happen what is due, in order, until a time or until nothing is left. Raises `NeverAtRest`."""
        while self._due and (until is None or self._due[0][0] <= until):
            moment, _, happen = heapq.heappop(self._due)
            self.steps += 1
            if self.steps > self._most:
                raise NeverAtRest(f"more than {self._most} steps, at {moment.isoformat()}")
            self.clock.move_to(moment)
            happen()
        if until is not None:
            self.clock.move_to(until)
