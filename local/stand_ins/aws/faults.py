"""The faults of an AWS service: those that every stand-in has, throttling, and outages in its own errors."""

from __future__ import annotations

from typing import ClassVar

from botocore.model import OperationModel

from local.stand_ins.aws import wire
from local.stand_ins.faults.catalogue import CLEAR, COUNT, HANG, LASTING, LOSE_ANSWER, MATCHING, SLOW, Known
from local.stand_ins.faults.faults import Faults
from local.stand_ins.http.messages import Response

_THROTTLE = "Answer that there were too many requests, whatever the quota"
_OUTAGE = "Answer 500, with the error that the operation has for it"


class AwsFaults(Faults):
    """What goes wrong now; `matching` is an operation ("DescribeUser")."""

    KNOWN: ClassVar[tuple[Known, ...]] = (
        CLEAR,
        Known("throttle", _THROTTLE, (COUNT, LASTING, MATCHING)),
        Known("outage", _OUTAGE, (COUNT, LASTING, MATCHING)),
        SLOW,
        LOSE_ANSWER,
        HANG,
    )

    def throttle(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer that there were too many requests, whatever the quota says."""
        self.plan.add("throttle", lasting=lasting, matching=matching, count=count)

    def outage(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer 500, with the error that the operation has for it."""
        self.plan.add("outage", lasting=lasting, matching=matching, count=count)

    def before(self, operation: OperationModel) -> None:
        """Refuse a request, or break its connection, where a fault wants it. RefusedError, AnswerLost."""
        self.break_before(operation.name)
        if self.plan.hit("throttle", operation.name):
            raise wire.RefusedError(wire.throttling_of(operation), "Too Many Requests")
        if self.plan.hit("outage", operation.name):
            raise wire.RefusedError(wire.failure_of(operation), "Internal Service Error")

    def deliver(self, operation: OperationModel, response: Response) -> Response:
        """Return an answer as it reaches the client. Raises AnswerLost after a write."""
        self.break_after(operation.name)
        return self.delayed(operation.name, response)
