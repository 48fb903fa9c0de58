"""Contact events of legs, as EventBridge delivers them (facts/amazon-connect.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.contact_centre.legs import Leg, millis, whole_seconds
from local.contact_centre.population import ACCOUNT, INSTANCE_ARN, REGION
from local.contact_centre.records import tags


def contact_events(leg: Leg) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Return a leg's events in their order, each with its time.

    No event says that a contact is offered to an agent, nor who the customer is.
    """
    yield event_of(leg, "INITIATED", leg.began)
    if leg.channel != "VOICE" or leg.method == "OUTBOUND":
        yield event_of(leg, "CONNECTED_TO_SYSTEM", leg.began)
    if leg.enqueued:
        yield event_of(leg, "QUEUED", leg.enqueued)
    if leg.connected:
        yield event_of(leg, "CONNECTED_TO_AGENT", leg.connected)
    yield event_of(leg, "DISCONNECTED", leg.ended)
    yield event_of(leg, "COMPLETED", leg.over)


def attributes_updated(leg: Leg, at: datetime) -> dict[str, Any]:
    """Return the event of attributes that came after a leg's end; it does not say which."""
    event = event_of(leg, "CONTACT_DATA_UPDATED", at)[1]
    return {**event, "detail": {**event["detail"], "updatedProperties": ["UserDefinedAttributes"]}}


def event_of(leg: Leg, kind: str, at: datetime) -> tuple[datetime, dict[str, Any]]:
    """Return one event of a leg, as it is at that time."""
    detail: dict[str, Any] = {
        "eventType": kind,
        "contactId": leg.contact_id,
        "channel": leg.channel,
        "instanceArn": INSTANCE_ARN,
        "initiationMethod": leg.method,
        "initiationTimestamp": millis(leg.began),
        "tags": tags(leg),
    }
    if leg.root_id:
        detail |= {"initialContactId": leg.root_id, "previousContactId": leg.previous_id}
    if leg.method != "CALLBACK":
        detail["connectedToSystemTimestamp"] = millis(leg.began)
    if leg.enqueued and leg.enqueued <= at and leg.method != "OUTBOUND":
        own = leg.queue is not None and leg.queue[0].startswith("agent/")
        detail["queueInfo"] = {
            "queueArn": leg.queue_arn,
            "queueType": "AGENT" if own else "STANDARD",
            "enqueueTimestamp": millis(leg.enqueued),
        }
    if leg.agent and leg.connected and leg.connected <= at:
        detail["agentInfo"] = _agent(leg, at)
    if leg.ended <= at and kind != "INITIATED":
        detail["disconnectTimestamp"] = millis(leg.ended)
    return at, {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, f"{leg.contact_id} {kind} {at.isoformat()}")),
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": ACCOUNT,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"{INSTANCE_ARN}/contact/{leg.contact_id}", INSTANCE_ARN],
        "detail": detail,
    }


def _agent(leg: Leg, at: datetime) -> dict[str, Any]:
    assert leg.agent is not None  # noqa: S101 - asked before
    assert leg.connected is not None  # noqa: S101 - asked before
    info: dict[str, Any] = {
        "agentArn": leg.agent.arn,
        "connectedToAgentTimestamp": millis(leg.connected),
        "hierarchyGroups": {},
    }
    if leg.wrapped_up and leg.wrapped_up <= at:
        info |= {
            "afterContactWorkStartTimestamp": millis(leg.ended),
            "afterContactWorkEndTimestamp": millis(leg.wrapped_up),
            "afterContactWorkDuration": whole_seconds(leg.ended, leg.wrapped_up),
        }
    if begun := [transition for transition in leg.transitions if transition[1] <= at]:
        info["stateTransitions"] = [
            {
                "state": state,
                "stateStartTimestamp": millis(begin),
                **({"stateEndTimestamp": millis(end)} if end <= at else {}),
            }
            for state, begin, end in begun
        ]
    return info
