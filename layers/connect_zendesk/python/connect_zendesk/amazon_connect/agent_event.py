"""Reads agent events, which Amazon Connect puts on a Kinesis stream: what changed for one agent.

An event has the agent's contacts before and after it. Unlike a contact event it has the agent's user name,
and it comes while the contact is still ringing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.amazon_connect.values import mapping, mappings
from connect_zendesk.rules.contacts.contact import Agent, Leg

Change = Literal["ringing", "connected", "ended"]

#: A queued callback is offered as INCOMING, and CONNECTING once more when the customer is called. What pops
#: twice for a leg is shown once.
_OFFERED = frozenset({"CONNECTING", "INCOMING"})
_ON = frozenset({"CONNECTED", "CONNECTED_ONHOLD", "PAUSED"})
#: After-call work (ENDED) begins once the contact is over; a missed one is over for this agent.
_OVER = frozenset({"ENDED", "MISSED", "REJECTED", "ERROR"})


@dataclass(frozen=True)
class AgentEvent:
    """What changed for an agent at a time: the legs that began ringing, were connected, or ended.

    Each leg has the agent, with user name and ARN.
    """

    agent: Agent
    at: datetime
    changes: tuple[tuple[Change, Leg], ...]

    def legs(self, change: Change) -> tuple[Leg, ...]:
        """Return the legs that changed in this way."""
        return tuple(leg for changed, leg in self.changes if changed == change)


def decode(data: bytes) -> AgentEvent:
    """Return the event in a stream's bytes. Raises `NotAContactRecord`."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAContactRecord("not JSON") from None
    if not isinstance(event, dict):
        raise NotAContactRecord("not a JSON object")
    return parse(event)


def parse(event: Mapping[str, Any]) -> AgentEvent:
    """Return what has changed by an agent event. Raises `NotAContactRecord` where it is none."""
    arn, timestamp = event.get("AgentARN"), event.get("EventTimestamp")
    if not isinstance(arn, str) or not isinstance(timestamp, str):
        raise NotAContactRecord("not an agent event")
    before, after = (
        _contacts(event.get("PreviousAgentSnapshot")),
        _contacts(event.get("CurrentAgentSnapshot")),
    )
    configuration = mapping(mapping(event.get("CurrentAgentSnapshot")).get("Configuration"))
    agent = {"ARN": arn, "Username": configuration.get("Username")}
    changes: list[tuple[Change, Leg]] = []
    for contact_id in [*after, *(gone for gone in before if gone not in after)]:
        old, new = before.get(contact_id), after.get(contact_id)
        if (change := _change(_state(old), _state(new))) is not None:
            leg = _leg(new or old or {}, agent, event.get("InstanceARN"), timestamp)
            if leg is not None:
                changes.append((change, leg))
    # Read once more on its own, so that an event without contacts has its agent and timestamp too.
    read = contact_record.parse({"ContactId": "none", "LastUpdateTimestamp": timestamp, "Agent": agent})
    assert read.agent is not None  # noqa: S101 - there is an ARN
    return AgentEvent(read.agent, read.updated, tuple(changes))


def _change(old: str, new: str) -> Change | None:
    """Return what the step from one state of a contact to the next means; the empty state is none."""
    if new in _OFFERED and old != new:
        return "ringing"
    if new in _ON and old not in _ON:
        return "connected"
    if (new in _OVER or not new) and old and old not in _OVER:
        return "ended"
    return None


def _leg(contact: Mapping[str, Any], agent: Mapping[str, Any], instance: Any, timestamp: str) -> Leg | None:
    channel = str(contact.get("Channel") or "").upper()
    try:
        return contact_record.parse(
            {
                "ContactId": contact.get("ContactId"),
                "InitialContactId": contact.get("InitialContactId"),
                "Channel": "TASK" if channel == "TASKS" else channel,
                "InitiationMethod": contact.get("InitiationMethod"),
                "InstanceARN": instance,
                "InitiationTimestamp": contact.get("QueueTimestamp") or contact.get("StateStartTimestamp"),
                "LastUpdateTimestamp": timestamp,
                "Agent": {**agent, "ConnectedToAgentTimestamp": contact.get("ConnectedToAgentTimestamp")},
                "Queue": {"ARN": mapping(contact.get("Queue")).get("ARN")},
            }
        )
    except NotAContactRecord:
        return None


def _contacts(snapshot: Any) -> dict[str, Mapping[str, Any]]:
    contacts = mappings(mapping(snapshot).get("Contacts"))
    return {
        contact["ContactId"]: contact for contact in contacts if isinstance(contact.get("ContactId"), str)
    }


def _state(contact: Mapping[str, Any] | None) -> str:
    return str((contact or {}).get("State") or "").upper()
