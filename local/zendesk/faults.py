"""Faults at will: what goes wrong between a client and Zendesk, switched on by method or from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from local.zendesk.limits import too_many
from local.zendesk.messages import Request, Response

Before = Callable[[Request], "Response | None"]
After = Callable[[Request, Response], "Response | None"]


class AnswerLost(Exception):
    """The connection broke before the client had its answer; what was written, if anything, stays."""


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

    `matching` is an endpoint as `Zendesk.requests` names it ("POST /api/v2/tickets"); None matches all.
    `count` ends a fault after so many requests it has hit, `lasting` after so many seconds by the clock.
    `before` and `after` are for a simulation's own chance: each may answer in place of Zendesk by returning
    a response, raise AnswerLost, or raise whatever else should come out of `Zendesk.handle`; before nothing
    has happened yet, after everything has.
    """

    clock: Callable[[], datetime]
    revoke: Callable[[], None]
    before: Before | None = None
    after: After | None = None
    _active: list[_Fault] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def outage(
        self,
        count: int | None = None,
        *,
        lasting: float | None = None,
        retry_after: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer 503, with Retry-After in seconds where `retry_after` is given."""
        self._add("outage", matching, count, lasting, seconds=retry_after)

    def rate_limit(self, seconds: float, *, matching: str | None = None) -> None:
        """Answer 429 for `seconds`, with what is left of them in Retry-After."""
        self._add("rate_limit", matching, None, seconds)

    def slow(
        self,
        seconds: float,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer `seconds` late. What is asked is done all the same, whether the client waits or not."""
        self._add("slow", matching, count, lasting, seconds=seconds)

    def lose_answer(self, *, after_write: bool, count: int | None = 1, matching: str | None = None) -> None:
        """Break the connection of the next `count` requests, after or before what they ask is done."""
        self._add("lose_answer", matching, count, None, after_write=after_write)

    def revoke_tokens(self) -> None:
        """Stop every access token issued so far."""
        self.revoke()

    def clear(self) -> None:
        """End every fault that was switched on; the two hooks stay."""
        with self._lock:
            self._active.clear()

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on from outside: `{"outage": {"count": 2, "retry_after": 5}, "clear": {}}`.

        Names are this class's methods, values their arguments. `clear` comes first. ValueError for a name
        or an argument that does not exist.
        """
        methods: dict[str, Callable[..., None]] = {
            "clear": self.clear,
            "outage": self.outage,
            "rate_limit": self.rate_limit,
            "slow": self.slow,
            "lose_answer": self.lose_answer,
            "revoke_tokens": self.revoke_tokens,
        }
        if unknown := commands.keys() - methods.keys():
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(methods)}")
        for name, method in methods.items():
            if name in commands:
                arguments = commands[name] if isinstance(commands[name], Mapping) else {}
                try:
                    method(**arguments)
                except TypeError as problem:
                    raise ValueError(f"{name}: {problem}") from problem

    def answer(self, endpoint: str, request: Request) -> Response | None:
        """Return what is answered in place of Zendesk, if anything. Raises AnswerLost before a write."""
        if self.before and (response := self.before(request)):
            return response
        if self._hit("lose_answer", endpoint, after_write=False):
            raise AnswerLost
        if limited := self._hit("rate_limit", endpoint):
            left = (limited.until - self.clock()).total_seconds() if limited.until else 1
            return too_many(left).response
        if outage := self._hit("outage", endpoint):
            after = {} if outage.seconds is None else {"Retry-After": f"{outage.seconds:g}"}
            return Response(503, {"Content-Type": "text/plain", **after}, b"Service Unavailable")
        return None

    def deliver(self, endpoint: str, request: Request, response: Response) -> Response:
        """Return `response` as it reaches the client, late or replaced. Raises AnswerLost after a write."""
        if self._hit("lose_answer", endpoint, after_write=True):
            raise AnswerLost
        if self.after:
            response = self.after(request, response) or response
        if slow := self._hit("slow", endpoint):
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

    def _hit(self, kind: str, endpoint: str, *, after_write: bool = False) -> _Fault | None:
        now = self.clock()
        with self._lock:
            self._active = [f for f in self._active if f.count != 0 and (f.until is None or f.until > now)]
            for fault in self._active:
                if (fault.kind, fault.after_write) == (kind, after_write) and fault.matching in (
                    None,
                    endpoint,
                ):
                    fault.count = None if fault.count is None else fault.count - 1
                    return fault
        return None
