"""Reads what a contact flow's Lambda block sends: the contact as it is now, and the block's parameters.

The event has no times, and the attributes are those set by then. Flow attributes, Lex results and what other
functions answered are not in it: a flow author passes them on as parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.amazon_connect.values import scalar
from connect_zendesk.rules.contacts.contact import Leg

#: Fields of the block's contact data that contact records have under the same name and in the same shape.
_SAME = (
    "Attributes",
    "Channel",
    "ContactId",
    "CustomerEndpoint",
    "InitialContactId",
    "InitiationMethod",
    "InstanceARN",
    "Name",
    "Queue",
    "SegmentAttributes",
    "SystemEndpoint",
)


class NotAFlowEvent(ValueError):
    """What came is no invocation by a contact flow. The message is the reason, without personal data."""


@dataclass(frozen=True)
class Invocation:
    """One invocation by a contact flow. ``leg`` is the contact as it is now; it has not ended.

    ``parameters`` are texts without control characters, under the names that the flow author gave them.
    """

    leg: Leg
    parameters: Mapping[str, str]


def parse(event: Any, now: datetime) -> Invocation:
    """Return what a block's event says; as it has no times, the contact began ``now``.

    On a first leg InitialContactId equals ContactId. Raises `NotAFlowEvent`.
    """
    if not isinstance(event, dict) or event.get("Name") != "ContactFlowEvent":
        raise NotAFlowEvent("not a contact flow's event")
    details = event.get("Details")
    contact = details.get("ContactData") if isinstance(details, dict) else None
    if not isinstance(details, dict) or not isinstance(contact, dict):
        raise NotAFlowEvent("no contact data")
    record = {name: contact.get(name) for name in _SAME}
    try:
        leg = contact_record.parse(record | {"InitiationTimestamp": now.isoformat()})
    except NotAContactRecord as reason:
        raise NotAFlowEvent(str(reason)) from None
    return Invocation(leg, parameters_of(event))


def parameters_of(event: Any) -> dict[str, str]:
    """Return a block's parameters as texts; none where this is no block's event.

    Nested ones, which a flow can send as JSON, have no meaning here.
    """
    details = event.get("Details") if isinstance(event, dict) else None
    given = details.get("Parameters") if isinstance(details, dict) else None
    return {
        name: text
        for name, value in (given.items() if isinstance(given, dict) else ())
        if isinstance(name, str) and (text := scalar(value)) is not None
    }
