"""What Amazon Connect writes to S3 of a leg: transcripts, analyses (facts/amazon-connect.md 5 and 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from local.contact_centre.legs import BUCKET, Leg, iso, millis, whole_seconds
from local.contact_centre.population import ACCOUNT, INSTANCE_ID

Output = Literal["raw", "redacted", "both"]

_REDACTED: dict[Output, tuple[bool, ...]] = {"raw": (False,), "redacted": (True,), "both": (False, True)}
_EVENT = "application/vnd.amazonaws.connect.event."
_MESSAGES = (
    ("BOT", "SYSTEM", "Welcome. What is it about?"),
    ("Customer", "CUSTOMER", "My parcel has not come. <b>Where</b> is it?"),
    ("", "AGENT", "Let me look that up for you."),
    ("", "AGENT", "It is on its way, and comes tomorrow."),
    ("Customer", "CUSTOMER", "Thank you!"),
)
_TURNS = (
    ("AGENT", "Support, how can I help?", "NEUTRAL"),
    ("CUSTOMER", "My invoice is wrong again, my name is [PII].", "NEGATIVE"),
    ("AGENT", "I will correct it.", "POSITIVE"),
    ("CUSTOMER", "Thank you.", "POSITIVE"),
)


def transcript(leg: Leg) -> bytes:
    """Return a chat's transcript. A message longer than it is written has not been sent."""
    step = (leg.ended - leg.began) / (len(_MESSAGES) + 3)
    said = [line for line in _MESSAGES if leg.connected or line[1] != "AGENT"]
    items: list[dict[str, Any]] = [_joined(leg, "CUSTOMER", leg.began)]
    if leg.connected:
        items.append(_joined(leg, "AGENT", leg.connected))
    for number, (name, role, text) in enumerate(said, 1):
        at = leg.began + number * step
        items.append(
            {
                **_item(leg, f"message {number}", at, "text/plain", "MESSAGE"),
                **_participant(leg, role, name),
                "Content": text,
            }
        )
    items.append(_item(leg, "ended", leg.ended, f"{_EVENT}chat.ended", "EVENT"))
    roles = ["CUSTOMER", *(["AGENT"] if leg.connected else []), "SYSTEM"]
    content = {
        "Version": "2019-08-26",
        "AWSAccountId": ACCOUNT,
        "InstanceId": INSTANCE_ID,
        "InitialContactId": leg.root,
        "ContactId": leg.contact_id,
        "Participants": [{"ParticipantId": _participant_id(leg, role)} for role in roles],
        "Transcript": sorted(items, key=lambda item: str(item["AbsoluteTime"])),
    }
    return json.dumps(content, ensure_ascii=False).encode()


def analyses(leg: Leg, output: Output) -> Iterator[tuple[str, bytes]]:
    """Return Contact Lens's files of a leg by their keys, as a flow asks for them: raw, redacted, or both."""
    kind = "Voice" if leg.channel == "VOICE" else "Chat"
    make = _voice if leg.channel == "VOICE" else _chat
    # For a voice contact all offsets count from the time in the name.
    at = (leg.connected if leg.channel == "VOICE" else None) or leg.began
    for redacted in _REDACTED[output]:
        part, name = ("Redacted/", "_redacted") if redacted else ("", "")
        key = f"Analysis/{kind}/{part}{at:%Y/%m/%d}/{leg.contact_id}_analysis{name}_{iso(at)}.json"
        yield key, json.dumps(make(leg, redacted=redacted)).encode()


def _voice(leg: Leg, *, redacted: bool) -> dict[str, Any]:
    length = 1000 * max(4, whole_seconds(leg.connected, leg.ended))
    turn = length // len(_TURNS)
    quarters = [
        {"BeginOffsetMillis": n * length // 4, "EndOffsetMillis": (n + 1) * length // 4, "Score": n - 1.5}
        for n in range(4)
    ]
    return {
        "Version": "1.1.0",
        "AccountId": ACCOUNT,
        "Channel": "VOICE",
        "ContentMetadata": _content_metadata(redacted=redacted),
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-GB",
        "Participants": [{"ParticipantId": role, "ParticipantRole": role} for role in ("CUSTOMER", "AGENT")],
        "CustomerMetadata": {
            "ContactId": leg.contact_id,
            "InputS3Uri": f"s3://{BUCKET}/{leg.recording_key(0)}",
            "InstanceId": INSTANCE_ID,
        },
        "Categories": {
            "MatchedCategories": ["billing"],
            "MatchedDetails": {"billing": {"PointsOfInterest": [_span(1, turn)]}},
        },
        "CustomModels": [],
        "ConversationCharacteristics": {
            "TotalConversationDurationMillis": length,
            "Sentiment": {
                "OverallSentiment": {"AGENT": 1.5, "CUSTOMER": -0.5},
                "SentimentByPeriod": {"QUARTER": {"AGENT": quarters, "CUSTOMER": quarters}},
            },
            "Interruptions": {"InterruptionsByInterrupter": {}, "TotalCount": 0, "TotalTimeMillis": 0},
            "NonTalkTime": {"TotalTimeMillis": 0, "Instances": []},
            "TalkTime": {
                "TotalTimeMillis": length,
                "DetailsByParticipant": {
                    role: {"TotalTimeMillis": length // 2} for role in ("AGENT", "CUSTOMER")
                },
            },
            "TalkSpeed": {
                "DetailsByParticipant": {
                    role: {"AverageWordsPerMinute": 120} for role in ("AGENT", "CUSTOMER")
                }
            },
            "ContactSummary": {"PostContactSummary": {"Content": "The invoice was wrong and is corrected."}},
        },
        "Transcript": [
            {
                "Id": str(uuid5(NAMESPACE_URL, f"{leg.contact_id} turn {number}")),
                "ParticipantId": role,
                "Content": text if redacted else text.replace("[PII]", "Ana Silva"),
                **_span(number, turn),
                "Sentiment": sentiment,
                "LoudnessScore": [70.1, 71.2],
                **(_issue(text) if number == 1 else {}),
            }
            for number, (role, text, sentiment) in enumerate(_TURNS)
        ],
    }


def _chat(leg: Leg, *, redacted: bool) -> dict[str, Any]:
    items = json.loads(transcript(leg))["Transcript"]
    messages = [item["Id"] for item in items if item["Type"] == "MESSAGE"]
    roles = ("AGENT", "CUSTOMER")
    return {
        "Version": "CHAT-2022-11-30",
        "ChatTranscriptVersion": "2019-08-26",
        "AccountId": ACCOUNT,
        "Channel": "CHAT",
        "ContentMetadata": _content_metadata(redacted=redacted),
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-GB",
        "Participants": [
            {
                "ParticipantId": _participant_id(leg, role),
                "ParticipantRole": role,
                "DisplayName": role.title(),
            }
            for role in (*roles, "SYSTEM")
        ],
        "CustomerMetadata": {
            "ContactId": leg.contact_id,
            "InputS3Uri": f"s3://{BUCKET}/{leg.transcript_key}",
            "InstanceId": INSTANCE_ID,
        },
        "Categories": {"MatchedCategories": [], "MatchedDetails": {}},
        "CustomModels": [],
        "ConversationCharacteristics": {
            "Sentiment": {
                "OverallSentiment": {"DetailsByParticipantRole": dict.fromkeys(roles, 0.5)},
                "SentimentShift": {
                    "DetailsByParticipantRole": {
                        role: {"BeginScore": -1.0, "EndScore": 2.0} for role in roles
                    }
                },
                "DetailsByTranscriptItemGroup": [
                    {
                        "ParticipantRole": "CUSTOMER",
                        "ProgressiveScore": -1.0,
                        "Sentiment": "NEGATIVE",
                        "TranscriptItems": [{"Id": messages[0]}],
                    }
                ],
            },
            "ResponseTime": {
                "AgentGreetingTimeMillis": 1000 * whole_seconds(leg.began, leg.connected),
                "DetailsByParticipantRole": {role: {"Average": {"ValueMillis": 9000}} for role in roles},
            },
            "ContactSummary": {"SummaryItemsDetected": []},
        },
        "Transcript": items,
    }


def _content_metadata(*, redacted: bool) -> dict[str, Any]:
    if not redacted:
        return {"Output": "Raw"}
    pii = {"RedactionEntitiesRequested": ["NAME"], "RedactionMaskMode": "PII"}
    return {"Output": "Redacted", "RedactionTypes": ["PII"], "RedactionTypesMetadata": {"PII": pii}}


def _issue(text: str) -> dict[str, Any]:
    offsets = {"BeginOffsetChar": 0, "EndOffsetChar": 19}
    return {"IssuesDetected": [{"CharacterOffsets": offsets, "Text": text[:19]}]}


def _span(number: int, turn: int) -> dict[str, int]:
    return {"BeginOffsetMillis": number * turn, "EndOffsetMillis": (number + 1) * turn}


def _joined(leg: Leg, role: str, at: datetime) -> dict[str, Any]:
    item = _item(
        leg, f"{role} joined", at + timedelta(milliseconds=5), f"{_EVENT}participant.joined", "EVENT"
    )
    return {**item, **_participant(leg, role, "Customer" if role == "CUSTOMER" else "")}


def _item(leg: Leg, name: str, at: datetime, content_type: str, kind: str) -> dict[str, Any]:
    return {
        "AbsoluteTime": millis(at),
        "ContentType": content_type,
        "Id": str(uuid5(NAMESPACE_URL, f"{leg.contact_id} {name}")),
        "Type": kind,
    }


def _participant(leg: Leg, role: str, name: str) -> dict[str, str]:
    agent = leg.agent.name if leg.agent else "Agent"
    shown = {"AGENT": agent, "CUSTOMER": leg.customer_name}.get(role, name)
    return {"DisplayName": shown, "ParticipantId": _participant_id(leg, role), "ParticipantRole": role}


def _participant_id(leg: Leg, role: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{leg.contact_id} {role}"))
