"""Opens the ticket that was decided on: an existing one, a new one, a follow-up, or none."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.claims import Draft
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import partition_of
from connect_zendesk.ledger.view import Outdated
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.kinds import Origin, origin_of
from connect_zendesk.rules.model import ExistingUser, NewUser, Requester
from connect_zendesk.rules.tickets import comment, ticket_fields
from connect_zendesk.rules.tickets.decision_table import Reason
from connect_zendesk.rules.tickets.marks import EXTERNAL_ID, TAG
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.rules.tickets.view import View
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.customers import customer_update, requesters
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import link_events, merges, overtaken
from connect_zendesk.workflows.tickets.new_ticket import begun, make_once
from connect_zendesk.workflows.tickets.refusals import Refusals, until_accepted
from connect_zendesk.workflows.tickets.shown_reasons import with_names
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Deleted

#: The actions by which a contact's ticket was made for it.
MAKES = ("create", "follow_up")
#: What `begun_by` returns for a ticket that is not begun.
NOT_BEGUN = ""


@dataclass(frozen=True)
class Attached:
    """An agent's command to attach a contact: the agent's Zendesk user id, and the command's stamp (A1)."""

    agent: int
    stamp: str


def open_ticket(services: Services, leg: Leg, decision: Decision) -> Head:
    """Do what was decided for a contact, and settle it. Raises `ZendeskError`, `NotReady`.

    While the contact is going on (``leg.ended`` is None), the first comment holds what is known by then,
    and the report follows at its end.
    """
    head = open_named(services, leg, decision, external_id(leg.root_id))
    if decision.number_for is not None:
        customer_update.ask_for_number(services, *decision.number_for, leg.began)
    return _go_on(services, leg.root_id, None, head)


def open_named(
    services: Services, leg: Leg, decision: Decision, name: str, attached: Attached | None = None
) -> Head:
    """Do what was decided for a contact, without settling it. Raises `ZendeskError`, `NotReady`.

    A new ticket gets ``name`` as its external id; there is one of each name. ``attached`` says which agent
    asked for it, where one did. Raises `RequesterRefused` where Zendesk does not accept the requester.
    """
    requester: int | None = getattr(decision.requester, "id", None)
    if decision.action not in ("none", "open"):
        requester, lacking = _requested(services, leg, decision.requester)
        decision = replace(decision, reasons=(*decision.reasons, *lacking))
    head = Head(
        None,
        None,
        decision.action,
        decision.rule,
        decision.why,
        settles=decision.settles,
        forced=decision.forced,
        origin=origin_of(leg),
    )
    if attached is not None:
        head = replace(head, attached=attached.stamp)
    if decision.action == "open":
        head = replace(
            head, ticket=decision.ticket, requester=requester, customer=_customer(decision, requester)
        )
    elif decision.action != "none":
        closed = decision.ticket if decision.action == "follow_up" else None
        new: dict[str, Any] = {
            "subject": comment.subject(leg, services.app, decision.customer),
            "comment": tickets.private_comment(
                comment.details(
                    view_of(services, leg),
                    with_names(services, leg, decision.why),
                    decision,
                    continues=closed,
                )
            ),
        }
        if closed is not None:
            new["via_followup_source_id"] = closed
        else:
            given = ticket_fields.of_contact(leg, services.app)
            new |= {**given.properties, "tags": given.tags}
        if requester is not None:
            new["requester_id"] = requester
            head = replace(head, customer=_customer(decision, requester))
        agent = attached.agent if attached is not None else None
        head = _make(services, leg, head, new, name, decision.looked_back_to, agent)
    return head


def open_replacing(
    services: Services, leg: Leg, decision: Decision, name: str, attached: Attached | None = None
) -> Head:
    """Do as `open_named` does; a requester whom Zendesk refuses is replaced, and nothing else (T16)."""

    def make(refused: Refusals) -> Head:
        if not refused.users:
            return open_named(services, leg, decision, name, attached)
        requester = refused.replacement(services, leg)
        reasons = (*decision.reasons, *refused.reasons)
        replaced = replace(decision, requester=requester, reasons=reasons, customer=None)
        return open_named(services, leg, replaced, name, attached)

    return until_accepted(make)


def _requested(
    services: Services, leg: Leg, requester: Requester | None
) -> tuple[int | None, tuple[Reason, ...]]:
    """Return who requests a new ticket, made now where need be, and what a new user does not have (C8)."""
    made = requesters.requester_of(services, requester, leg.root_id) if requester is not None else None
    if made is None:
        return None, ()
    return made.id, tuple(Reason("C8", wording.LEFT_OUT[part]) for part in made.left_out)


def _customer(decision: Decision, requester: int | None) -> int | None:
    """Return whom the contact is with, where that is certain: it is then who requests the ticket, too."""
    if isinstance(decision.requester, NewUser):
        return requester
    recognised = decision.user is not None and decision.user.id == requester
    return requester if recognised else None


def begun_by(services: Services, root: str, name: str) -> str | None:
    """Return the stamp of the agent's command that made or began a contact's ticket of this name.

    None where it was decided without an agent, `NOT_BEGUN` where there is no such ticket.
    """
    known = begun(services, root, name)
    return known.notes["head"].get("attached") if known is not None and known.notes else NOT_BEGUN


def finish_begun(services: Services, leg: Leg, on: int | None = None) -> Head | None:
    """Finish the ticket that an earlier attempt began to make, and settle the contact with it.

    The first ticket, or the follow-up of the one that the contact is ``on``. Returns None where none was
    begun. What that attempt decided stands: by now the new ticket could be found as the customer's recent
    one. Raises `ZendeskError`, `NotReady`.
    """
    root, name = leg.root_id, next_name(leg.root_id, on)
    known = begun(services, root, name)
    if known is None or known.notes is None:
        return None
    if known.content is None and known.notes["head"].get("ticket") is None:
        return None  # what it was going to write has been forgotten: decided anew, it is looked for first
    return _go_on(services, root, on, make_once(services, root, name, lambda: known))


def _go_on(services: Services, root: str, on: int | None, made: Head) -> Head:
    """Settle a contact that is ``on`` a ticket, or on none, with another; returns what holds from now on.

    Where an agent was faster, a ticket that was made for it says so.
    """
    if on is None:
        now = heads.settle(services.ledger, root, made)
    else:
        now = heads.go_on(services.ledger, root, on, made)
    if made.action in MAKES:
        overtaken.note(services, root, made.ticket, now)
    return now


def continue_closed(services: Services, leg: Leg, head: Head) -> Head:
    """Go on with a follow-up, because the ticket was closed before the leg could be reported on it.

    Raises `Deleted` where the ticket it was merged into is deleted, and `Outdated` where another container
    has written something of the contact meanwhile, or where the contact is forgotten (O5).
    """
    with services.ledger.view(partition_of(leg.root_id)):
        return _continue_closed(services, leg, head)


def _continue_closed(services: Services, leg: Leg, head: Head) -> Head:
    services.ledger.distrust(partition_of(leg.root_id))
    closed = head.ticket or 0
    now = heads.head(services.ledger, leg.root_id)
    if now is not None and now.is_forgotten:
        raise Outdated("the contact is forgotten", 1)
    if now is not None and now.ticket != head.ticket:
        return now  # an agent has moved the contact, or another leg has gone on with a follow-up
    if (merged := continue_merged(services, leg, head)) is not None:
        return merged

    def follow(refused: Refusals) -> Head:
        requester: Requester = ExistingUser(head.requester)
        if refused.users:
            requester = refused.replacement(services, leg)
        requested_by, lacking = _requested(services, leg, requester)
        reasons = (*head.reasons, *(reason.line for reason in (*refused.reasons, *lacking)))
        view = view_of(services, leg, head)
        html = comment.details(view, with_names(services, leg, reasons), continues=closed)
        new = {
            "subject": comment.subject(leg, services.app, None, view.origin),
            "comment": tickets.private_comment(html),
            "via_followup_source_id": closed,
            "requester_id": requested_by,
        }
        customer = head.customer
        if refused.users:
            customer = requested_by if isinstance(requester, NewUser) else None
        follow_up = replace(head, action="follow_up", reasons=reasons, customer=customer)
        with heads.while_on(services.ledger, leg.root_id, closed):
            return _make(services, leg, follow_up, new, next_name(leg.root_id, closed))

    now = _go_on(services, leg.root_id, closed, until_accepted(follow))
    link_events.publish(services, leg.root_id, now)
    return now


def continue_merged(services: Services, leg: Leg, head: Head) -> Head | None:
    """Go on with the ticket that a closed one was merged into (T12); None where it was not merged.

    It may be closed by now itself. Raises `Deleted` where it is deleted.
    """
    old = tickets.by_id(services.zendesk, head.ticket or 0)
    into = merges.after_merges(services, old) if old is not None else None
    if into is None:
        raise Deleted(f"ticket {head.ticket}, or what it was merged into, is deleted")
    if into.id == head.ticket:
        return None
    gone_on = replace(head, ticket=into.id, requester=into.requester, public=into.public)
    now = heads.go_on(services.ledger, leg.root_id, head.ticket, gone_on)
    count(Metric.TICKET_MERGED)
    logger.info("ticket merged: the contact goes on", contact=leg.root_id, ticket=now.ticket, rule="T12")
    link_events.publish(services, leg.root_id, now)
    return now


def view_of(services: Services, leg: Leg, head: Head | None = None) -> View:
    """Return a leg as it is reported on its contact's ticket."""
    origin = Origin(head.origin) if head is not None and head.origin is not None else None
    address = None
    # What the setting gives is not asked for, and nothing is while an agent or a caller waits.
    if services.app.connect_instance_url is None and leg.instance_arn is not None and leg.ended is not None:
        address = services.amazon_connect.address(leg.instance_arn)
    return View.of(leg, services.app, origin, address, services.assumptions.largest_comment)


def external_id(root: str) -> str:
    """Return the external id of the ticket made for a contact (T10)."""
    return EXTERNAL_ID + root


def next_name(root: str, on: int | None) -> str:
    """Return the external id of a contact's first ticket, or of the follow-up of the one it is ``on``."""
    return external_id(root) if on is None else f"{external_id(root)}:{on}"


def report_name(leg: Leg) -> str:
    """Return what the report of a leg in its present state is called."""
    return f"{leg.contact_id}#{comment.fingerprint(leg)}"


def reported_leg(leg: Leg, head: Head) -> str:
    """Return the name under which a leg's report is kept: another one for each ticket of the contact."""
    if head.ticket is None:
        return f"{leg.contact_id}~none"  # an agent may give the contact a ticket yet (A1)
    return leg.contact_id if head.moved == 0 else f"{leg.contact_id}~{head.moved}"


def metadata(leg: Leg, step: str, head: Head) -> dict[str, Any]:
    """Return what an audit keeps: which step wrote it, so that it can be found again, and why."""
    return {
        tickets.METADATA: {
            "contact": leg.root_id,
            "leg": leg.contact_id,
            "step": step,
            "rule": head.rule,
            "reasons": list(head.reasons),
        }
    }


def _make(
    services: Services,
    leg: Leg,
    head: Head,
    new: dict[str, Any],
    name: str,
    looked_back_to: datetime | None = None,
    by: int | None = None,
) -> Head:
    """Make a ticket with the leg's report, once, and return the head with it.

    It is given to the agent it was made ``by``, a Zendesk user id, else to the leg's.
    """

    def draft() -> Draft:
        agent = by if by is not None else agents.of_leg(services, leg)
        ticket = {
            **new,
            "external_id": name,
            "tags": list(dict.fromkeys((TAG, f"{TAG}_{leg.channel.lower()}", *new.get("tags", ())))),
            "metadata": metadata(leg, f"create#{leg.contact_id}", head),
        }
        if (via := view_of(services, leg, head).via) is not None:
            ticket["via_id"] = via
        if agent is not None:
            ticket |= {"submitter_id": agent, "assignee_id": agent}
        reported: dict[str, Any] = {}
        if leg.ended:
            reported = {"reported": report_name(leg), "as_of": leg.updated.isoformat()}
        notes = {
            "head": replace(head, **reported).as_item(),
            "began": leg.began.isoformat(),
            **({"looked_back_to": looked_back_to.isoformat()} if looked_back_to else {}),
            "keyed": True,
        }
        return Draft(notes, json.dumps({"ticket": ticket}))

    return make_once(services, leg.root_id, name, draft)
