"""What goes wrong while a day is played: faults of the laptop and of Amazon Connect, by a seed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from local.faults.laptop_faults import faults_of
from local.faults.switches import DUPLICATES, KILL, REORDERING

if TYPE_CHECKING:
    from local.emulator.laptop import Laptop

#: Seconds from one fault to the next, and how long one lasts.
_APART, _LASTING = (4.0, 15.0), (1.0, 5.0)
#: The functions live so long at least between two killings, for it to be seen whether what they hold grows.
_KILLED_APART = timedelta(minutes=5)


class FaultSchedule:
    """Switches faults on and off, one after another, as `random` decides."""

    def __init__(self, laptop: Laptop, random: Random, start: datetime) -> None:
        self._laptop, self._random = laptop, random
        self._next = start
        self._kill_after = start
        self._ends: dict[str, datetime] = {}  # of faults that do not end by themselves
        self._advance()

    def make(self, now: datetime) -> int:
        """Make what goes wrong until now, and end what is over; returns how many faults there were."""
        for name in [name for name, end in self._ends.items() if end <= now]:
            del self._ends[name]
            faults_of(self._laptop).off(name)
        made = 0
        while self._next <= now:
            self._make(now)
            made += 1
            self._advance()
        return made

    def _advance(self) -> None:
        self._next += timedelta(seconds=self._random.uniform(*_APART))

    def _make(self, now: datetime) -> None:
        lasting = round(self._random.uniform(*_LASTING), 1)
        of_laptop: tuple[tuple[str, Mapping[str, Any]], ...] = (
            ("outage", {"lasting": lasting}),
            ("outage", {"lasting": lasting, "retry_after": 2}),
            ("rate_limit", {"seconds": lasting}),
            ("slowness", {"seconds": 1, "lasting": lasting}),
            ("lost_before_write", {"count": 2}),
            ("lost_after_write", {"count": 2}),
            ("conflicts", {"count": 2}),
            ("tokens_revoked", {}),
            (DUPLICATES, {}),
            (REORDERING, {}),
            *(((KILL, {}),) if now >= self._kill_after else ()),
        )
        of_connect: tuple[Mapping[str, Any], ...] = (
            {"throttle": {"lasting": lasting}},
            {"outage": {"lasting": lasting}},
            {"lose_answer": {"after_write": self._random.random() < 0.5}},
        )
        chosen = self._random.randrange(len(of_laptop) + len(of_connect))
        if chosen >= len(of_laptop):
            self._laptop.connect.faults.apply(of_connect[chosen - len(of_laptop)])
            return
        name, arguments = of_laptop[chosen]
        faults_of(self._laptop).on(name, arguments)
        if name == KILL:
            self._kill_after = now + _KILLED_APART
        if name in (DUPLICATES, REORDERING):
            self._ends[name] = now + timedelta(seconds=lasting)
