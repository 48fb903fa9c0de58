"""The agent event stream (facts/amazon-connect.md 3.2): each event has the whole agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.contact_centre.legs import Leg, millis
from local.contact_centre.population import ACCOUNT, INSTANCE_ARN, QUEUES, Agent

_VOICE, _CHAT = 1, 3  # contacts at once


@dataclass(frozen=True)
class Change:
    """Something that happens to an agent: a contact's new state, or None once it is cleared."""

    at: datetime
    agent: Agent
    leg: Leg
    state: str | None


def changes(leg: Leg) -> Iterator[Change]:
    """Return what happens to agents in the course of a leg."""
    for agent, offered, missed_at in leg.missed:
        yield Change(offered, agent, leg, "CONNECTING")
        yield Change(missed_at, agent, leg, "MISSED")
        yield Change(missed_at, agent, leg, None)
    if leg.agent is None or leg.connected is None:
        return
    yield Change(leg.offered or leg.connected, leg.agent, leg, "CONNECTING")
    yield Change(leg.connected, leg.agent, leg, "CONNECTED")
    yield Change(leg.ended, leg.agent, leg, "ENDED")
    yield Change(leg.over, leg.agent, leg, None)


@dataclass
class Shift:
    """An agent at work: the contacts they have, from which each event's snapshots are taken."""

    agent: Agent
    since: datetime
    last: datetime = field(init=False)
    _contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _previous: Mapping[str, Any] | None = None
    _number: int = 0

    def __post_init__(self) -> None:
        self.last = self.since

    def log_in(self) -> dict[str, Any]:
        """Return the event of the agent's coming."""
        return self._event("LOGIN", self.since)

    def log_out(self, at: datetime) -> dict[str, Any]:
        """Return the event of the agent's leaving."""
        return self._event("LOGOUT", at, status="Offline")

    def beat(self, at: datetime) -> dict[str, Any]:
        """Return what is sent when nothing has happened for two minutes."""
        return self._event("HEART_BEAT", at)

    def change(self, change: Change) -> dict[str, Any]:
        """Return the event of a change."""
        leg = change.leg
        if change.state is None:
            self._contacts.pop(leg.contact_id, None)
        else:
            self._contacts[leg.contact_id] = _contact(leg, change)
        return self._event("STATE_CHANGE", change.at)

    def _event(self, kind: str, at: datetime, status: str = "Available") -> dict[str, Any]:
        current = self._snapshot(status)
        previous, self._previous, self.last = self._previous, current, at
        self._number += 1
        return {
            "AWSAccountId": ACCOUNT,
            "AgentARN": self.agent.arn,
            "CurrentAgentSnapshot": current,
            "EventId": str(uuid5(NAMESPACE_URL, f"{self.agent.arn} {self._number} {at.isoformat()}")),
            "EventTimestamp": millis(at),
            "EventType": kind,
            "InstanceARN": INSTANCE_ARN,
            "PreviousAgentSnapshot": previous,
            "Version": "2017-10-01",
        }

    def _snapshot(self, status: str) -> dict[str, Any]:
        first, _, last = self.agent.name.partition(" ")
        queues = [_queue(f"{INSTANCE_ARN}/queue/{number}", name) for number, name in QUEUES]
        return {
            "AgentStatus": {
                "ARN": f"{INSTANCE_ARN}/agent-state/{status.lower()}",
                "Name": status,
                "StartTimestamp": millis(self.since),
                "Type": "OFFLINE" if status == "Offline" else "ROUTABLE",
            },
            "NextAgentStatus": None,
            "Configuration": {
                "AgentHierarchyGroups": None,
                "FirstName": first,
                "LastName": last,
                "Proficiencies": [],
                "RoutingProfile": {
                    "ARN": f"{INSTANCE_ARN}/routing-profile/r1",
                    "Name": "Support",
                    "InboundQueues": queues,
                    "DefaultOutboundQueue": queues[0],
                    "Concurrency": [
                        self._slots("VOICE", 0 if self.agent.chats else _VOICE),
                        self._slots("CHAT", _CHAT if self.agent.chats else 0),
                        self._slots("TASKS", _CHAT if self.agent.chats else 0),
                    ],
                },
                "Username": self.agent.username,
            },
            "Contacts": list(self._contacts.values()),
        }

    def _slots(self, channel: str, most: int) -> dict[str, Any]:
        taken = sum(contact["Channel"] == channel for contact in self._contacts.values())
        return {"Channel": channel, "AvailableSlots": max(0, most - taken), "MaximumSlots": most}


def _contact(leg: Leg, change: Change) -> dict[str, Any]:
    state = change.state
    was_connected = (
        leg.connected is not None and state in ("CONNECTED", "ENDED") and change.agent == leg.agent
    )
    return {
        "Channel": "TASKS" if leg.channel == "TASK" else leg.channel,
        "ConnectedToAgentTimestamp": millis(leg.connected) if was_connected and leg.connected else None,
        "ContactId": leg.contact_id,
        "InitialContactId": leg.root_id,
        "InitiationMethod": leg.method,
        "Queue": _queue(str(leg.queue_arn), leg.queue[1] or None) if leg.queue else None,
        "QueueTimestamp": millis(leg.enqueued) if leg.enqueued else None,
        "State": state,
        "StateStartTimestamp": millis(change.at),
    }


def _queue(arn: str, name: str | None) -> dict[str, Any]:
    return {"ARN": arn, "Name": name, "Channels": ["VOICE", "CHAT", "TASK"]}
