"""The snapshot of a contact that its flow saves, so that acceptance need not ask Amazon Connect."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.schema import partition_of
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import on_its_own
from connect_zendesk.rules.contacts.lookups import LookUp
from connect_zendesk.workflows.services import Services


def try_save_snapshot(
    services: Services, leg: Leg, known: Mapping[LookUp, Any] | None = None, *, last: bool = False
) -> Snapshot | None:
    """Save a snapshot of a contact as its flow sees it, with what was found; return the one before.

    ``last``: the flow sets no more attributes.

    Returns None where it cannot be saved, which is no reason against an answer: the caller waits, and
    acceptance has other ways.
    """
    try:
        return save_snapshot(services, leg, known, last=last)
    except Exception as error:  # noqa: BLE001 - whatever it is, see above
        count(Metric.SNAPSHOT_NOT_SAVED)
        logger.warning("snapshot not saved", contact=leg.root_id, error=type(error).__name__)
        return None


def save_snapshot(
    services: Services, leg: Leg, known: Mapping[LookUp, Any] | None = None, *, last: bool = False
) -> Snapshot | None:
    """Do as `try_save_snapshot` does, but raise what AWS raises.

    A block's event has no times: the contact began, as far as is known, when its flow first called.
    """
    leg = on_its_own(leg, services.app) if leg.is_side_task else leg
    if not leg.is_root:
        return None  # a later leg's facts decide nothing (T12)
    with services.ledger.view(partition_of(leg.root_id)):
        earlier = snapshots.snapshot_of(services.ledger, leg.root_id)
        began_known = earlier is not None and earlier.began_known
        seen = as_first_seen(leg, earlier)
        snapshots.keep(services.ledger, seen, known, last=last, began_known=began_known)
    return earlier


def as_first_seen(leg: Leg, earlier: Snapshot | None) -> Leg:
    """Return a leg that began when its flow first called, or earlier where that is known."""
    return replace(leg, began=earlier.leg.began, updated=earlier.leg.began) if earlier else leg
