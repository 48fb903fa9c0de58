"""Finds a contact's first leg for a later one, where that leg's own record settled nothing (T12, T14)."""

from dataclasses import replace
from datetime import timedelta

from connect_zendesk.amazon_connect import contact_record, described_contact
from connect_zendesk.errors import NotReady
from connect_zendesk.ledger.heads import Head
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services

#: Records of one contact come in any order, but within minutes: after this the first leg's may be lost.
RECORDS_COME_WITHIN = timedelta(minutes=15)

_COMING_SECONDS, _GOING_ON_SECONDS, _UNKNOWN_SECONDS = 60, 900, 900


def first_leg_of(services: Services, leg: Leg, head: Head | None) -> Leg:
    """Return the first leg that decides for the contact of this later one.

    ``head`` is what was settled, None while nothing is: then the first leg's record is waited for, and
    DescribeContact is used once it may be lost. Where it was settled that no agent answered (T13) and this
    leg was answered, as after a transfer to another queue, the first leg is decided on again with its agent.

    Raises `NotReady` while the first leg's record may come, or the leg goes on, and `Throttled`. What Amazon
    Connect does not know is waited for until the queue's patience ends.
    """
    record = records.newest(services, leg.root_id, leg.root_id)
    if head is not None and record is not None:
        return replace(contact_record.parse(record), agent=leg.agent)
    if record is not None or services.clock() - (leg.ended or leg.updated) < RECORDS_COME_WITHIN:
        raise NotReady("the contact's first leg has not been settled yet", _COMING_SECONDS)
    instance = leg.instance_arn
    described = services.amazon_connect.contact(instance, leg.root_id) if instance else None
    if described is None:
        raise NotReady(
            "the first leg's record did not come, nor does Amazon Connect know it", _UNKNOWN_SECONDS
        )
    root = described_contact.parse(described, instance)
    if root.ended is None:
        raise NotReady("the contact's first leg goes on", _GOING_ON_SECONDS)
    count(Metric.FIRST_LEG_DESCRIBED)
    logger.info("no record of the first leg: used DescribeContact", contact=leg.root_id)
    return root if root.answered else replace(root, agent=leg.agent)
