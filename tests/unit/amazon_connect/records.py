"""Contact records in the documented shape, and every way in which a part of one can be wrong."""

import copy
from collections.abc import Iterator
from typing import Any

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/i1"
_AUDIO = "amazon-connect-x/connect/acme/CallRecordings/2026/11/02/aaaa0001_20261102T10:01_UTC.wav"

#: A call as it comes on the stream, with every field that the project reads and many that it does not.
CALL: dict[str, Any] = {
    "AWSAccountId": "111122223333",
    "AWSContactTraceRecordFormatVersion": "2017-03-10",
    "Agent": {
        "ARN": f"{INSTANCE}/agent/a1",
        "Username": "asmith",
        "RoutingProfile": {"ARN": f"{INSTANCE}/routing-profile/r1", "Name": "Support"},
        "HierarchyGroups": None,
        "ConnectedToAgentTimestamp": "2026-11-02T10:01:15Z",
        "AgentInteractionDuration": 181,
        "CustomerHoldDuration": 20,
        "LongestHoldDuration": 20,
        "NumberOfHolds": 1,
        "AfterContactWorkDuration": 30,
        "StateTransitions": None,
    },
    "AgentConnectionAttempts": 1,
    "AnsweringMachineDetectionStatus": None,
    "Attributes": {"zendesk_ticket": "4711", "sak": "AKIA-secret"},
    "Campaign": {"CampaignId": None},
    "Channel": "VOICE",
    "ConnectedToSystemTimestamp": "2026-11-02T10:00:00Z",
    "ContactDetails": {"Name": "Zendesk-12"},
    "ContactId": "aaaa0001",
    "CustomerEndpoint": {"Address": "+442071838750", "Type": "TELEPHONE_NUMBER"},
    "DisconnectReason": "CUSTOMER_DISCONNECT",
    "DisconnectTimestamp": "2026-11-02T10:04:36Z",
    "InitialContactId": "aaaa0000",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-11-02T10:00:00Z",
    "InstanceARN": INSTANCE,
    "LastUpdateTimestamp": "2026-11-02T10:05:40Z",
    "MediaStreams": [{"Type": "AUDIO"}],
    "Name": "Zendesk-11",
    "NextContactId": None,
    "PreviousContactId": None,
    "Queue": {
        "ARN": f"{INSTANCE}/queue/q1",
        "Name": "Support",
        "EnqueueTimestamp": "2026-11-02T10:00:40Z",
        "DequeueTimestamp": "2026-11-02T10:01:15Z",
        "Duration": 35,
    },
    "Recording": {"DeletionReason": None, "Location": _AUDIO, "Status": "AVAILABLE", "Type": "AUDIO"},
    "Recordings": [
        {
            "Location": _AUDIO,
            "MediaStreamType": "AUDIO",
            "ParticipantType": "IVR",
            "Status": "AVAILABLE",
            "StorageType": "S3",
        }
    ],
    "References": [],
    "SegmentAttributes": {
        "connect:Subtype": {"ValueString": "connect:Telephony"},
        "connect:Direction": {"ValueString": "INBOUND"},
    },
    "SystemEndpoint": {"Address": "+448001234567", "Type": "TELEPHONE_NUMBER"},
    "Tags": {"aws:connect:instanceId": "i1"},
    "TransferredToEndpoint": {"Address": "+12125550100", "Type": "TELEPHONE_NUMBER"},
    "VoiceIdResult": {"Authentication": {"Result": "Authenticated", "Score": 98}},
}

MISSING = object()

#: In place of any value: nothing at all, null, and everything else that JSON has.
WRONG: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "empty text": "",
    "text": "x",
    "nasty text": "<b>\x00\u202e\ud800\n",
    "a moment out of this world": "9999-12-31T23:59:59Z",
    "a moment before time": "0001-01-01T00:00:00+14:00",
    "long text": "x" * 5000,
    "true": True,
    "zero": 0,
    "negative": -7,
    "fraction": 1.5,
    "huge": 10**40,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "list": [],
    "list of nulls": [None],
    "list of lists": [[], {}],
    "object": {},
    "object of objects": {"Address": {}, "Name": [], "ARN": 7, "ValueString": {}, "Location": {}},
}

Path = tuple[str | int, ...]


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield where every value of a record is, however deep."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, inner in entries:
        yield (*at, name)
        yield from paths(inner, (*at, name))


def with_value(record: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy of a record with another value in one place, or none."""
    changed = copy.deepcopy(record)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed
