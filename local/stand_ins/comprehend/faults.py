"""The faults of Amazon Comprehend: those of every AWS service, and texts of a batch that fail alone."""

from __future__ import annotations

from typing import ClassVar

from local.stand_ins.aws.faults import AwsFaults
from local.stand_ins.faults.catalogue import COUNT, LASTING, MATCHING, Known


class ComprehendFaults(AwsFaults):
    """What goes wrong now; `matching` is an operation ("BatchDetectSentiment")."""

    KNOWN: ClassVar[tuple[Known, ...]] = (
        *AwsFaults.KNOWN,
        Known(
            "text_fails",
            "Answer 200 with every other text of a batch in its ErrorList",
            (COUNT, LASTING, MATCHING),
        ),
    )

    def text_fails(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer 200 with the first text of a batch, and every other one after it, in its ErrorList."""
        self.plan.add("text_fails", lasting=lasting, matching=matching, count=count)

    def texts_fail(self, operation: str) -> bool:
        """Return whether texts of this batch are to fail."""
        return self.plan.hit("text_fails", operation) is not None
