"""Recordings in S3 of the contacts of `tests.records`, and records that ask for their transcription (X3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from local.recordings import conversation, recording
from local.replay.local_messages import SPEECH_BUCKET
from tests.contact_files import BUCKET, recorded_call
from tests.records import NINE, call, written
from tests.stack import Stack

ALL = "transcript,comprehend,sentiment"
#: When an agent can move a contact of `tests.records.call` no more, and its result is deleted.
LATER = timedelta(hours=2)
PARCEL: Mapping[str, Any] = {
    "language": "en-GB",
    "channels": 2,
    "said": [
        {"by": "agent", "text": "Good morning, how can I help you?"},
        {"by": "customer", "text": "My parcel is late, and I am angry.", "mood": "NEGATIVE"},
        {"by": "customer", "text": "I am [[Ana Silva|NAME]], from London."},
        {"by": "agent", "text": "It will come on Monday. Thank you.", "mood": "POSITIVE"},
    ],
}


def place(contact: str = "contact-1") -> str:
    """Return the key of the recording of `recorded_call`."""
    return f"connect/acme/CallRecordings/2026/11/02/{contact}_20261102T09:00_UTC.wav"


def spoken(contact: str = "contact-1", analysis: str = ALL, **about: Any) -> dict[str, Any]:
    """Return the record of a call whose recording is to be transcribed; ``attributes`` besides."""
    attributes = {"speech_analysis": analysis, **about.pop("attributes", {})}
    return recorded_call(contact, redacting=None, attributes=attributes, **about)


def voicemail(analysis: str = ALL, **attributes: str) -> dict[str, Any]:
    """Return the record of a call in which a message was left, of which the flow's part was recorded."""
    record = call(agent=None, recorded=False, Queue=None)
    entry = {
        "Location": f"{BUCKET}/{place()}",
        "MediaStreamType": "AUDIO",
        "ParticipantType": "IVR",
        "Status": "AVAILABLE",
        "StorageType": "S3",
        "StartTimestamp": written(NINE + timedelta(seconds=20)),
    }
    return {
        **record,
        "Recordings": [entry],
        "Attributes": {"voicemail": "true", "speech_analysis": analysis, **attributes},
    }


def keep_recording(
    stack: Stack, said: Mapping[str, Any] = PARCEL, contact: str = "contact-1", **about: Any
) -> None:
    """Have a recording in S3."""
    stack.put_object(BUCKET, place(contact), recording(said, **about))


def said_by(*lines: tuple[str, str], language: str = "en-GB", channels: int = 2) -> dict[str, Any]:
    """Return a script of lines: who says what."""
    said = [{"by": who, "text": text} for who, text in lines]
    return {"language": language, "channels": channels, "said": said}


def results(stack: Stack) -> Sequence[str]:
    """Return the keys of what Amazon Transcribe wrote and is still there."""
    return [stored.key for stored in stack.files.find(SPEECH_BUCKET, "") if stored.key.endswith(".json")]


__all__ = ["conversation", "recording"]
