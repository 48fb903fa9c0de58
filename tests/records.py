"""Composed contact records, and the small world that they happen in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local.replay.events import Event, StreamRecord

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)

ANA, BEN, ADA, BOB, CHAYA = 101, 102, 901, 902, 903
ANAS_NUMBER, BENS_NUMBER, STRANGERS_NUMBER = "+442071838750", "+441632960102", "+441632960199"

ADAS_NAME, BOBS_NAME, CHAYAS_NAME = "ada@example.com", "bjones", "ckhan"

ZENDESK: Mapping[str, Any] = {
    "users": [
        {"id": ANA, "name": "Ana Silva", "phone": ANAS_NUMBER, "email": "ana@example.com"},
        {"id": BEN, "name": "Ben Okafor", "phone": "+44 (0)1632 960 102"},
        {"id": ADA, "name": "Ada Byron", "role": "agent", "email": ADAS_NAME},
        {
            "id": BOB,
            "name": "Bob Jones",
            "role": "agent",
            "email": "bob@home.example",
            "external_id": BOBS_NAME,
        },
        {"id": CHAYA, "name": "Chaya Khan", "role": "admin", "email": "chaya@example.com"},
    ]
}

CONNECT: Mapping[str, Any] = {
    "users": [
        {"Arn": f"{INSTANCE}/agent/{ADAS_NAME}", "Username": ADAS_NAME, "IdentityInfo": {}},
        {"Arn": f"{INSTANCE}/agent/{BOBS_NAME}", "Username": BOBS_NAME, "IdentityInfo": {}},
        {
            "Arn": f"{INSTANCE}/agent/{CHAYAS_NAME}",
            "Username": CHAYAS_NAME,
            "IdentityInfo": {"Email": "chaya@example.com"},
        },
    ]
}


def call(
    contact: str = "contact-1",
    *,
    caller: str | None = ANAS_NUMBER,
    agent: str | None = ADAS_NAME,
    began: datetime = NINE,
    updated: timedelta = timedelta(minutes=5),
    recorded: bool = True,
    attributes: Mapping[str, str] | None = None,
    first_leg: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return the contact record of a call of four minutes, half a minute of it in the queue.

    ``updated`` is when Amazon Connect sent it, counted from the beginning; ``agent`` None is a caller who
    gave up. ``first_leg`` makes it a transfer within that contact. ``fields`` are the record's own.
    """
    record: dict[str, Any] = {
        "AWSAccountId": "111122223333",
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": agent_of(agent, began) if agent else None,
        "AgentConnectionAttempts": 1 if agent else 0,
        "Attributes": dict(attributes or {}),
        "Channel": "VOICE",
        "ConnectedToSystemTimestamp": written(began),
        "ContactId": contact,
        "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"} if caller else None,
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "DisconnectTimestamp": written(began + timedelta(minutes=4)),
        "InitialContactId": first_leg,
        "InitiationMethod": "TRANSFER" if first_leg else "INBOUND",
        "InitiationTimestamp": written(began),
        "InstanceARN": INSTANCE,
        "LastUpdateTimestamp": written(began + updated),
        "MediaStreams": [{"Type": "AUDIO"}],
        "PreviousContactId": first_leg,
        "Queue": {
            "ARN": f"{INSTANCE}/queue/q1",
            "Name": "Support",
            "EnqueueTimestamp": written(began),
            "DequeueTimestamp": written(began + timedelta(seconds=30)),
            "Duration": 30,
        },
        "Recording": None,
        "Recordings": [recording_of(contact)] if recorded else None,
        "SystemEndpoint": {"Address": "+448001234567", "Type": "TELEPHONE_NUMBER"},
        "TransferredToEndpoint": None,
        "VoiceIdResult": None,
    }
    return record | fields


def agent_of(username: str, began: datetime = NINE) -> dict[str, Any]:
    """Return a record's agent, who answered after half a minute."""
    return {
        "ARN": f"{INSTANCE}/agent/{username}",
        "Username": username,
        "ConnectedToAgentTimestamp": written(began + timedelta(seconds=30)),
        "AgentInteractionDuration": 200,
        "CustomerHoldDuration": 10,
        "AfterContactWorkDuration": 20,
    }


def recording_of(contact: str) -> dict[str, Any]:
    """Return an entry of a record's recordings."""
    return {
        "Location": f"recordings/connect/acme/CallRecordings/2026/11/02/{contact}_UTC.wav",
        "MediaStreamType": "AUDIO",
        "ParticipantType": None,
        "Status": "AVAILABLE",
        "StorageType": "S3",
    }


def later(record: Mapping[str, Any], minutes: float, **changes: Any) -> dict[str, Any]:
    """Return a record as Amazon Connect sends it again, so many minutes later, with changes."""
    updated = datetime.fromisoformat(record["LastUpdateTimestamp"]) + timedelta(minutes=minutes)
    return {**record, "LastUpdateTimestamp": written(updated), **changes}


def data_of(record: Mapping[str, Any]) -> bytes:
    """Return a record as the stream carries it."""
    return json.dumps(record).encode()


def on_stream(*records: Mapping[str, Any]) -> list[Event]:
    """Return records as events of the stream."""
    return [StreamRecord(data_of(record)) for record in records]


def written(moment: datetime) -> str:
    """Return a moment as a record writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
