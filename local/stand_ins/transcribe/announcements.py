"""The event of a job that has ended (facts/speech-analysis.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.stand_ins.transcribe.job import Job
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS
from local.stand_ins.transcribe.options import Options

OnEvent = Callable[[Mapping[str, Any]], object]


def announcement(job: Job, options: Options, region: str, account: str) -> dict[str, Any]:
    """Return the event of a job that has ended, in its envelope."""
    assert job.ended is not None  # noqa: S101  it has ended
    detail: dict[str, Any] = {job.kind.event_name: job.name, job.kind.event_status: job.status}
    if job.kind is CALL_ANALYTICS and not options.reason_in_call_analytics_event:
        detail["AnalyticsJobDetails"] = {"Skipped": job.skipped}
    elif job.failure:
        detail["FailureReason"] = job.failure
    return {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, f"{job.kind.event} {job.name} {job.ended}")),
        "detail-type": job.kind.event,
        "source": "aws.transcribe",
        "account": account,
        "time": f"{job.ended:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": [],
        "detail": detail,
    }
