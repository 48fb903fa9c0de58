"""Tasks that are made during a contact: those that name a ticket are contacts of their own (C3)."""

from dataclasses import replace

from connect_zendesk.amazon_connect import described_contact
from connect_zendesk.ledger import snapshots
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import on_its_own
from connect_zendesk.workflows.services import Services


def as_own_contact(services: Services, leg: Leg, *, ask: bool = True) -> Leg:
    """Return an event's leg as it is decided on: an event has neither a task's name nor its attributes.

    They are in the snapshot of such a task; else Amazon Connect is asked, which leaves one, unless ``ask``
    is False. Every other leg is returned as it is. Raises `Throttled`.
    """
    if not leg.is_side_task:
        return leg
    own = replace(leg, root_id=leg.contact_id)
    if snapshots.snapshot_of(services.ledger, own.root_id) is not None:
        return own
    instance = leg.instance_arn
    described = services.amazon_connect.contact(instance, leg.contact_id) if ask and instance else None
    if described is None:
        return leg
    task = on_its_own(described_contact.parse(described, instance), services.app)
    if not task.is_root:
        return leg
    snapshots.keep(services.ledger, task, began_known=True)
    return own
