"""Which faults are on: each until its count or its time has run out, or until it is ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

_SIDED = ("lose_answer", "http_error")  # kinds that come before or after what was asked is done


@dataclass
class ActiveFault:
    """A fault that is on; `matching` None hits every endpoint, `count` and `until` None never run out."""

    kind: str
    matching: str | None = None
    count: int | None = None
    until: datetime | None = None
    seconds: float | None = None
    after_write: bool = False
    text: str | None = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fault as JSON values; `until` is UTC, to the second."""
        return {
            "name": self.kind,
            "matching": self.matching,
            "count": self.count,
            "seconds": self.seconds,
            "until": f"{self.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.until else None,
            **({"after_write": self.after_write} if self.kind in _SIDED else {}),
            **({"text": self.text} if self.text is not None else {}),
            **({"status": self.status} if self.status is not None else {}),
        }


class FaultPlan:
    """The faults that are on, by the injected clock; it may be asked and changed from several threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._lock = clock, RLock()
        self._active: list[ActiveFault] = []

    def add(self, kind: str, *, lasting: float | None = None, alone: bool = False, **what: Any) -> None:
        """Switch a fault on for `lasting` seconds; `alone`: in place of others of its kind."""
        until = None if lasting is None else self._clock() + timedelta(seconds=lasting)
        with self._lock:
            if alone:
                self.end(kind)
            self._active.append(ActiveFault(kind, until=until, **what))

    def end(self, kind: str | None = None) -> None:
        """End every fault, or those of one kind."""
        with self._lock:
            self._active = [fault for fault in self._active if kind not in (None, fault.kind)]

    def active(self) -> list[ActiveFault]:
        """Return what is on, oldest first."""
        with self._lock:
            self._drop_ended()
            return list(self._active)

    def hit(self, kind: str, endpoint: str = "", *, after_write: bool = False) -> ActiveFault | None:
        """Return the fault of a kind that this request meets, counted down by one; None where none does."""
        with self._lock:
            self._drop_ended()
            for fault in self._active:
                same = (fault.kind, fault.after_write) == (kind, after_write)
                if same and fault.matching in (None, endpoint):
                    fault.count = None if fault.count is None else fault.count - 1
                    return fault
        return None

    def _drop_ended(self) -> None:
        if self._active:
            now = self._clock()
            self._active = [f for f in self._active if f.count != 0 and (f.until is None or f.until > now)]
