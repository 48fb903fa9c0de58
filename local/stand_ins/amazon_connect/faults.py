"""Faults at will: what goes wrong between a client and Amazon Connect, by method or from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.stand_ins.amazon_connect import wire
from local.stand_ins.amazon_connect.contacts import written
from local.stand_ins.faults.catalogue import Argument, Known, checked
from local.stand_ins.http.messages import AnswerLost, Response

_COUNT = Argument("count", "count", "how many requests it hits; without it, all until it ends")
_LASTING = Argument("lasting", "seconds", "how long it lasts by the stand-in's clock")
_MATCHING = Argument("matching", "endpoint", 'the only operation it hits, such as "DescribeUser"')

#: In the order in which one command switches them: what clears comes first.
KNOWN = (
    Known("clear", "End every fault that is on"),
    Known(
        "throttle",
        "Answer that there were too many requests, whatever the quota",
        (_COUNT, _LASTING, _MATCHING),
    ),
    Known(
        "outage", "Answer 500, with the error that the operation has for it", (_COUNT, _LASTING, _MATCHING)
    ),
    Known(
        "slow",
        "Answer late over HTTP, but do what is asked at once",
        (Argument("seconds", "seconds", "how late", needed=True), _COUNT, _LASTING, _MATCHING),
    ),
    Known(
        "lose_answer",
        "Break the connection before the answer",
        (
            Argument("after_write", "yes or no", "whether what was asked is done first", needed=True),
            Argument("count", "count", "how many requests it hits; null: all, absent: one"),
            _MATCHING,
        ),
    ),
)


@dataclass
class _Fault:
    kind: str
    matching: str | None
    count: int | None
    until: datetime | None
    seconds: float | None = None
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

    @staticmethod
    def catalogue() -> list[dict[str, Any]]:
        """Return every fault as JSON values: name, what it does, and its arguments."""
        return [
            {"name": known.name, "what": known.what, "arguments": [asdict(one) for one in known.arguments]}
            for known in KNOWN
        ]

    def active(self) -> list[dict[str, Any]]:
        """Return what is on as JSON values: name, its arguments, requests left to hit, and until when."""
        with self._lock:
            self._drop_ended()
            return [
                {
                    "name": fault.kind,
                    "matching": fault.matching,
                    "count": fault.count,
                    "seconds": fault.seconds,
                    "until": written(fault.until) if fault.until else None,
                    **({"after_write": fault.after_write} if fault.kind == "lose_answer" else {}),
                }
                for fault in self._active
            ]

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on from outside: `{"throttle": {"lasting": 5}, "clear": {}}`.

        Names and arguments are those of `catalogue`. `clear` comes first. ValueError, and nothing is
        switched, for a name or an argument that does not exist or cannot be.
        """
        names = [known.name for known in KNOWN]
        if unknown := commands.keys() - set(names):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        chosen = [known for known in KNOWN if known.name in commands]
        for known, arguments in [(known, checked(known, commands[known.name])) for known in chosen]:
            getattr(self, known.name)(**arguments)

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
            return Response(response.status, response.headers, response.body, slow.seconds or 0.0)
        return response

    def _add(
        self,
        kind: str,
        matching: str | None,
        count: int | None,
        lasting: float | None,
        *,
        seconds: float | None = None,
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
