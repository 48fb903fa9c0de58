"""A contact in two forms: as a contact record has it, and as DescribeContact returns it.

The stand-in keeps records. What DescribeContact knows and records do not stays in them under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Held = dict[str, Any]

# In the agent of a record and of DescribeContact alike.
_OF_AGENT = (
    "ConnectedToAgentTimestamp",
    "AcceptedByAgentTimestamp",
    "PreviewEndTimestamp",
    "AfterContactWorkDuration",
    "AfterContactWorkStartTimestamp",
    "AfterContactWorkEndTimestamp",
    "AgentInitiatedHoldDuration",
    "DeviceInfo",
    "Capabilities",
    "VoiceEnhancementMode",
    "ActiveRegion",
)
_TRANSITION = {
    "state": "State",
    "stateStartTimestamp": "StateStartTimestamp",
    "stateEndTimestamp": "StateEndTimestamp",
}


def described(record: Mapping[str, Any], arn: str, *, first_leg_names_itself: bool = False) -> Held:
    """Return a contact record's contact as DescribeContact returns it; `arn` is the contact's."""
    contact: Held = {name: value for name, value in record.items() if not _is_empty(value)}
    contact |= {"Id": record["ContactId"], "Arn": arn}
    if first_leg_names_itself:
        contact.setdefault("InitialContactId", record["ContactId"])
    details = record.get("ContactDetails") or {}
    contact |= {name: details[name] for name in ("Name", "Description") if details.get(name)}
    if agent := record.get("Agent"):
        contact["AgentInfo"] = _agent_described(agent)
    if queue := record.get("Queue"):
        contact["QueueInfo"] = {
            "Id": queue_id(str(queue.get("ARN") or "")),
            "EnqueueTimestamp": queue.get("EnqueueTimestamp"),
        }
    if isinstance(routing := record.get("RoutingCriteria"), list):
        contact["RoutingCriteria"] = routing[-1] if routing else None
    if chat := record.get("ChatMetrics"):
        contact["ChatMetrics"] = {**chat, "ChatContactMetrics": chat.get("ContactMetrics")}
    return contact


def record_of(contact: Mapping[str, Any], instance_arn: str, user_name: str, queue_name: str | None) -> Held:
    """Return DescribeContact's contact as its contact record; sparse where the contact is.

    `user_name` is its agent's, `queue_name` its queue's: DescribeContact has the ids of both only.
    """
    record = {
        name: value for name, value in contact.items() if name not in ("Id", "Arn", "AgentInfo", "QueueInfo")
    }
    record |= {"ContactId": contact["Id"], "InstanceARN": instance_arn}
    if agent := contact.get("AgentInfo"):
        record["Agent"] = _agent_of(agent, instance_arn, user_name)
    if queue := contact.get("QueueInfo"):
        record["Queue"] = {
            "ARN": f"{instance_arn}/queue/{queue.get('Id')}",
            "Name": queue_name,
            "EnqueueTimestamp": queue.get("EnqueueTimestamp"),
        }
    if chat := contact.get("ChatMetrics"):
        record["ChatMetrics"] = {**chat, "ContactMetrics": chat.get("ChatContactMetrics")}
    return record


def queue_id(arn: str) -> str:
    """Return the id in a queue's ARN; an agent's own queue keeps `agent/` before it."""
    return arn.partition("/queue/")[2] or arn


def _agent_described(agent: Mapping[str, Any]) -> Held:
    shown = {name: agent.get(name) for name in _OF_AGENT}
    shown |= {"Id": str(agent.get("ARN") or "").rpartition("/")[2] or agent.get("Username")}
    shown["AgentPauseDurationInSeconds"] = agent.get(
        "AgentPauseDuration", agent.get("AgentPauseDurationInSeconds")
    )
    shown["HierarchyGroups"] = {
        level: {"Arn": group["ARN"]}
        for level, group in (agent.get("HierarchyGroups") or {}).items()
        if group and group.get("ARN")
    } or None
    if transitions := agent.get("StateTransitions"):
        shown["StateTransitions"] = [
            {_TRANSITION.get(name, name): value for name, value in transition.items()}
            for transition in transitions
        ]
    return shown


def _agent_of(agent: Mapping[str, Any], instance_arn: str, user_name: str) -> Held:
    held = {name: agent[name] for name in _OF_AGENT if name in agent}
    held |= {"ARN": f"{instance_arn}/agent/{agent.get('Id')}", "Username": user_name}
    if "AgentPauseDurationInSeconds" in agent:
        held["AgentPauseDuration"] = agent["AgentPauseDurationInSeconds"]
    if "StateTransitions" in agent:
        names = {name: recorded for recorded, name in _TRANSITION.items()}
        held["StateTransitions"] = [
            {names.get(name, name): value for name, value in transition.items()}
            for transition in agent["StateTransitions"]
        ]
    return held


def _is_empty(value: Any) -> bool:
    """Return whether a record names something without saying anything: null, or an object of nulls."""
    return value is None or (isinstance(value, dict) and bool(value) and all(map(_is_empty, value.values())))
