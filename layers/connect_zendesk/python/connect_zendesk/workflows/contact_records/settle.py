"""Settles a contact when its record comes: decides, opens the ticket, reports the leg."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.detail_types import FORCED_TICKET_DUE
from connect_zendesk.errors import NotReady
from connect_zendesk.ledger import heads, legs, snapshots
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import Step, contact_step, partition_of
from connect_zendesk.ledger.steps import result_of, run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import facts_of, on_its_own, settings_of
from connect_zendesk.rules.settings.registry import (
    CUSTOMER_EMAIL,
    CUSTOMER_NAME,
    CUSTOMER_NUMBER,
    RECENT_TICKET_TIMEOUT,
    TICKET_ASSIGNMENT,
    ZENDESK_TICKET,
    ZENDESK_USER,
    Setting,
)
from connect_zendesk.rules.tickets.comment import aspects, fingerprint
from connect_zendesk.workflows.contact_records.first_leg import first_leg_of
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.customers import authentication
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.speech import requests as speech_requests
from connect_zendesk.workflows.tickets import link_events
from connect_zendesk.workflows.tickets.link import link, stays
from connect_zendesk.workflows.tickets.report import report
from connect_zendesk.workflows.transcripts import expected_files

_SHORTEST_SECONDS, _LONGEST_SECONDS = 60, 900
#: Settings that decide whose ticket a contact gets, and which.
_DECIDING: tuple[Setting[Any], ...] = (
    TICKET_ASSIGNMENT,
    RECENT_TICKET_TIMEOUT,
    ZENDESK_TICKET,
    ZENDESK_USER,
    CUSTOMER_NUMBER,
    CUSTOMER_NAME,
    CUSTOMER_EMAIL,
)


def settle(
    services: Services, leg: Leg, record: Mapping[str, Any], *, forced_ticket_due: bool = False
) -> None:
    """Do what a contact record asks for, once, whatever is delivered again or late (T14).

    ``leg`` is what the record describes; ``record`` is sent again later where the agent has time first.
    ``forced_ticket_due``: the contact ended some minutes ago, and its agent has had the time to attach it
    (T8). Raises `ZendeskError`, `Throttled` and `NotReady`.
    """
    leg = on_its_own(leg, services.app)
    with services.ledger.view(partition_of(leg.root_id)):
        _settle(services, leg, record, forced_ticket_due=forced_ticket_due)


def _settle(services: Services, leg: Leg, record: Mapping[str, Any], *, forced_ticket_due: bool) -> None:
    known = heads.head(services.ledger, leg.root_id)
    if known is not None and known.is_forgotten:  # before anything is kept of the record
        count(Metric.CONTACT_FORGOTTEN)
        logger.info("record ignored: its contact is forgotten", contact=leg.root_id, rule=known.rule)
        return
    if leg.is_monitoring:
        if leg.ended is not None:
            legs.ended(services.ledger, leg.root_id, leg.contact_id, leg.ended, leg)
        logger.info("monitoring changes no ticket", contact=leg.root_id, rule="T11")
        return
    if forced_ticket_due and (newer := records.newest(services, leg.root_id, leg.contact_id)) is not None:
        leg, record = replace(contact_record.parse(newer), root_id=leg.root_id), newer
    if not facts_of(leg, services.app).too_old:
        # Before anything else is read: a move of the contact after that finds the record (A1), and so does
        # a file that comes.
        records.keep(services, leg, record)
        if leg.ended is not None:
            legs.ended(services.ledger, leg.root_id, leg.contact_id, leg.ended, leg)
        expected_files.keep(services, leg, record)
        services.ledger.renew(partition_of(leg.root_id))
        expected_files.announce(services, leg, record)
        speech_requests.announce(services, leg, record)
        if not forced_ticket_due:  # then it is what was kept of a record
            authentication.ask_to_keep(services, leg, record)
    known = heads.head(services.ledger, leg.root_id)
    if _handled(services, leg, known):
        count(Metric.ALREADY_HANDLED)
        return
    head = _head(services, leg, record, known, forced_ticket_due=forced_ticket_due)
    if head is None or head.settles == "until an earlier record":
        return  # the agent may still attach it; or an old contact, whose earlier records may yet come
    link_events.publish(services, leg.root_id, head)
    if leg.is_root and known is not None and known.reported is None and known.attached is None:
        _report_late_attributes(services, leg)
    if head.ticket is not None and facts_of(leg, services.app).is_reported:
        report(services, leg, head)
    legs.add_report(
        services.ledger, leg.root_id, leg.contact_id, head, fingerprint(leg), leg.updated, aspects(leg)
    )


def _handled(services: Services, leg: Leg, head: Head | None) -> bool:
    """Return whether this state of the leg, or a later one, is handled, on the ticket that holds now."""
    earlier = legs.reported(services.ledger, leg.root_id, leg.contact_id, head)
    if fingerprint(leg) in earlier.fingerprints:
        return True
    return earlier.updated is not None and leg.updated < earlier.updated


def _head(
    services: Services, leg: Leg, record: Mapping[str, Any], head: Head | None, *, forced_ticket_due: bool
) -> Head | None:
    """Return what is settled for the contact, settled now if need be.

    None while the agent may attach it, and for a later leg of an old contact (T15). ``head`` is what was
    settled before.
    """
    if head is not None and stays(head, leg):
        return head
    deciding = leg
    if not leg.decides:
        if facts_of(leg, services.app).too_old:
            return None  # nor would its first leg get a ticket, which may never come again (T15)
        deciding = first_leg_of(services, leg, head)
        if deciding.ended is not None:  # nothing else may ever say that it has (T8)
            legs.ended(services.ledger, leg.root_id, deciding.contact_id, deciding.ended)
    if forced_ticket_due and (seconds := _agents_time(services, leg.root_id)) > 0:
        raise NotReady("the contact may still be attached by its agent", seconds)
    if not forced_ticket_due and result_of(services.ledger, _forced_step(leg)):
        return None
    snapshot = snapshots.recent_snapshot_of(services.ledger, leg.root_id)
    found = link(services, deciding, "ended", snapshot, forced_ticket_due=forced_ticket_due)
    if isinstance(found, Head):
        return found
    _force_later(services, leg, record)
    return None


def _agents_time(services: Services, root: str) -> int:
    """Return for how many seconds at least an agent still has the time to attach a contact (T8).

    It ends a while after the last of the contact's legs has; as long as one goes on, that is unknown.
    """
    wait = services.forced_ticket_wait
    if legs.going_on(services.ledger, root):
        return min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, wait))
    ended = legs.last_ended(services.ledger, root)
    left = (ended - services.clock()).total_seconds() + wait if ended is not None else 0
    return min(_LONGEST_SECONDS, max(0, ceil(left)))


def _report_late_attributes(services: Services, leg: Leg) -> None:
    """Log and count what the flow set too late for the ticket that was decided on while the contact lived.

    The snapshot's attributes decided, and the record's say something else: the flow should save its snapshot
    once it has set them.
    """
    snapshot = snapshots.snapshot_of(services.ledger, leg.root_id)
    if snapshot is None:
        return
    then, now = settings_of(snapshot.leg, services.app), settings_of(leg, services.app)
    late = [setting.name for setting in _DECIDING if then[setting] != now[setting]]
    if late:
        count(Metric.ATTRIBUTES_TOO_LATE)
        logger.warning("attributes set after the flow's last snapshot", contact=leg.root_id, settings=late)


def _force_later(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Send this record again once its agent has had the time to attach the contact (T8)."""

    def send(_: Any) -> bool:
        services.messages.send_delayed(FORCED_TICKET_DUE, record, services.forced_ticket_wait)
        return True

    run_once(services.ledger, _forced_step(leg), write=send)
    logger.info("forced ticket deferred: the agent may attach the contact", contact=leg.root_id, rule="T8")


def _forced_step(leg: Leg) -> Step:
    return contact_step(leg.root_id, f"forced#{fingerprint(leg)}")
