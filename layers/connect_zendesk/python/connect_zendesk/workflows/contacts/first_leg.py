"""A contact's first leg while the contact is going on: from its snapshot, else from Amazon Connect."""

from dataclasses import replace
from datetime import datetime

from connect_zendesk.amazon_connect import described_contact
from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import facts_of
from connect_zendesk.workflows.services import Services


def first_leg(services: Services, root: str, instance_arn: str | None) -> Snapshot | None:
    """Return a contact's first leg: the snapshot, else what Amazon Connect returns, else None.

    Where the attributes have changed since the snapshot was made, Amazon Connect is asked too.
    Raises `Throttled`.
    """
    snapshot = snapshots.snapshot_of(services.ledger, root)
    if snapshot is not None and not snapshot.outdated:
        return snapshot
    described = services.amazon_connect.contact(instance_arn, root) if instance_arn else None
    if described is None:
        return snapshot
    leg = described_contact.parse(described, instance_arn)
    snapshots.keep(services.ledger, leg, began_known=True)
    found = snapshot or Snapshot(leg, services.clock())
    return replace(found, leg=leg, made=services.clock(), outdated=False, began_known=True)


def as_it_began(services: Services, snapshot: Snapshot, event: Leg | None = None) -> Snapshot:
    """Return a contact's snapshot with when it began, where that decides on a recent ticket (T3).

    What a flow sends says nothing of it. ``event`` is the leg of a contact event, which does for its own leg;
    else Amazon Connect is asked. Raises `Throttled`.
    """
    leg = snapshot.leg
    if snapshot.began_known:
        return snapshot
    if event is not None and event.is_root and event.began <= leg.began:
        return _begun(snapshot, event.began)
    if leg.instance_arn is None or facts_of(leg, services.app).looks_back_to is None:
        return snapshot
    described = services.amazon_connect.contact(leg.instance_arn, leg.root_id)
    if described is None:
        return snapshot
    found = _begun(snapshot, described_contact.parse(described, leg.instance_arn).began)
    snapshots.keep_beginning(services.ledger, found)
    return found


def _begun(snapshot: Snapshot, began: datetime) -> Snapshot:
    return replace(snapshot, leg=replace(snapshot.leg, began=began, updated=began), began_known=True)
