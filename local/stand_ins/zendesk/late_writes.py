"""Writes whose client has gone: carried out later, as things are then (facts/zendesk.md 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.timestamps import to_timestamp


@dataclass
class _Late:
    endpoint: str
    arrived: datetime
    due: datetime
    carry_out: Callable[[], int]
    status: int | None = None


class LateWrites:
    """What is still to be carried out, and what came of what was: in order of when, then of arrival."""

    def __init__(self) -> None:
        self._taken: list[_Late] = []
        self._waiting: list[_Late] = []

    def take(self, endpoint: str, arrived: datetime, due: datetime, carry_out: Callable[[], int]) -> None:
        """Take a write; `carry_out` does it when it is due, and returns a status that is sent to no one."""
        late = _Late(endpoint, arrived, due, carry_out)
        self._taken.append(late)
        self._waiting = sorted([*self._waiting, late], key=lambda one: one.due)

    def next_due(self) -> datetime | None:
        """Return when the next write is carried out; None where none waits."""
        return self._waiting[0].due if self._waiting else None

    def carry_out_next(self) -> None:
        """Carry out the write that is due first."""
        late = self._waiting.pop(0)
        late.status = late.carry_out()

    def shown(self) -> list[Shown]:
        """Return every write so far, oldest first: endpoint, arrived, due, and its status once it is done."""
        return [
            {
                "endpoint": late.endpoint, "arrived": to_timestamp(late.arrived),
                "due": to_timestamp(late.due), "status": late.status,
            }
            for late in self._taken
        ]  # fmt: skip
