"""Opens a contact's ticket while its flow waits, so that the flow can read the number to the caller (F2)."""

from collections.abc import Callable
from dataclasses import replace

from connect_zendesk.amazon_connect.contact_flow import Invocation
from connect_zendesk.errors import NotReady
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import partition_of
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.observability import logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import on_its_own
from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.rules.flows.flow_answer import Answer, Field
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.workflows.contacts.first_leg import as_it_began, first_leg
from connect_zendesk.workflows.flows.flow_snapshot import as_first_seen, try_save_snapshot
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import link_events
from connect_zendesk.workflows.tickets.link import link

_SOON = 2

FIELDS = (
    Field("zendesk_ticket", "ticket number"),
    Field("ticket_number_spoken", "the number with its digits apart, for text to speech"),
    Field("zendesk_user", "user id of the requester"),
    Field("action", "open, create or follow_up; leave_to_agent or none where there is no ticket"),
    Field("rule", "the rule that decided, such as T4"),
)


def open_from_flow(services: Services, invocation: Invocation, reply: Callable[[Answer], None]) -> None:
    """Open the contact's ticket as the rules decide for one that is going on, and ``reply`` to the flow.

    However often a flow asks, a contact has one ticket. Nothing is made where the ticket is left to the
    agent: the answer is *not found*, with the action and the rule. What fails here is made good by the
    contact's acceptance or its record. Raises `ZendeskError`, `NotReady`, `Throttled`, and what AWS raises.
    """
    leg = on_its_own(invocation.leg, services.app)
    with services.ledger.view(partition_of(leg.root_id)):
        _open(services, invocation, leg, reply)


def _open(services: Services, invocation: Invocation, leg: Leg, reply: Callable[[Answer], None]) -> None:
    head = heads.head(services.ledger, leg.root_id)
    if head is None or head.ticket is None:
        first, snapshot = _first_leg(services, leg)
        found = link(services, first, "alive", snapshot)
    else:
        found = head
    logger.info("ticket requested by a flow", contact=leg.root_id, action=found.action, rule=found.rule)
    reply(_answer(invocation, found))
    if isinstance(found, Head):
        link_events.publish(services, leg.root_id, found)


def _answer(invocation: Invocation, found: Head | Decision) -> Answer:
    carried = flow_request.carried_on(invocation.parameters)
    decided = {"action": found.action, "rule": found.rule}
    if not isinstance(found, Head) or found.ticket is None:
        return flow_answer.made_of("not found", None, decided, carried)
    number = str(found.ticket)
    ticket = {
        "zendesk_ticket": number,
        "ticket_number_spoken": " ".join(number),
        "zendesk_user": str(found.requester or ""),
    }
    return flow_answer.made_of("ok", None, ticket, decided, carried)


def _first_leg(services: Services, leg: Leg) -> tuple[Leg, Snapshot | None]:
    """Return the leg whose facts decide for the contact (T12), and what is known of it already."""
    if leg.is_root:
        snapshot = try_save_snapshot(services, leg)
        first = as_first_seen(leg, snapshot)
        seen = replace(snapshot, leg=first) if snapshot else Snapshot(first, services.clock())
        return as_it_began(services, seen).leg, snapshot
    if leg.decides:
        return leg, None  # a callback, which is decided as a call of its own (T13)
    snapshot = first_leg(services, leg.root_id, leg.instance_arn)
    if snapshot is None:
        raise NotReady("the contact's first leg is not known", _SOON)
    snapshot = as_it_began(services, snapshot)
    return snapshot.leg, snapshot
