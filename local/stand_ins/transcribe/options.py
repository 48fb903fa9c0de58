"""What can be switched in the stand-in: limits first, then what facts/speech-analysis.md is unsure of.

The defaults are the reading that asks more of a client, or the documented one where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from local.stand_ins.transcribe import languages


@dataclass(frozen=True)
class Options:
    """One switch for each open question; the numbers are sections of docs/facts/speech-analysis.md."""

    standard_at_once: int = 250  # 3.4: concurrent jobs; 100 in some accounts
    call_analytics_at_once: int = 100  # 3.4
    queue_holds: int = 10_000  # 3.3
    waits: timedelta = timedelta(seconds=1)  # from the request until a job begins, where nothing is ahead
    lasts: timedelta = timedelta(seconds=20)  # from then until it has ended, and a share of the recording
    lasts_share: float = 0.1
    job_kept: timedelta = timedelta(days=90)  # 3.4

    missing_media: Literal["failed", "refused"] = "failed"  # 3.3: a URI that leads nowhere
    too_long: Literal["refused", "failed"] = "refused"  # 3.3: over four hours: LimitExceededException
    mono_call_analytics: Literal["failed", "refused"] = "failed"  # 3.4, 13: one channel for Call Analytics
    file_in_output_location: Literal["folder_added", "as_named"] = (
        "folder_added"  # 5.1: analytics/ all the same
    )
    segments_with_channels: bool = True  # 13: audio_segments beside channel_labels
    reason_in_call_analytics_event: bool = True  # 4: FailureReason, or AnalyticsJobDetails
    #: 6: locales in which Call Analytics redacts; these may have grown.
    call_analytics_redaction: frozenset[str] = languages.CALL_ANALYTICS_REDACTION
    summary_regions: frozenset[str] = frozenset({"us-east-1", "us-west-2"})  # 6
