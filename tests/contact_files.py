"""Composed contact files: what Amazon Connect writes to S3 of the contacts of `tests.records`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.records import ANAS_NUMBER, INSTANCE, NINE, call

BUCKET = "contact-files"
INSTANCE_ID = INSTANCE.rpartition("/")[2]
SAID = "My parcel has not come."


def chat(
    contact: str = "contact-1",
    *,
    redacting: str | None = None,
    unprocessed: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return the record of a chat whose transcript is in `BUCKET`.

    ``redacting`` turns Contact Lens on: None is off, "None" on without redaction, else the policy.
    """
    place = {
        "Location": f"{BUCKET}/{chat_key(contact)}",
        "MediaStreamType": "CHAT",
        "ParticipantType": None,
        "Status": "AVAILABLE",
        "StorageType": "S3",
    }
    if unprocessed is not None:
        place["UnprocessedTranscriptLocation"] = f"{BUCKET}/{unprocessed}"
    record = call(contact, caller=ANAS_NUMBER, recorded=False)
    record |= {"Channel": "CHAT", "InitiationMethod": "API", "Recordings": [place]}
    return record | lens(redacting) | fields


def recorded_call(
    contact: str = "contact-1", *, redacting: str | None = "None", **fields: Any
) -> dict[str, Any]:
    """Return the record of a call whose recording is in `BUCKET`, with Contact Lens as `chat` has it."""
    location = f"{BUCKET}/connect/acme/CallRecordings/2026/11/02/{contact}_20261102T09:00_UTC.wav"
    record = call(contact, **fields)
    record["Recordings"] = [{**record["Recordings"][0], "Location": location}]
    return record | lens(redacting)


def lens(redacting: str | None) -> dict[str, Any]:
    """Return what a record says of Contact Lens."""
    if redacting is None:
        return {}
    behavior = "Disable" if redacting == "None" else "Enable"
    configuration = {
        "Enabled": True,
        "RedactionConfiguration": {"Behavior": behavior, "Policy": redacting},
    }
    return {"ContactLens": {"ConversationalAnalytics": {"Configuration": configuration}}}


def chat_key(contact: str = "contact-1", name: str = "20261102T09:00_UTC") -> str:
    """Return the key of a chat's transcript."""
    return f"connect/acme/ChatTranscripts/2026/11/02/{contact}_{name}.json"


def analysis_key(contact: str = "contact-1", kind: str = "Voice", *, redacted: bool = False) -> str:
    """Return the key of an analysis by Contact Lens."""
    part, name = ("Redacted/", "_redacted") if redacted else ("", "")
    return f"Analysis/{kind}/{part}2026/11/02/{contact}_analysis{name}_2026-11-02T09:00:30Z.json"


def chat_file(
    contact: str = "contact-1",
    *,
    first_leg: str | None = None,
    said: Sequence[str] = (SAID,),
    instance: str = INSTANCE_ID,
    inside: str | None = None,
) -> bytes:
    """Return a chat's transcript; ``inside`` is the contact that it names, where that is another one."""
    items = [_message(contact, number, text) for number, text in enumerate(said)]
    content = {
        "Version": "2019-08-26",
        "AWSAccountId": "111122223333",
        "InstanceId": instance,
        "InitialContactId": first_leg or contact,
        "ContactId": inside or contact,
        "Participants": [{"ParticipantId": "customer"}],
        "Transcript": items,
    }
    return json.dumps(content).encode()


def analysis(
    contact: str = "contact-1",
    kind: str = "Voice",
    *,
    redacted: bool = False,
    categories: Sequence[str] = (),
    said: str = SAID,
    instance: str = INSTANCE_ID,
) -> bytes:
    """Return an analysis by Contact Lens."""
    turn = {"Id": "t1", "ParticipantId": "CUSTOMER", "Content": said, "Sentiment": "NEGATIVE"}
    spoken = {**turn, "BeginOffsetMillis": 0, "EndOffsetMillis": 900, "LoudnessScore": [70.0]}
    content = {
        "Version": "1.1.0" if kind == "Voice" else "CHAT-2022-11-30",
        "AccountId": "111122223333",
        "Channel": kind.upper(),
        "ContentMetadata": {"Output": "Redacted" if redacted else "Raw"},
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-GB",
        "Participants": [{"ParticipantId": "CUSTOMER", "ParticipantRole": "CUSTOMER"}],
        "CustomerMetadata": {"ContactId": contact, "InstanceId": instance},
        "Categories": {"MatchedCategories": list(categories), "MatchedDetails": {}},
        "ConversationCharacteristics": {
            "TotalConversationDurationMillis": 900,
            "ContactSummary": {"PostContactSummary": {"Content": "A parcel is late."}},
        },
        "Transcript": [spoken if kind == "Voice" else _message(contact, 0, said)],
    }
    return json.dumps(content).encode()


def _message(contact: str, number: int, text: str) -> dict[str, Any]:
    moment: datetime = NINE + timedelta(seconds=number)
    return {
        "AbsoluteTime": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ContentType": "text/plain",
        "Id": f"{contact}-{number}",
        "Type": "MESSAGE",
        "ParticipantId": "customer",
        "DisplayName": "Customer",
        "ParticipantRole": "CUSTOMER",
        "Content": text,
    }
