"""A job: what was asked, how far it is, and how Get… and List… show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from local.stand_ins.transcribe import requests
from local.stand_ins.transcribe.kinds import STANDARD, Held, Kind
from local.stand_ins.transcribe.wav import Wav

Status = Literal["QUEUED", "IN_PROGRESS", "COMPLETED", "FAILED"]

_STANDARD_SHOWN = (
    "Media", "MediaFormat", "Settings", "ModelSettings", "JobExecutionSettings", "ContentRedaction",
    "IdentifyLanguage", "IdentifyMultipleLanguages", "LanguageOptions", "LanguageIdSettings", "Tags",
)  # fmt: skip
_CALL_ANALYTICS_SHOWN = ("Media", "DataAccessRoleArn", "Settings", "ChannelDefinitions", "Tags")


@dataclass
class Job:
    """A job by its name in the name space of its kind.

    `due` is when its next step comes: it begins, or it ends; None where nothing more comes. `uris` are those
    of its results, `skipped` what of the analysis was left out.
    """

    kind: Kind
    name: str
    asked: Mapping[str, Any]
    created: datetime
    locale: str | None
    waits: bool  # behind others, in the queue
    due: datetime | None
    status: Status = "QUEUED"
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""
    wav: Wav | None = None
    uris: dict[str, str] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ("COMPLETED", "FAILED")

    def shown(self) -> Held:
        """Return the job as Start… and Get… answer it."""
        names = _STANDARD_SHOWN if self.kind is STANDARD else _CALL_ANALYTICS_SHOWN
        return {
            **{name: self.asked.get(name) for name in names},
            **self._times(),
            **({"IdentifiedLanguageScore": 0.98} if self._is_identified else {}),
            "MediaFormat": "wav" if self.wav else self.asked.get("MediaFormat"),
            "MediaSampleRateHertz": self.wav.rate if self.wav else self.asked.get("MediaSampleRateHertz"),
            "Transcript": self.uris or None,
        }

    def summary(self) -> Held:
        """Return the job as List… answers it."""
        summary = self._times()
        if self.kind is STANDARD:
            summary["OutputLocationType"] = (
                "CUSTOMER_BUCKET" if "OutputBucketName" in self.asked else "SERVICE_BUCKET"
            )
            summary["ContentRedaction"] = self.asked.get("ContentRedaction")
        return summary

    @property
    def _is_identified(self) -> bool:
        return self.status == "COMPLETED" and requests.locale_of(self.kind, self.asked) is None

    def _times(self) -> Held:
        return {
            self.kind.name: self.name,
            self.kind.status: self.status,
            "LanguageCode": self.locale,
            "CreationTime": self.created,
            "StartTime": self.begun,
            "CompletionTime": self.ended,
            "FailureReason": self.failure or None,
            **({"CallAnalyticsJobDetails": {"Skipped": self.skipped}} if self.skipped else {}),
        }
