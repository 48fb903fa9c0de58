"""Composed events of contact flows' Lambda blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.records import ANAS_NUMBER, INSTANCE


def flow_event(
    *,
    contact: str = "contact-1",
    caller: str | None = ANAS_NUMBER,
    channel: str = "VOICE",
    attributes: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    first_leg: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return what a block sends. ``first_leg`` makes the contact a transfer; ``fields`` are its own."""
    data = {
        "Attributes": dict(attributes or {}),
        "Channel": channel,
        "ContactId": contact,
        "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"} if caller else None,
        "CustomerId": None,
        "Description": None,
        "InitialContactId": first_leg or contact,
        "InitiationMethod": "TRANSFER" if first_leg else "INBOUND",
        "InstanceARN": INSTANCE,
        "LanguageCode": "en-GB",
        "MediaStreams": {"Customer": {"Audio": None}},
        "Name": None,
        "PreviousContactId": first_leg or contact,
        "Queue": None,
        "References": {},
        "RelatedContactId": None,
        "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Telephony"}},
        "SystemEndpoint": {"Address": "+448001234567", "Type": "TELEPHONE_NUMBER"},
        "Tags": {},
    }
    return {
        "Name": "ContactFlowEvent",
        "Details": {"ContactData": data | fields, "Parameters": dict(parameters or {})},
    }


def asks(search_by: str, **parameters: Any) -> dict[str, Any]:
    """Return a look-up block's parameters."""
    return {"search_by": search_by, **parameters}
