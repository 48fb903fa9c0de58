"""The newest record of each leg, kept for a while: for the forced ticket (T8), and for moving (A1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.ledger import legs
from connect_zendesk.ledger.ledger import KEEP_RECORD, contact
from connect_zendesk.rules.contacts.contact import SYSTEM_ATTRIBUTES, Leg
from connect_zendesk.workflows.services import Services

#: Kept anew when no more than this is left, for as long as its message still comes back.
_RENEW = timedelta(hours=12)
#: What of a record its reports are made from.
_FIELDS = (
    "Agent",
    "AgentConnectionAttempts",
    "Attributes",
    "Channel",
    "ConnectedToSystemTimestamp",
    "ContactDetails",
    "ContactLens",
    "ContactId",
    "CustomerEndpoint",
    "DisconnectReason",
    "DisconnectTimestamp",
    "InitialContactId",
    "InitiationMethod",
    "InitiationTimestamp",
    "InstanceARN",
    "LastUpdateTimestamp",
    "Name",
    "Queue",
    "Recording",
    "Recordings",
    "SegmentAttributes",
    "SystemEndpoint",
    "TransferredToEndpoint",
    "VoiceIdResult",
)


def keep(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Keep the record of a leg, unless a newer one is kept."""
    partition, name = contact(leg.root_id), _item(leg.contact_id)
    known = services.ledger.recall(partition, name)
    if known is not None and (
        datetime.fromisoformat(known.value["updated"]) > leg.updated
        or (known.value["updated"] == leg.updated.isoformat() and known.until - services.clock() > _RENEW)
    ):
        return
    kept = {field: record[field] for field in _FIELDS if record.get(field) is not None}
    if isinstance(attributes := kept.get("Attributes"), dict):
        kept["Attributes"] = {name: attributes[name] for name in attributes.keys() - SYSTEM_ATTRIBUTES}

    def newest(other: Any) -> Any:
        if other is not None and datetime.fromisoformat(other["updated"]) > leg.updated:
            return other
        return {"updated": leg.updated.isoformat(), "record": kept}

    services.ledger.change(partition, name, newest, KEEP_RECORD)


def newest(services: Services, root: str, leg: str) -> Mapping[str, Any] | None:
    """Return the newest record of a leg, or None where none is kept, or none any more."""
    known = services.ledger.recall(contact(root), _item(leg))
    record: Mapping[str, Any] | None = known.value["record"] if known else None
    return record


def newest_leg(services: Services, root: str, leg: str) -> Leg | None:
    """Return a leg as its newest record describes it, or None where none is kept."""
    record = newest(services, root, leg)
    return parse(record) if record is not None else None


def of_contact(services: Services, root: str) -> list[Mapping[str, Any]]:
    """Return the newest records of all legs of a contact that are kept."""
    found = (newest(services, root, leg) for leg in legs.known(services, root))
    return [record for record in found if record is not None]


def _item(leg: str) -> str:
    return f"record#{leg}"
