"""The results of a job: made of what its recording holds, and written where they were asked for."""

from __future__ import annotations

import json
from typing import Any

from local.stand_ins.transcribe import call_analytics, places, requests, script, standard
from local.stand_ins.transcribe.job import Job
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS
from local.stand_ins.transcribe.objects import ObjectDenied, Objects
from local.stand_ins.transcribe.options import Options
from local.stand_ins.transcribe.wav import Wav

_BY_DEFAULT = {0: "AGENT", 1: "CUSTOMER"}  # as in AWS's own examples
_OUTPUTS = {None: (False,), "redacted": (True,), "redacted_and_unredacted": (False, True)}
_NOT_WRITABLE = "The output location cannot be written to"
_TOO_LITTLE = {
    "Feature": "GENERATIVE_SUMMARIZATION",
    "ReasonCode": "INSUFFICIENT_CONVERSATION_CONTENT",
    "Message": "The conversation needs at least one turn from each participant.",
}


class Results:
    """Writes the documents of jobs that end; `region` and `account` are in what they say."""

    def __init__(self, objects: Objects, options: Options, region: str, account: str) -> None:
        self._objects, self._options = objects, options
        self._region, self._account = region, account

    def write(self, job: Job, *, gone: bool = False) -> None:
        """Write what a job was asked for, and keep the addresses with it; `gone`: it is not there after all.

        A place that cannot be written to is the job's failure.
        """
        wav = job.wav
        assert wav is not None  # noqa: S101  a job without a recording has failed before
        job.locale = job.locale or str((wav.said or {}).get("language", "en-US"))
        place = places.output_of(job.kind, job.asked)
        for redacted in _OUTPUTS[requests.redaction_of(job.kind, job.asked)]:
            uri = "RedactedTranscriptFileUri" if redacted else "TranscriptFileUri"
            if place is None:  # kept by the service for the life of the job, and served by no one here
                key = f"aws-transcribe-{self._region}-prod/{self._account}/{job.name}/asrOutput.json"
                job.uris[uri] = f"https://s3.{self._region}.amazonaws.com/{key}?X-Amz-Expires=900"
                continue
            key = places.result_key(job.kind, job.name, place[1], redacted=redacted, options=self._options)
            content = json.dumps(self._document(job, wav, redacted=redacted), ensure_ascii=False).encode()
            try:
                if not gone:
                    self._objects.write(place[0], key, content)
            except ObjectDenied:
                job.failure = _NOT_WRITABLE
                return
            job.uris[uri] = places.uri_of(self._region, place[0], key)

    def check_access(self, job: Job) -> bool:
        """Leave the file with which the service tries whether it may write; returns whether it may."""
        place = places.output_of(job.kind, job.asked)
        if place is None:
            return True
        try:
            self._objects.write(place[0], places.folder_of(place[1]) + places.ACCESS_CHECK, b"")
        except ObjectDenied:
            return False
        return True

    def _document(self, job: Job, wav: Wav, *, redacted: bool) -> dict[str, Any]:
        locale = job.locale or ""
        turns = script.hear(wav, locale, redacted=redacted)
        if job.kind is not CALL_ANALYTICS:
            return standard.document(
                job.name,
                self._account,
                turns,
                locale=locale,
                settings=job.asked.get("Settings") or {},
                channels=wav.channels,
                redacted=redacted,
                segments=self._options.segments_with_channels,
            )
        settings = job.asked.get("Settings") or {}
        summary = ""
        if (settings.get("Summarization") or {}).get("GenerateAbstractiveSummary"):
            if len({turn.channel for turn in turns}) < 2:
                job.skipped = [_TOO_LITTLE]
            else:
                summary = str((wav.said or {}).get("summary", ""))
        given = {
            channel["ChannelId"]: channel["ParticipantRole"]
            for channel in job.asked.get("ChannelDefinitions", ())
        }
        return call_analytics.document(
            job.name,
            self._account,
            turns,
            locale=locale,
            roles=dict(sorted((given or _BY_DEFAULT).items())),
            wav=wav,
            redacted=redacted,
            summary=summary,
            skipped=job.skipped,
            identified=len(settings.get("LanguageOptions") or []) != 1,
        )
