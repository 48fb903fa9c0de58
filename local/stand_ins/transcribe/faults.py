"""The faults of Amazon Transcribe: those of every AWS service, and what becomes of jobs."""

from __future__ import annotations

from typing import ClassVar

from local.stand_ins.aws.faults import AwsFaults
from local.stand_ins.faults.catalogue import LASTING, Argument, Known

_COUNT = Argument("count", "count", "how many jobs it hits; without it, all until it ends")
_JOB = Argument("matching", "endpoint", "the only job it hits, by its name")
_REASON = Argument("reason", "text", "the FailureReason; without it, a failure of the service's own")
INTERNAL = "Internal Failure"


class TranscribeFaults(AwsFaults):
    """What goes wrong now; `matching` is an operation ("GetCallAnalyticsJob"), or a job's name."""

    KNOWN: ClassVar[tuple[Known, ...]] = (
        *AwsFaults.KNOWN,
        Known(
            "job_failed", "Have jobs that would be COMPLETED end as FAILED", (_REASON, _COUNT, LASTING, _JOB)
        ),
        Known("job_hangs", "Have jobs that begin never end", (_COUNT, LASTING, _JOB)),
        Known("lose_events", "Announce jobs that end to no one", (_COUNT, LASTING, _JOB)),
        Known("repeat_events", "Announce jobs that end twice", (_COUNT, LASTING, _JOB)),
        Known("result_gone", "Have jobs be COMPLETED whose result is not there", (_COUNT, LASTING, _JOB)),
    )

    def job_failed(
        self,
        reason: str | None = None,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Have jobs that would be COMPLETED end as FAILED."""
        self._add("job_failed", count, lasting, matching, text=str(reason or INTERNAL))

    def job_hangs(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Have jobs that begin never end."""
        self._add("job_hangs", count, lasting, matching)

    def lose_events(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Announce jobs that end to no one: announcements are best effort."""
        self._add("lose_events", count, lasting, matching)

    def repeat_events(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Announce jobs that end twice."""
        self._add("repeat_events", count, lasting, matching)

    def result_gone(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Have jobs be COMPLETED whose result is not there."""
        self._add("result_gone", count, lasting, matching)

    def failure(self, job: str) -> str:
        """Return the reason with which this job is to fail, or nothing."""
        found = self.plan.hit("job_failed", job)
        return (found.text or INTERNAL) if found else ""

    def meets(self, kind: str, job: str) -> bool:
        """Return whether this job meets a fault of that kind."""
        return self.plan.hit(kind, job) is not None

    def _add(
        self, kind: str, count: int | None, lasting: float | None, job: str | None, text: str | None = None
    ) -> None:
        self.plan.add(kind, lasting=lasting, matching=job, count=count, text=text)
