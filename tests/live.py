"""Composed events of a contact that is going on: contact events, agent events, and what its flow left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.ledger import snapshots
from connect_zendesk.rules.contacts.lookups import LookUp
from tests.records import ADAS_NAME, INSTANCE, NINE, call
from tests.stack import Stack

#: When an agent of a composed call answers.
ANSWERED = NINE + timedelta(seconds=30)


def contact_event(
    kind: str = "CONNECTED_TO_AGENT",
    contact: str = "contact-1",
    *,
    agent: str | None = ADAS_NAME,
    at: datetime = ANSWERED,
    first_leg: str | None = None,
    method: str = "INBOUND",
    **detail: Any,
) -> dict[str, Any]:
    """Return a contact event in EventBridge's envelope; ``first_leg`` makes it one of a later leg."""
    told: dict[str, Any] = {
        "eventType": kind,
        "contactId": contact,
        "initialContactId": first_leg or contact,
        "previousContactId": first_leg,
        "channel": "VOICE",
        "instanceArn": INSTANCE,
        "initiationMethod": "TRANSFER" if first_leg and method == "INBOUND" else method,
        "initiationTimestamp": milliseconds(NINE),
        "connectedToSystemTimestamp": milliseconds(NINE),
        "disconnectTimestamp": "1970-01-01T00:00:00.001Z",
        "queueInfo": {"queueArn": f"{INSTANCE}/queue/q1", "queueType": "STANDARD"},
        "tags": {"aws:connect:instanceId": INSTANCE.rpartition("/")[2]},
    }
    if agent is not None:
        told["agentInfo"] = {
            "agentArn": f"{INSTANCE}/agent/{agent}",
            "connectedToAgentTimestamp": milliseconds(at if kind == "CONNECTED_TO_AGENT" else ANSWERED),
            "hierarchyGroups": {},
        }
    if kind in ("DISCONNECTED", "COMPLETED"):
        told["disconnectTimestamp"] = milliseconds(at)
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": "111122223333",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "eu-west-2",
        "resources": [f"{INSTANCE}/contact/{contact}", INSTANCE],
        "detail": told | detail,
    }


def on_agent(contact: str, state: str, *, first_leg: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a contact of an agent's snapshot."""
    return {
        "ContactId": contact,
        "InitialContactId": first_leg,
        "Channel": "VOICE",
        "InitiationMethod": "TRANSFER" if first_leg else "INBOUND",
        "State": state,
        "StateStartTimestamp": milliseconds(NINE),
        "ConnectedToAgentTimestamp": None,
        "QueueTimestamp": milliseconds(NINE),
        "Queue": {"ARN": f"{INSTANCE}/queue/q1", "Name": "Support"},
    } | fields


def agent_event(
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    *,
    agent: str = ADAS_NAME,
    at: datetime = NINE,
    kind: str = "STATE_CHANGE",
) -> dict[str, Any]:
    """Return an agent event: the agent's contacts before it and after."""

    def snapshot(contacts: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "AgentStatus": {"Name": "Available", "Type": "ROUTABLE"},
            "Configuration": {"Username": agent, "FirstName": "Ada", "LastName": "Byron"},
            "Contacts": contacts,
        }

    return {
        "AWSAccountId": "111122223333",
        "AgentARN": f"{INSTANCE}/agent/{agent}",
        "InstanceARN": INSTANCE,
        "EventId": "9b1d9c0e-0000-4000-8000-000000000001",
        "EventTimestamp": milliseconds(at),
        "EventType": kind,
        "Version": "2017-10-01",
        "PreviousAgentSnapshot": snapshot(before),
        "CurrentAgentSnapshot": snapshot(after),
    }


def alive(contact: str = "contact-1", **record: Any) -> dict[str, Any]:
    """Return a contact's record as it is while the contact goes on: for a stand-in to describe."""
    return {**call(contact, agent=None, **record), "DisconnectTimestamp": None, "DisconnectReason": None}


def leave_snapshot(
    stack: Stack, record: Mapping[str, Any], answers: Mapping[LookUp, Any] | None = None
) -> None:
    """Have a contact's flow leave its copy, with what the flow found."""
    snapshots.keep(stack.services.ledger, contact_record.parse(record), answers)


def milliseconds(moment: datetime) -> str:
    """Return a moment as events write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
