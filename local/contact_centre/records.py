"""Contact records of legs (facts/amazon-connect.md 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from local.contact_centre.legs import BUCKET, Leg, iso, whole_seconds
from local.contact_centre.population import ACCOUNT, INSTANCE_ARN, INSTANCE_ID

_SUBTYPES = {"VOICE": "connect:Telephony", "CHAT": "connect:Chat", "TASK": "connect:Task"}
_MEDIA = {"VOICE": "AUDIO", "CHAT": "CHAT"}


def record(
    leg: Leg, updated: datetime, attributes: Mapping[str, str] | None = None, *, recordings: bool = True
) -> dict[str, Any]:
    """Return the record of a leg as sent at `updated`; `attributes` came after its end.

    Without `recordings` it is the record of a leg whose recordings are not known yet.
    """
    listed = _recordings(leg) if recordings else []
    first = listed[0] if listed and leg.channel == "VOICE" else None
    external = leg.method == "EXTERNAL_OUTBOUND"
    return {
        "AWSAccountId": ACCOUNT,
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": _agent(leg),
        "AgentConnectionAttempts": len(leg.missed) + (1 if leg.agent else 0),
        "AnsweringMachineDetectionStatus": None,
        "Attributes": {**leg.attributes, **(attributes or {})},
        "Campaign": {"CampaignId": None},
        "Channel": leg.channel,
        "ConnectedToSystemTimestamp": iso(leg.began),
        "ContactDetails": {"Name": leg.name} if leg.name else {},
        "ContactId": leg.contact_id,
        "CustomerEndpoint": _endpoint(leg.customer),
        "DisconnectReason": leg.reason,
        "DisconnectTimestamp": iso(leg.ended),
        **({"ExternalThirdParty": _external(leg)} if external else {}),
        "InitialContactId": leg.root_id,
        "InitiationMethod": leg.method,
        "InitiationTimestamp": iso(leg.began),
        "InstanceARN": INSTANCE_ARN,
        "LastUpdateTimestamp": iso(updated),
        "MediaStreams": [{"Type": _MEDIA[leg.channel]}] if leg.channel in _MEDIA else [],
        "NextContactId": leg.next_id,
        "PreviousContactId": leg.previous_id,
        "Queue": _queue(leg),
        "Recording": first
        and {name: first[name] for name in ("DeletionReason", "Location", "Status")} | {"Type": "AUDIO"},
        "Recordings": listed or None,
        "References": [{"Name": "ticket", "Type": "URL", "Value": leg.reference}] if leg.reference else [],
        "RelatedContactId": None,
        "ScheduledTimestamp": None,
        "SegmentAttributes": {"connect:Subtype": {"ValueString": _SUBTYPES[leg.channel]}},
        "SystemEndpoint": _endpoint(leg.system),
        "Tags": tags(leg),
        "TransferCompletedTimestamp": iso(leg.transferred),
        "TransferredToEndpoint": _endpoint(leg.transferred_to),
        "VoiceIdResult": None,
    }


def so_far(leg: Leg, at: datetime) -> dict[str, Any]:
    """Return what a leg's record would say at a time while it goes on, as DescribeContact returns it."""
    connected = leg.connected is not None and leg.connected <= at
    queued = leg.enqueued is not None and leg.enqueued <= at
    wrapped_up = leg.wrapped_up is not None and leg.wrapped_up <= at
    known = replace(
        leg,
        agent=leg.agent if connected else None,
        connected=leg.connected if connected else None,
        queue=leg.queue if queued else None,
        enqueued=leg.enqueued if queued else None,
        wrapped_up=leg.wrapped_up if wrapped_up else None,
        missed=[missed for missed in leg.missed if missed[2] <= at],
        next_id=leg.next_id if leg.ended <= at else None,
        transferred=leg.transferred if leg.transferred and leg.transferred <= at else None,
        transitions=tuple(transition for transition in leg.transitions if transition[1] <= at),
    )
    content = record(known, at, recordings=wrapped_up)
    if leg.ended <= at:
        return content
    agent = content["Agent"]
    if agent is not None:
        running = ("AgentInteractionDuration", "AfterContactWorkDuration", "AfterContactWorkStartTimestamp")
        content["Agent"] = {**agent, **dict.fromkeys(running)}
    if content["Queue"] is not None and not connected:
        content["Queue"] |= {"DequeueTimestamp": None, "Duration": None}
    return {**content, "DisconnectTimestamp": None, "DisconnectReason": None}


def tags(leg: Leg) -> dict[str, str]:
    """Return the tags that Amazon Connect gives a contact itself."""
    system = {"aws:connect:systemEndpoint": leg.system} if leg.system else {}
    return {"aws:connect:instanceId": INSTANCE_ID, **system}


def _agent(leg: Leg) -> dict[str, Any] | None:
    agent = leg.agent
    if agent is None:
        return None
    return {
        "ARN": agent.arn,
        "Username": agent.username,
        "RoutingProfile": {"ARN": f"{INSTANCE_ARN}/routing-profile/r1", "Name": "Support"},
        "HierarchyGroups": None,
        "ConnectedToAgentTimestamp": iso(leg.connected),
        "AgentInteractionDuration": max(0, whole_seconds(leg.connected, leg.ended) - leg.held_seconds),
        "AgentInitiatedHoldDuration": leg.held_seconds,
        "CustomerHoldDuration": leg.held_seconds,
        "LongestHoldDuration": leg.held_seconds,
        "NumberOfHolds": 1 if leg.held_seconds else 0,
        "AfterContactWorkDuration": whole_seconds(leg.ended, leg.wrapped_up),
        "AfterContactWorkStartTimestamp": iso(leg.ended) if leg.wrapped_up else None,
        "AfterContactWorkEndTimestamp": iso(leg.wrapped_up),
        "StateTransitions": [
            {"state": state, "stateStartTimestamp": iso(begin), "stateEndTimestamp": iso(end)}
            for state, begin, end in leg.transitions
        ]
        or None,
    }


def _queue(leg: Leg) -> Mapping[str, Any] | None:
    if leg.queue is None:
        return None
    left = leg.connected or leg.ended
    return {
        "ARN": leg.queue_arn,
        "Name": leg.queue[1] or None,
        "EnqueueTimestamp": iso(leg.enqueued),
        "DequeueTimestamp": iso(left),
        "Duration": whole_seconds(leg.enqueued, left),
    }


def _recordings(leg: Leg) -> list[dict[str, Any]]:
    nothing = {"DeletionReason": None, "FragmentStartNumber": None, "FragmentStopNumber": None}
    entry = {
        **nothing,
        "StartTimestamp": None,
        "Status": "AVAILABLE",
        "StopTimestamp": None,
        "StorageType": "S3",
    }
    if leg.channel == "CHAT":
        location = f"{BUCKET}/{leg.transcript_key}"
        return [{**entry, "Location": location, "MediaStreamType": "CHAT", "ParticipantType": None}]
    return [
        {
            **entry,
            "Location": f"{BUCKET}/{leg.recording_key(number)}",
            "MediaStreamType": "AUDIO",
            "ParticipantType": who,
        }
        for number, who in enumerate(leg.recorded)
    ]


def _external(leg: Leg) -> dict[str, int]:
    return {"ExternalThirdPartyInteractionDuration": whole_seconds(leg.began, leg.ended)}


def _endpoint(address: str | None) -> dict[str, str] | None:
    return {"Address": address, "Type": "TELEPHONE_NUMBER"} if address else None
