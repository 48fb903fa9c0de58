"""A contact's first leg while the contact is going on: from its snapshot, else from Amazon Connect."""

from dataclasses import replace

from connect_zendesk.amazon_connect import described_contact
from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.snapshots import Snapshot
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
    snapshots.keep(services.ledger, leg)
    found = snapshot or Snapshot(leg, services.clock())
    return replace(found, leg=leg, made=services.clock(), outdated=False)
