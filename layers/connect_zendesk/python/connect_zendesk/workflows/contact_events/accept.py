"""What happens when an agent is connected to a contact, and when a leg of it ends (P2, P3, P4, T12)."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.contact_event import (
    ATTRIBUTES,
    COMPLETED,
    CONNECTED,
    DATA_UPDATED,
    DISCONNECTED,
    ContactEvent,
    monitored_contact,
)
from connect_zendesk.detail_types import CONTACT_EVENT
from connect_zendesk.errors import RetryLater
from connect_zendesk.ledger import agent_contacts, heads, legs, snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import ACCEPTANCE, Key, partition_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Agent, Leg
from connect_zendesk.rules.tickets import notice
from connect_zendesk.rules.tickets import pop as pops
from connect_zendesk.rules.tickets.notice import Notice
from connect_zendesk.rules.tickets.pop import Pop
from connect_zendesk.workflows.agents import agents, pop
from connect_zendesk.workflows.contact_events.notices import notify
from connect_zendesk.workflows.contact_events.preview import answered, preview
from connect_zendesk.workflows.contacts.first_leg import as_it_began, first_leg
from connect_zendesk.workflows.contacts.side_tasks import as_own_contact
from connect_zendesk.workflows.customers import voice_check
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import link_events
from connect_zendesk.workflows.tickets.link import link
from connect_zendesk.workflows.tickets.report import report_acceptance

#: Legs that are the contact's own way to an agent. Others are for agents who join one who has it already.
FOR_A_FIRST_AGENT = frozenset({"QUEUE_TRANSFER", "CALLBACK"})


@dataclass(frozen=True)
class Accepted:
    """What an acceptance came to: what to show, the contact's ticket, its customer, and the notices.

    ``linked``: what the contact has been settled with, here or by now. ``evaluated`` are attributes to set
    on it (V4).
    """

    shows: Pop | None = None
    ticket: int | None = None
    customer: int | None = None
    notices: tuple[Notice, ...] = ()
    linked: Head | None = None
    evaluated: Mapping[str, str] = field(default_factory=dict)


def handle_at_once(services: Services, event: ContactEvent, detail: Mapping[str, Any]) -> None:
    """Handle an event as it happens; what cannot be done at once is sent to the contact queue.

    Nothing is retried here: a ticket that pops late would tear the agent out of something else. From the
    queue the contact has its ticket without a pop. ``detail`` is the event as it came. Raises what AWS does
    where not even the queue accepts it.
    """
    try:
        handle(services, event, live=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, the contact queue retries it
        seconds = min(error.seconds, 900) if isinstance(error, RetryLater) else 0
        sent = {**detail, "sent": event.at.isoformat()}
        services.messages.send_delayed(CONTACT_EVENT, sent, seconds)
        count(Metric.ACCEPTANCE_QUEUED)
        logger.warning(
            "contact event sent to the contact queue",
            contact=event.leg.root_id,
            error=type(error).__name__,
            seconds=seconds,
        )


def handle(services: Services, event: ContactEvent, *, live: bool) -> None:
    """Do what a contact event asks for. ``live``: as it happens, and once, however often it is delivered.

    Not ``live`` is what could not be done then: it makes the ticket that is missing, and shows nothing to the
    agent. Raises `ZendeskError`, `NotReady` and `Throttled`.
    """
    leg = event.leg
    if event.kind in (DISCONNECTED, COMPLETED):
        _leave(services, event)
    elif event.kind == DATA_UPDATED and ATTRIBUTES in event.updated:
        snapshots.outdate(services.ledger, leg.root_id, event.at)
    elif event.kind != CONNECTED or leg.agent is None:
        logger.info("contact event ignored", contact=leg.root_id, event=event.kind)
    elif live and not services.ledger.first(_acceptance(leg)):
        count(Metric.ALREADY_HANDLED)
    elif leg.is_monitoring:
        _watch(services, event)
    else:
        _accept(services, event, live=live)


def _accept(services: Services, event: ContactEvent, *, live: bool) -> None:
    leg = as_own_contact(services, event.leg)
    with ExitStack() as views:
        views.enter_context(services.ledger.view(partition_of(leg.root_id)))
        _accept_leg(services, leg, event, views, live=live)


def _accept_leg(services: Services, leg: Leg, event: ContactEvent, views: ExitStack, *, live: bool) -> None:
    accepted = Accepted()
    who: KnownAgent | None = None
    try:
        who = agents.known(services, "", leg.agent.arn if leg.agent else None)
        answering = replace(leg.agent or Agent(""), username=who.username, connected=event.at)
        first = leg.decides or leg.initiation_method in FOR_A_FIRST_AGENT
        accepted = (_first_agent if first else _joining)(services, leg, answering)
        if who.zendesk is not None:
            views.enter_context(services.ledger.view(agent_contacts.partition_of(who.zendesk)))
        if live:
            pop.show(services, who.zendesk, leg, accepted.shows, event.at)
    finally:
        # After the pop, since no one waits for it; and whatever went wrong, the contact is going on.
        _note(services, leg, who, event.at, accepted.customer)
    pop.show_watchers(services, leg, accepted.ticket, services.clock())
    if accepted.linked is not None:
        link_events.publish(services, leg.root_id, accepted.linked)
    report_acceptance(services, replace(leg, agent=answering))
    shown = accepted.shows.id if accepted.shows and accepted.shows.kind == "ticket" else None
    notify(services, leg, who.zendesk, accepted.notices, accepted.ticket or shown)
    voice_check.set_attributes(services, leg, accepted.evaluated)


def _first_agent(services: Services, leg: Leg, agent: Agent) -> Accepted:
    """Decide for the contact's first agent: automatic, its ticket is there now; manual, it is the agent's."""
    snapshot = snapshots.snapshot_of(services.ledger, leg.root_id)
    if snapshot is None or snapshot.outdated:
        head = heads.head(services.ledger, leg.root_id)
        if head is not None and head.ticket is not None:
            # Nothing is left to decide, so what has changed since is not asked for; the caller still is.
            checked = voice_check.check(services, answered(snapshot, agent)) if snapshot is not None else None
            return Accepted(
                pops.of_ticket(head.ticket),
                head.ticket,
                head.requester,
                checked.notices if checked else (),
                evaluated=checked.attributes if checked else {},
            )
        snapshot = first_leg(services, leg.root_id, leg.instance_arn)
    if snapshot is None:
        logger.warning("accepted contact is unknown", contact=leg.root_id)
        count(Metric.CONTACT_UNKNOWN)
        return Accepted()
    if leg.decides and not leg.is_root:
        first = replace(
            answered(snapshot, agent),
            contact_id=leg.contact_id,
            initiation_method=leg.initiation_method,
            began=leg.began,
        )
    else:
        snapshot = as_it_began(services, snapshot, leg)
        first = answered(snapshot, agent)
    if leg.decides and leg.queue is not None:
        first = replace(first, queue=leg.queue)  # what its flow sent before it waited says nothing of it
    checked = voice_check.check(services, first)
    settled = link(services, first := checked.leg, "alive", snapshot)
    if isinstance(settled, Head):
        is_opened = settled.action == "open"
        opened = notice.of_opened(first, services.app) if is_opened else notice.of_made(settled.reasons)
        return Accepted(
            pops.of_ticket(settled.ticket),
            settled.ticket,
            settled.requester,
            (*opened, *checked.notices),
            linked=settled,
            evaluated=checked.attributes,
        )
    return Accepted(
        pops.of_decision(settled),
        None,
        settled.user.id if settled.user else None,
        notice.of_decision(settled, services.app),
        evaluated=checked.attributes,
    )


def _joining(services: Services, leg: Leg, agent: Agent) -> Accepted:
    """Return what an agent sees who joins a contact: its ticket, else what a person can decide by (T12)."""
    head = heads.head(services.ledger, leg.root_id)
    if head is not None and head.ticket is not None:
        return Accepted(pops.of_ticket(head.ticket), head.ticket, head.requester)
    notices = notice.joined_without_ticket()
    snapshot = first_leg(services, leg.root_id, leg.instance_arn)
    if snapshot is None:
        return Accepted(notices=notices)
    decision = preview(services, snapshot, agent)
    return Accepted(pops.of_decision(decision), None, decision.user.id if decision.user else None, notices)


def _watch(services: Services, event: ContactEvent) -> None:
    leg = event.leg
    root = monitored_contact(leg, event.previous, event.related)
    agent = agents.zendesk_id(services, "", leg.agent.arn if leg.agent else None)
    if root is None or agent is None:
        logger.info("monitoring without a pop", contact=leg.contact_id, rule="P4")
        return
    pop.watch(services, agent, leg, root, event.at)


def _leave(services: Services, event: ContactEvent) -> None:
    leg = event.leg
    if leg.is_monitoring:
        if (root := monitored_contact(leg, event.previous, event.related)) is not None:
            pop.unwatch(services, leg, root)
        return
    root = as_own_contact(services, leg, ask=False).root_id
    known = legs.ended(services.ledger, root, leg.contact_id, leg.ended or event.at)
    if leg.agent is not None:
        agent = known.get("agent") or agents.zendesk_id(services, "", leg.agent.arn)
        if agent is not None:
            agent_contacts.left(services.ledger, agent, leg.contact_id, event.at)


def _note(
    services: Services, leg: Leg, who: KnownAgent | None, joined: datetime, customer: int | None
) -> None:
    """Note that the leg is going on, and that its agent is on the contact."""
    agent = who.zendesk if who is not None else None
    legs.began(services.ledger, leg.root_id, leg.contact_id, joined, aside=leg.is_side_task, agent=agent)
    if who is not None and who.zendesk is not None:
        began = leg.began.isoformat() if leg.is_root else None
        since = joined.isoformat()
        on = AgentContact(leg.root_id, leg.contact_id, leg.channel, since, customer=customer, began=began)
        agent_contacts.joined(services.ledger, who.zendesk, on)


def _acceptance(leg: Leg) -> Key:
    agent = leg.agent.user_id if leg.agent else ""
    return ACCEPTANCE.key(root=leg.root_id, leg=leg.contact_id, agent=agent)
