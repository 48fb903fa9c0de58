"""Reads contact events, which Amazon Connect puts on EventBridge while a contact lives.

They are sent with best effort, in any order and sometimes twice. They carry neither the customer's number
nor the attributes, nor the agent's user name. Their fields are in camelCase, in some of the documentation's
samples in PascalCase: here the case of a name's letters makes no difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.rules.contacts.contact import Leg

CONNECTED, DISCONNECTED, COMPLETED = "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"
DATA_UPDATED = "CONTACT_DATA_UPDATED"
#: What a DATA_UPDATED event names where a flow, or anything else, has set contact attributes.
ATTRIBUTES = "UserDefinedAttributes"


@dataclass(frozen=True)
class ContactEvent:
    """Something that happened to a leg of a contact, ``at`` a time (aware, in UTC).

    ``kind`` is CONNECTED_TO_AGENT, DISCONNECTED, COMPLETED or one of the others, known or not. ``leg`` has
    what the event says: its agent has an ARN and no user name. ``previous`` and ``related`` are the ids of
    other contacts that the event names, ``updated`` what of the contact it says has changed.
    """

    kind: str
    leg: Leg
    at: datetime
    previous: str | None = None
    related: str | None = None
    updated: tuple[str, ...] = ()


def parse(detail: Mapping[str, Any], sent: str | None = None) -> ContactEvent:
    """Return the event in an envelope's ``detail``; ``sent`` is the envelope's time, in ISO 8601.

    The time is the event's own; the envelope's where the event has none. Raises
    `NotAContactRecord` where there is no id, or no time at all.
    """
    event = _plain(detail)
    agent, queue = _plain(event.get("agentinfo")), _plain(event.get("queueinfo"))
    leg = contact_record.parse(
        {
            "ContactId": event.get("contactid"),
            "InitialContactId": event.get("initialcontactid"),
            "Channel": event.get("channel"),
            "InitiationMethod": event.get("initiationmethod"),
            "InstanceARN": event.get("instancearn"),
            "InitiationTimestamp": event.get("initiationtimestamp"),
            "ConnectedToSystemTimestamp": event.get("connectedtosystemtimestamp"),
            "DisconnectTimestamp": event.get("disconnecttimestamp"),
            "LastUpdateTimestamp": sent,
            "SegmentAttributes": event.get("segmentattributes"),
            "Agent": {
                "ARN": agent.get("agentarn"),
                "ConnectedToAgentTimestamp": agent.get("connectedtoagenttimestamp"),
            },
            "Queue": {"ARN": queue.get("queuearn"), "EnqueueTimestamp": queue.get("enqueuetimestamp")},
        }
    )
    kind = str(event.get("eventtype") or "").upper()
    connected = leg.agent.connected if leg.agent else None
    own = {CONNECTED: connected, DISCONNECTED: leg.ended}.get(kind)
    return ContactEvent(
        kind,
        leg,
        own or leg.updated,
        _id(event.get("previouscontactid")),
        _id(event.get("relatedcontactid")),
        tuple(name for name in _list(event.get("updatedproperties")) if isinstance(name, str)),
    )


def monitored_contact(leg: Leg, *others: str | None) -> str | None:
    """Return the root id of the contact that a supervisor's leg monitors, or None where it names none.

    Which ids a MONITOR contact carries is documented nowhere. Enhanced monitoring makes the supervisor one
    of the contact's participants, so its initial id should be that contact's; else the previous id, then
    the related one (``others``, in this order) are taken. Legacy monitoring makes no such contact: it names
    no other one, and pops nothing (P4).
    """
    named = (leg.root_id, *others)
    return next((other for other in named if other is not None and other != leg.contact_id), None)


def _plain(value: Any) -> dict[str, Any]:
    """Return a mapping with its names in lower case; an empty one for anything else."""
    return {str(name).lower(): held for name, held in value.items()} if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(value: Any) -> str | None:
    try:
        return contact_record.parse({"ContactId": value, "LastUpdateTimestamp": "2000-01-01"}).contact_id
    except NotAContactRecord:
        return None
