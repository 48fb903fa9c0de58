"""Reads the events about transcriptions, and does what each asks for (X3)."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.detail_types import (
    CALL_ANALYTICS_CHANGED,
    OBJECT_CREATED,
    SPEECH_ANALYSIS_REQUESTED,
    SPEECH_RESULT_USED,
    TRANSCRIPTION_CHANGED,
)
from connect_zendesk.errors import Permanent
from connect_zendesk.rules.speech.request import SpeechRequest
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.speech import jobs, results

#: Where each engine's event has the name of its job.
_NAMES = {TRANSCRIPTION_CHANGED: "TranscriptionJobName", CALL_ANALYTICS_CHANGED: "JobName"}
_REDACTED, _RESULT = "redacted-", ".json"


def handle(services: Services, detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what an event asks for. Raises `NotReady`, `TranscribeLater` and `Permanent`."""
    try:
        if detail_type == SPEECH_ANALYSIS_REQUESTED:
            asked: SpeechRequest | str = SpeechRequest.of(detail)
        elif detail_type == SPEECH_RESULT_USED:
            asked = str(detail["job"])
        elif detail_type == OBJECT_CREATED:
            asked = _job_of(str(detail["object"]["key"]))
        elif detail_type in _NAMES:
            asked = str(detail[_NAMES[detail_type]])
        else:
            raise Permanent("no message for this queue")
    except (KeyError, TypeError, ValueError):
        raise Permanent("an event without a field that such an event has") from None
    if isinstance(asked, SpeechRequest):
        jobs.request(services, asked)
    elif detail_type == SPEECH_RESULT_USED:
        results.used(services, asked)
    elif asked:
        jobs.announced(services, asked)


def _job_of(key: str) -> str:
    """Return the name of the job that wrote a file; empty where it is no result."""
    name = key.rpartition("/")[2]
    return name.removesuffix(_RESULT).removeprefix(_REDACTED) if name.endswith(_RESULT) else ""
