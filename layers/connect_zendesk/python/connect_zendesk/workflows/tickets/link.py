"""Links a contact to its ticket, once, whichever comes first: the flow, the acceptance, or the record."""

from dataclasses import replace

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.locks import lock_with_next_write
from connect_zendesk.ledger.schema import contact_step, partition_of
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.ledger.view import Outdated
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.decide import decide
from connect_zendesk.workflows.tickets.open_ticket import finish_begun, open_ticket
from connect_zendesk.workflows.tickets.refusals import Refusals, until_accepted

#: How often it is decided anew because another container has written to the contact meanwhile.
_ATTEMPTS = 3


def link(
    services: Services,
    leg: Leg,
    stage: Stage,
    snapshot: Snapshot | None = None,
    *,
    forced_ticket_due: bool = False,
) -> Head | Decision:
    """Return what is settled for a contact, settled now if need be; else the decision that settles nothing.

    ``leg`` is one that decides for the contact (`Leg.decides`); what the contact's ``snapshot`` has answers
    to is not asked again. Nothing is settled while the agent may still attach the contact: manual assignment,
    and for one that has ended until ``forced_ticket_due`` (T8). Nor is it settled that a contact gets no
    ticket while it is going on: its attributes may yet change.

    Raises `ZendeskError`, `Throttled`, and `NotReady` while another container settles it.
    """
    with services.ledger.view(partition_of(leg.root_id)):
        for attempt in range(_ATTEMPTS):
            try:
                return _link(services, leg, stage, snapshot, forced_ticket_due=forced_ticket_due)
            except Outdated:
                if attempt + 1 == _ATTEMPTS:
                    raise
    raise AssertionError


def _link(
    services: Services, leg: Leg, stage: Stage, snapshot: Snapshot | None, *, forced_ticket_due: bool
) -> Head | Decision:
    def settle(refusals: Refusals) -> Head | Decision:
        if (settled := _settled(services, leg)) is not None:
            return settled
        # A decision made while another container opens this contact's ticket could take it for a recent one.
        # A lock holds until something is written with it: what is decided again needs its own.
        with lock_with_next_write(services.ledger, contact_step(leg.root_id, "settle")):
            if (begun := finish_begun(services, leg)) is not None:
                return begun
            # What was found before a refusal is not what Zendesk says now.
            found = None if refusals.users else snapshot
            decision = decide(services, leg, stage, found, known=refusals.known)
            if _is_left(decision, stage, forced_ticket_due):
                return decision
            reasons = (*decision.reasons, *refusals.reasons)
            return open_ticket(services, leg, replace(decision, reasons=reasons))

    return until_accepted(settle)


def stays(head: Head, leg: Leg) -> bool:
    """Return whether what was settled holds for this leg too.

    It always does, once there is a ticket or the reason against one; but a contact that no agent had answered
    may be answered by now, by a callback or after a transfer to another queue (T13), and a record from when
    an old one was new may come late (T15).
    """
    if head.ticket is not None or head.settles == "for good":
        return True
    return not (leg.decides or (leg.answered and head.settles == "until answered"))


def _settled(services: Services, leg: Leg) -> Head | None:
    head = heads.head(services.ledger, leg.root_id)
    return head if head is not None and stays(head, leg) else None


def _is_left(decision: Decision, stage: Stage, forced_ticket_due: bool) -> bool:
    """Return whether a decision is one that waits: for the agent, or for the contact's end."""
    if stage == "alive":
        return decision.action in ("leave_to_agent", "none")
    return decision.forced and decision.action != "none" and not forced_ticket_due
