"""The API calls made to Amazon Transcribe: a job is started, asked for and deleted, by its name (X3).

The name is the only idempotency that there is: asked again, the service answers that it has that job.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.exceptions import ConnectionError as NoConnection

from connect_zendesk.amazon_transcribe.errors import (
    AlreadyStarted,
    NoAnswer,
    NoSuchJob,
    Refused,
    TranscribeLater,
)
from connect_zendesk.rules.speech.languages import Engine

if TYPE_CHECKING:
    from connect_zendesk.rules.speech.plan import Plan

#: A worker's message is retried by its queue, which waits longer each time.
_CONFIG = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_SLOW_DOWN = frozenset(
    {"LimitExceededException", "ThrottlingException", "Throttling", "TooManyRequestsException"}
)
_CONFLICT, _UNKNOWN = "ConflictException", "NotFoundException"
_SERVERS_FAULT = 500
_KINDS: Mapping[Engine, str] = {"call_analytics": "CallAnalyticsJob", "transcription": "TranscriptionJob"}
_MOST_SPEAKERS = 2


@dataclass(frozen=True)
class Job:
    """A job as the service has it. ``result`` is bucket and key of what it wrote, ``why`` it failed.

    ``why`` is the service's own prose.
    """

    status: str
    result: tuple[str, str] | None = None
    why: str = ""

    @property
    def completed(self) -> bool:
        """Whether it has written its result."""
        return self.status == "COMPLETED"

    @property
    def failed(self) -> bool:
        """Whether nothing will come of it."""
        return self.status == "FAILED"


class AmazonTranscribe:
    """Speaks to Amazon Transcribe. ``role`` is the ARN with which it reads recordings, and may be empty.

    ``output`` is the bucket that results are written to. The client is made when it is first needed.
    """

    def __init__(self, role: str = "", output: str = "", new_client: Callable[[], Any] | None = None) -> None:
        self._role, self.output = role, output
        self._new_client = new_client or _new_client
        self._made: Any = None

    def start(self, name: str, plan: "Plan", place: str, *, speakers: bool) -> None:
        """Start the job for a recording at ``place`` (``bucket/key``).

        ``speakers``: several people are on its one channel. Raises `AlreadyStarted`, `TranscribeLater` and
        `Refused`.
        """
        media = {"MediaFileUri": f"s3://{place}"}
        if plan.engine == "call_analytics":
            self._call("StartCallAnalyticsJob", **self._analytics(name, plan), Media=media)
        else:
            self._call("StartTranscriptionJob", **self._transcription(name, plan, speakers), Media=media)

    def job(self, name: str, engine: Engine) -> Job:
        """Return a job. Raises `NoSuchJob`, `TranscribeLater` and `Refused`."""
        kind = _KINDS[engine]
        found = self._call(f"Get{kind}", **{f"{kind}Name": name})[kind]
        transcript = found.get("Transcript") or {}
        uri = transcript.get("RedactedTranscriptFileUri") or transcript.get("TranscriptFileUri")
        status = str(found.get(f"{kind}Status") or "")
        return Job(status, _place(uri) if uri else None, str(found.get("FailureReason") or ""))

    def delete(self, name: str, engine: Engine) -> None:
        """Delete a job's record, with the address of its recording; one that is gone is no error.

        What it wrote stays. Raises `TranscribeLater`; a job that is not finished is left alone.
        """
        kind = _KINDS[engine]
        try:
            self._call(f"Delete{kind}", **{f"{kind}Name": name})
        except Refused:
            return

    def _analytics(self, name: str, plan: "Plan") -> dict[str, Any]:
        settings: dict[str, Any] = {"LanguageOptions": [plan.locale]}
        if plan.redacted:
            settings["ContentRedaction"] = _REDACTION
        return {
            "CallAnalyticsJobName": name,
            "OutputLocation": f"s3://{self.output}/",
            "ChannelDefinitions": [
                {"ChannelId": 0, "ParticipantRole": "CUSTOMER"},
                {"ChannelId": 1, "ParticipantRole": "AGENT"},
            ],
            "Settings": settings,
            **({"DataAccessRoleArn": self._role} if self._role else {}),
        }

    def _transcription(self, name: str, plan: "Plan", speakers: bool) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if plan.channels == 2:
            settings = {"ChannelIdentification": True}
        elif speakers:
            settings = {"ShowSpeakerLabels": True, "MaxSpeakerLabels": _MOST_SPEAKERS}
        return {
            "TranscriptionJobName": name,
            "LanguageCode": plan.locale,
            "MediaFormat": "wav",
            "OutputBucketName": self.output,
            "OutputKey": "transcripts/",
            **({"Settings": settings} if settings else {}),
            **({"ContentRedaction": _REDACTION} if plan.redacted else {}),
            **(
                {"JobExecutionSettings": {"AllowDeferredExecution": True, "DataAccessRoleArn": self._role}}
                if self._role
                else {}
            ),
        }

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, xform_name(operation))(**request)
        except ClientError as error:
            raise _why_not(operation, error) from None
        except ParamValidationError:
            raise Refused(f"{operation} cannot be asked so") from None
        except (NoConnection, HTTPClientError) as error:
            raise NoAnswer(f"no answer to {operation} ({type(error).__name__})") from None

    @property
    def _client(self) -> Any:
        if self._made is None:
            self._made = self._new_client()
        return self._made


_REDACTION = {"RedactionType": "PII", "RedactionOutput": "redacted"}


def _new_client() -> Any:
    return boto3.client("transcribe", config=_CONFIG)


def _why_not(operation: str, error: ClientError) -> Exception:
    """Return what to make of an error, without its own words, which can hold what was asked."""
    code = error.response["Error"]["Code"]
    if code in _SLOW_DOWN:
        return TranscribeLater(f"{operation} answered {code}")
    if code == _CONFLICT:
        return AlreadyStarted(f"{operation} answered {code}")
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVERS_FAULT:
        return NoAnswer(f"{operation} answered {code}")
    if code == _UNKNOWN:
        return NoSuchJob(f"{operation} answered {code}")
    return Refused(f"{operation} answered {code}")


def _place(uri: str) -> tuple[str, str]:
    """Return bucket and key of a result's address, which has the bucket in its path, or in its host."""
    parts = urlsplit(uri)
    path = unquote(parts.path).lstrip("/")
    if parts.scheme == "s3":
        return parts.netloc, path
    if parts.netloc.startswith(("s3.", "s3-")) or ".s3" not in parts.netloc:
        bucket, _, key = path.partition("/")
        return bucket, key
    return parts.netloc.partition(".s3")[0], path
