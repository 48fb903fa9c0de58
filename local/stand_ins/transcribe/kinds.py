"""The two kinds of jobs: what each calls things, and its limits (facts/speech-analysis.md 3, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Held = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of jobs, which is a name space of its own.

    `job` is the job's member in answers, `name` the member for a job's name and `status` for its state;
    `listed` that of a list. `event` is the detail type of an announcement, in which the name and the state
    are `event_name` and `event_status`. `largest` is of a recording, in bytes.
    """

    job: str
    name: str
    status: str
    listed: str
    event: str
    event_name: str
    event_status: str
    largest: int


STANDARD = Kind(
    job="TranscriptionJob",
    name="TranscriptionJobName",
    status="TranscriptionJobStatus",
    listed="TranscriptionJobSummaries",
    event="Transcribe Job State Change",
    event_name="TranscriptionJobName",
    event_status="TranscriptionJobStatus",
    largest=2 * 1024**3,
)
CALL_ANALYTICS = Kind(
    job="CallAnalyticsJob",
    name="CallAnalyticsJobName",
    status="CallAnalyticsJobStatus",
    listed="CallAnalyticsJobSummaries",
    event="Call Analytics Job State Change",
    event_name="JobName",
    event_status="JobStatus",
    largest=500 * 1024**2,
)

LONGEST, SHORTEST = 4 * 3600.0, 0.5  # seconds of a recording

#: Requests a second, by operation.
RATES: Mapping[str, tuple[float, int]] = {
    "StartTranscriptionJob": (25.0, 25),
    "GetTranscriptionJob": (30.0, 30),
    "ListTranscriptionJobs": (5.0, 5),
    "DeleteTranscriptionJob": (5.0, 5),
    "StartCallAnalyticsJob": (10.0, 10),
    "GetCallAnalyticsJob": (20.0, 20),
    "ListCallAnalyticsJobs": (5.0, 5),
    "DeleteCallAnalyticsJob": (5.0, 5),
}
