"""The contact that walks through a flow, and what Lambda blocks send of it (facts/flow-language.md 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN

#: The number that callers dial.
LINE = "+448001234567"
_SUBTYPES = {
    "VOICE": "connect:Telephony",
    "CHAT": "connect:Chat",
    "TASK": "connect:Task",
    "EMAIL": "connect:Email",
}


@dataclass(frozen=True)
class FlowContact:
    """A contact as it enters a flow. ``caller`` is None where the number is withheld, or the channel has
    none.

    ``attributes`` are set before the flow begins; ``first_leg`` makes it a later leg of that contact.
    """

    contact_id: str = "f10c0000-0000-4000-8000-0000000000ff"
    channel: str = "VOICE"
    caller: str | None = None
    dialled: str = LINE
    method: str = ""
    first_leg: str | None = None
    name: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def initiation_method(self) -> str:
        """How it began."""
        return self.method or {"VOICE": "INBOUND"}.get(self.channel, "API")

    def event(
        self,
        attributes: Mapping[str, str],
        parameters: Mapping[str, Any],
        queue: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return what a Lambda block sends: the contact with the attributes that are set by now."""
        by_phone = self.channel == "VOICE"
        root = self.first_leg or self.contact_id
        data = {
            "Attributes": dict(attributes),
            "Channel": self.channel,
            "ContactId": self.contact_id,
            "CustomerEndpoint": _endpoint(self.caller),
            "CustomerId": None,
            "Description": None,
            "InitialContactId": root,
            "InitiationMethod": self.initiation_method,
            "InstanceARN": INSTANCE_ARN,
            "LanguageCode": "en-GB",
            "MediaStreams": {"Customer": {"Audio": None}},
            "Name": self.name,
            "PreviousContactId": root,
            "Queue": dict(queue) if queue else None,
            "References": {},
            "RelatedContactId": None,
            "SegmentAttributes": {"connect:Subtype": {"ValueString": _SUBTYPES[self.channel]}},
            "SystemEndpoint": _endpoint(self.dialled) if by_phone else None,
            "Tags": {"aws:connect:instanceId": INSTANCE_ARN.rpartition("/")[2]},
        }
        return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": dict(parameters)}}


def _endpoint(number: str | None) -> dict[str, str] | None:
    return {"Address": number, "Type": "TELEPHONE_NUMBER"} if number else None
