"""Faults at will: what goes wrong between a client and a stand-in, switched on by method or from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from local.stand_ins.faults.catalogue import CLEAR, HANG, LOSE_ANSWER, SLOW, Known, as_json, chosen
from local.stand_ins.faults.plan import FaultPlan
from local.stand_ins.http.messages import AnswerLost, NeverAnswered, Response


class Faults:
    """What goes wrong now: what both stand-ins know, to which each adds methods of its own.

    `matching` is an endpoint as the stand-in counts requests ("POST /api/v2/tickets", "DescribeUser"); None
    matches all. `count` ends a fault after so many requests that it has hit, `lasting` after so many seconds
    by the clock; without either it stays until `clear`.
    """

    #: Every fault, by its method's name, in the order in which one command switches them: `clear` first.
    KNOWN: ClassVar[tuple[Known, ...]] = (CLEAR, SLOW, LOSE_ANSWER, HANG)

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.plan = FaultPlan(clock)

    def slow(
        self,
        seconds: float,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer `seconds` late. What is asked is done all the same, whether the client waits or not."""
        self.plan.add("slow", lasting=lasting, matching=matching, count=count, seconds=seconds)

    def lose_answer(self, *, after_write: bool, count: int | None = 1, matching: str | None = None) -> None:
        """Break the connection of the next `count` requests, after or before what they ask is done."""
        self.plan.add("lose_answer", matching=matching, count=count, after_write=after_write)

    def hang(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Take requests, do nothing and say nothing, on a connection that stays open."""
        self.plan.add("hang", lasting=lasting, matching=matching, count=count)

    def clear(self, *, only: str | None = None) -> None:
        """End every fault that was switched on, or `only` those of one name."""
        self.plan.end(only)

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on from outside: `{"outage": {"count": 2}, "clear": {}}`.

        Names and arguments are those of `catalogue`. `clear` comes first. ValueError, and nothing is
        switched, for a name or an argument that does not exist or cannot be.
        """
        for known, arguments in chosen(self.KNOWN, commands):
            getattr(self, known.name)(**arguments)

    @classmethod
    def catalogue(cls) -> list[dict[str, Any]]:
        """Return every fault as JSON values: name, what it does, and its arguments."""
        return as_json(cls.KNOWN)

    def active(self) -> list[dict[str, Any]]:
        """Return what is on as JSON values: name, its arguments, requests left to hit, and until when."""
        return [fault.as_json() for fault in self.plan.active()]

    def break_before(self, endpoint: str) -> None:
        """Raise AnswerLost where the connection is to break before anything is done, or never to answer."""
        if self.plan.hit("hang", endpoint):
            raise NeverAnswered
        if self.plan.hit("lose_answer", endpoint):
            raise AnswerLost

    def break_after(self, endpoint: str) -> None:
        """Raise AnswerLost where the connection is to break after everything is done."""
        if self.plan.hit("lose_answer", endpoint, after_write=True):
            raise AnswerLost

    def delayed(self, endpoint: str, response: Response) -> Response:
        """Return an answer as late as it reaches the client."""
        if slow := self.plan.hit("slow", endpoint):
            return Response(response.status, response.headers, response.body, slow.seconds or 0.0)
        return response
