"""Reads a contact as DescribeContact returns it, which may still be going on.

Its format is not that of contact records: of an agent and a queue it has the ids only, and its timestamps
are datetimes already.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.amazon_connect.values import mapping
from connect_zendesk.rules.contacts.contact import Leg

#: Contact record fields that DescribeContact has under the same name and in the same shape.
_SAME = (
    "InitialContactId",
    "InitiationMethod",
    "Channel",
    "CustomerEndpoint",
    "SystemEndpoint",
    "Attributes",
    "SegmentAttributes",
    "DisconnectReason",
    "Recordings",
    "AnsweringMachineDetectionStatus",
    "ContactDetails",
    "Name",
    "Description",
)
_TIMESTAMPS = (
    "InitiationTimestamp",
    "ConnectedToSystemTimestamp",
    "DisconnectTimestamp",
    "LastUpdateTimestamp",
)


def parse(contact: Mapping[str, Any], instance_arn: str | None) -> Leg:
    """Return the leg that DescribeContact describes; ``ended`` is None while it is going on.

    ``contact`` is the answer's ``Contact``. The agent has no user name here. Raises `NotAContactRecord`.
    """
    agent, queue = mapping(contact.get("AgentInfo")), mapping(contact.get("QueueInfo"))
    record: dict[str, Any] = {name: contact[name] for name in _SAME if name in contact}
    record |= {name: _iso(contact.get(name)) for name in _TIMESTAMPS}
    record |= {"ContactId": contact.get("Id"), "InstanceARN": instance_arn}
    if agent.get("Id") and instance_arn:
        record["Agent"] = {
            "ARN": f"{instance_arn}/agent/{agent['Id']}",
            "ConnectedToAgentTimestamp": _iso(agent.get("ConnectedToAgentTimestamp")),
            "AfterContactWorkDuration": agent.get("AfterContactWorkDuration"),
        }
    if queue:
        record["Queue"] = {
            "ARN": queue.get("Id") or "queue",
            "EnqueueTimestamp": _iso(queue.get("EnqueueTimestamp")),
        }
    return contact_record.parse(record)


def _iso(timestamp: Any) -> str | None:
    return timestamp.isoformat() if isinstance(timestamp, datetime) else None
