"""The newest records of a contact's legs: for the forced ticket (T8), and for moving (A1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse, reported_part
from connect_zendesk.ledger import contact_records, legs
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.workflows.services import Services


def keep(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Keep the record of a leg, unless a newer one is kept."""
    contact_records.keep(services.ledger, leg.root_id, leg.contact_id, leg.updated, reported_part(record))


def newest(services: Services, root: str, leg: str) -> Mapping[str, Any] | None:
    """Return the newest record of a leg, or None where none is kept, or none any more."""
    return contact_records.newest(services.ledger, root, leg)


def newest_leg(services: Services, root: str, leg: str) -> Leg | None:
    """Return a leg as its newest record describes it, or None where none is kept."""
    record = newest(services, root, leg)
    return replace(parse(record), root_id=root) if record is not None else None


def of_contact(services: Services, root: str) -> list[Mapping[str, Any]]:
    """Return the newest records of all legs of a contact that are kept."""
    found = (newest(services, root, leg) for leg in legs.times(services.ledger, root))
    return [record for record in found if record is not None]
