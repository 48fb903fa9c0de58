"""Amazon Transcribe and Amazon Comprehend for tests: a clock to turn, boto3 clients, what was announced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local import recordings
from local.replay import shared_client
from local.stand_ins.comprehend import Comprehend
from local.stand_ins.comprehend import Options as ComprehendOptions
from local.stand_ins.transcribe import MemoryObjects, Options, Transcribe

ROLE = "arn:aws:iam::111122223333:role/reads-recordings"
CHANNELS = [
    {"ChannelId": 0, "ParticipantRole": "CUSTOMER"},
    {"ChannelId": 1, "ParticipantRole": "AGENT"},
]


class Speech:
    """A stand-in for each service. Recordings are in the bucket `in`, results go to `out`."""

    def __init__(
        self, *, region: str = "eu-west-2", comprehend: Mapping[str, Any] | None = None, **options: Any
    ):
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        self.objects = MemoryObjects()
        self.events: list[Mapping[str, Any]] = []
        self.stand_in = Transcribe(
            clock=lambda: self.now,
            objects=self.objects,
            options=Options(**options),
            on_event=self.events.append,
            region=region,
        )
        self.comprehends = Comprehend(clock=lambda: self.now, options=ComprehendOptions(**(comprehend or {})))
        self.transcribe = shared_client.client_of("transcribe", self.stand_in)
        self.comprehend = shared_client.client_of("comprehend", self.comprehends)

    def later(self, seconds: float) -> None:
        """Turn the clock on, and have done what is due by then."""
        self.now += timedelta(seconds=seconds)
        self.stand_in.run_due()

    def record(self, name: str, said: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Put a recording into S3; returns its URI. Without `said` it is the conversation of that name."""
        spoken = recordings.conversation(name) if said is None else said
        self.objects.held["in", f"{name}.wav"] = recordings.recording(spoken, **more)
        return f"s3://in/{name}.wav"

    def start_analysis(self, name: str, uri: str, locale: str | None = "en-GB", **asked: Any) -> Any:
        """Start a Call Analytics job; `settings` are further ones."""
        settings = {**({"LanguageOptions": [locale]} if locale else {}), **asked.pop("settings", {})}
        request = {
            "CallAnalyticsJobName": name,
            "Media": {"MediaFileUri": uri},
            "OutputLocation": "s3://out/p/",
            "DataAccessRoleArn": ROLE,
            "ChannelDefinitions": CHANNELS,
            **({"Settings": settings} if settings else {}),
            **asked,
        }
        given = {key: value for key, value in request.items() if value is not None}
        return self.transcribe.start_call_analytics_job(**given)["CallAnalyticsJob"]

    def start(self, name: str, uri: str, locale: str | None = "en-GB", **asked: Any) -> Any:
        """Start a standard job."""
        request = {
            "TranscriptionJobName": name,
            "LanguageCode": locale,
            "Media": {"MediaFileUri": uri},
            "OutputBucketName": "out",
            "OutputKey": "q/",
            **asked,
        }
        given = {key: value for key, value in request.items() if value is not None}
        return self.transcribe.start_transcription_job(**given)["TranscriptionJob"]

    def analysis(self, name: str) -> Any:
        """Return what Get… says of a Call Analytics job."""
        return self.transcribe.get_call_analytics_job(CallAnalyticsJobName=name)["CallAnalyticsJob"]

    def job(self, name: str) -> Any:
        """Return what Get… says of a standard job."""
        return self.transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]

    def document(self, key: str) -> Any:
        """Return a result."""
        return json.loads(self.objects.held["out", key])

    def analysed(self, uri: str, locale: str = "en-GB", **asked: Any) -> Any:
        """Have a recording analysed by Call Analytics, and return the result."""
        self.start_analysis("analysed", uri, locale, **asked)
        self.later(60)
        return self.document("p/analytics/analysed.json")

    def transcribed(self, uri: str, locale: str = "en-GB", **asked: Any) -> Any:
        """Have a recording transcribed by a standard job, and return the result."""
        self.start("transcribed", uri, locale, **asked)
        self.later(60)
        return self.document("q/transcribed.json")
