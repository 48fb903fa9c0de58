"""Faults at will: what goes wrong between a client and Amazon Connect, by method or from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.amazon_connect import wire
from local.zendesk.faults import AnswerLost
from local.zendesk.messages import Response


@dataclass
class _Fault:
    kind: str
    matching: str | None
    count: int | None
    until: datetime | None
    seconds: float = 0.0
    after_write: bool = False


@dataclass
class Faults:
    """What is wrong at the moment.

    `matching` is an operation ("DescribeUser"); None matches all. `count` ends a fault after so many requests
    that it has hit, `lasting` after so many seconds by the clock; without either it stays until `clear`.
    """

    clock: Callable[[], datetime]
    _active: list[_Fault] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def throttle(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer that there were too many requests, whatever the quota says."""
        self._add("throttle", matching, count, lasting)

    def outage(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer 500, with the error that the operation has for it."""
        self._add("outage", matching, count, lasting)

    def slow(
        self,
        seconds: float,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer `seconds` late, over HTTP. What is asked is done all the same."""
        self._add("slow", matching, count, lasting, seconds=seconds)

    def lose_answer(self, *, after_write: bool, count: int | None = 1, matching: str | None = None) -> None:
        """Break the connection of the next `count` requests, after or before what they ask is done."""
        self._add("lose_answer", matching, count, None, after_write=after_write)

    def clear(self) -> None:
        """End every fault that was switched on."""
        with self._lock:
            self._active.clear()

    def catalogue(self) -> dict[str, str]:
        """Return the faults that `apply` knows, and what each does."""
        return {name: (method.__doc__ or "").partition("\n")[0] for name, method in self._methods().items()}

    def active(self) -> list[dict[str, Any]]:
        """Return what is wrong now: each fault's name, and what is given of its arguments and its end."""
        with self._lock:
            self._drop_ended()
            now = self.clock()
            return [
                {
                    "fault": fault.kind,
                    **({"matching": fault.matching} if fault.matching else {}),
                    **({"count": fault.count} if fault.count is not None else {}),
                    **({"seconds_left": (fault.until - now).total_seconds()} if fault.until else {}),
                    **({"seconds": fault.seconds} if fault.kind == "slow" else {}),
                    **({"after_write": fault.after_write} if fault.kind == "lose_answer" else {}),
                }
                for fault in self._active
            ]

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on from outside: `{"throttle": {"lasting": 5}, "clear": {}}`.

        Names are this class's methods, values their arguments. `clear` comes first. ValueError for a name
        or an argument that does not exist.
        """
        methods = self._methods()
        if unknown := commands.keys() - methods.keys():
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(methods)}")
        for name, method in methods.items():
            if name in commands:
                arguments = commands[name] if isinstance(commands[name], Mapping) else {}
                try:
                    method(**arguments)
                except TypeError as problem:
                    raise ValueError(f"{name}: {problem}") from problem

    def before(self, operation: OperationModel) -> None:
        """Refuse a request, or break its connection, where a fault wants it. RefusedError, AnswerLost."""
        if self._hit("lose_answer", operation.name):
            raise AnswerLost
        if self._hit("throttle", operation.name):
            raise wire.RefusedError(wire.throttling_of(operation), "Too Many Requests")
        if self._hit("outage", operation.name):
            raise wire.RefusedError(wire.failure_of(operation), "Internal Service Error")

    def deliver(self, operation: OperationModel, response: Response) -> Response:
        """Return an answer as it reaches the client. Raises AnswerLost after a write."""
        if self._hit("lose_answer", operation.name, after_write=True):
            raise AnswerLost
        if slow := self._hit("slow", operation.name):
            return Response(response.status, response.headers, response.body, slow.seconds)
        return response

    def _methods(self) -> dict[str, Callable[..., None]]:
        return {
            "clear": self.clear,
            "throttle": self.throttle,
            "outage": self.outage,
            "slow": self.slow,
            "lose_answer": self.lose_answer,
        }

    def _add(
        self,
        kind: str,
        matching: str | None,
        count: int | None,
        lasting: float | None,
        *,
        seconds: float = 0.0,
        after_write: bool = False,
    ) -> None:
        until = None if lasting is None else self.clock() + timedelta(seconds=lasting)
        with self._lock:
            self._active.append(_Fault(kind, matching, count, until, seconds, after_write))

    def _hit(self, kind: str, operation: str, *, after_write: bool = False) -> _Fault | None:
        with self._lock:
            self._drop_ended()
            for fault in self._active:
                same = (fault.kind, fault.after_write) == (kind, after_write)
                if same and fault.matching in (None, operation):
                    fault.count = None if fault.count is None else fault.count - 1
                    return fault
        return None

    def _drop_ended(self) -> None:
        now = self.clock()
        self._active = [f for f in self._active if f.count != 0 and (f.until is None or f.until > now)]
