"""Faults at will: what goes wrong between a client and Zendesk, switched on by method or from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from local.stand_ins.faults import catalogue as fault_catalogue
from local.stand_ins.http.messages import AnswerLost, Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.limits import too_many
from local.stand_ins.zendesk.timestamps import written

Before = Callable[[Request], "Response | None"]
After = Callable[[Request, Response], "Response | None"]


@dataclass
class _Fault:
    kind: str
    matching: str | None = None
    count: int | None = None
    until: datetime | None = None
    seconds: float | None = None
    after_write: bool = False


@dataclass
class Faults:
    """What is wrong at the moment.

    `matching` is an endpoint as `Zendesk.requests` names it ("POST /api/v2/tickets"); None matches all.
    `count` ends a fault after so many requests it has hit, `lasting` after so many seconds by the clock.
    `before` and `after` are for a simulation's own chance: each may answer in place of Zendesk by returning
    a response, raise AnswerLost, or raise whatever else should come out of `Zendesk.handle`; before nothing
    has happened yet, after everything has. `revoke` and `lag_changed` are called where those come in.
    """

    clock: Callable[[], datetime]
    revoke: Callable[[], None]
    lag_changed: Callable[[], None] = lambda: None
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
        self._add("outage", lasting, matching=matching, count=count, seconds=retry_after)

    def rate_limit(self, seconds: float, *, matching: str | None = None) -> None:
        """Answer 429 for `seconds`, with what is left of them in Retry-After."""
        self._add("rate_limit", seconds, matching=matching)

    def slow(
        self,
        seconds: float,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer `seconds` late. What is asked is done all the same, whether the client waits or not."""
        self._add("slow", lasting, matching=matching, count=count, seconds=seconds)

    def lose_answer(self, *, after_write: bool, count: int | None = 1, matching: str | None = None) -> None:
        """Break the connection of the next `count` requests, after or before what they ask is done."""
        self._add("lose_answer", None, matching=matching, count=count, after_write=after_write)

    def conflict(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer writes with 409 DatabaseConflict, as of two writers at once, and do nothing."""
        self._add("conflict", lasting, matching=matching, count=count)

    def index_lag(self, seconds: float, *, lasting: float | None = None) -> None:
        """Let search see changes after `seconds`, those on their way included."""
        with self._lock:
            self._active = [fault for fault in self._active if fault.kind != "index_lag"]
        self._add("index_lag", lasting, seconds=seconds)
        self.lag_changed()

    def repeat_webhooks(self, count: int | None = None, *, lasting: float | None = None) -> None:
        """Send the next `count` webhook invocations twice, with the same invocation id."""
        self._add("repeat_webhooks", lasting, count=count)

    def revoke_tokens(self) -> None:
        """Stop every access token issued so far."""
        self.revoke()

    def clear(self, *, only: str | None = None) -> None:
        """End every fault that was switched on, or `only` those of one name; the two hooks stay."""
        with self._lock:
            self._active = [fault for fault in self._active if only not in (None, fault.kind)]
        self.lag_changed()

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on from outside: `{"outage": {"count": 2, "retry_after": 5}, "clear": {}}`.

        Names and arguments are those of `catalogue`. `clear` comes first. ValueError, and nothing is
        switched, for a name or an argument that does not exist or cannot be.
        """
        names = [known.name for known in fault_catalogue.KNOWN]
        if unknown := commands.keys() - set(names):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        chosen = [known for known in fault_catalogue.KNOWN if known.name in commands]
        for known, arguments in [
            (known, fault_catalogue.checked(known, commands[known.name])) for known in chosen
        ]:
            getattr(self, known.name)(**arguments)

    @staticmethod
    def catalogue() -> list[dict[str, Any]]:
        """Return every fault as JSON values: name, what it does, and its arguments."""
        return fault_catalogue.catalogue()

    def active(self) -> list[dict[str, Any]]:
        """Return what is on as JSON values: name, its arguments, requests left to hit, and until when."""
        with self._lock:
            self._prune()
            return [
                {
                    "name": fault.kind, "matching": fault.matching, "count": fault.count,
                    "seconds": fault.seconds, "until": written(fault.until) if fault.until else None,
                    **({"after_write": fault.after_write} if fault.kind == "lose_answer" else {}),
                }
                for fault in self._active
            ]  # fmt: skip

    def lag(self, otherwise: timedelta) -> timedelta:
        """Return how late search is at the moment."""
        fault = self._hit("index_lag", "")
        return otherwise if fault is None else timedelta(seconds=fault.seconds or 0)

    def repeats_webhook(self) -> bool:
        """Say whether the invocation that is sent now is sent twice."""
        return self._hit("repeat_webhooks", "") is not None

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
        if request.method != "GET" and self._hit("conflict", endpoint):
            text = "Database collision: another request has changed this record. Please try again."
            return errors.described(409, "DatabaseConflict", text).response
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

    def _add(self, kind: str, lasting: float | None, **what: Any) -> None:
        until = None if lasting is None else self.clock() + timedelta(seconds=lasting)
        with self._lock:
            self._active.append(_Fault(kind, until=until, **what))

    def _prune(self) -> None:
        now = self.clock()
        self._active = [f for f in self._active if f.count != 0 and (f.until is None or f.until > now)]

    def _hit(self, kind: str, endpoint: str, *, after_write: bool = False) -> _Fault | None:
        with self._lock:
            if not self._active:
                return None
            self._prune()
            for fault in self._active:
                if (fault.kind, fault.after_write) == (kind, after_write) and fault.matching in (
                    None,
                    endpoint,
                ):
                    fault.count = None if fault.count is None else fault.count - 1
                    return fault
        return None
