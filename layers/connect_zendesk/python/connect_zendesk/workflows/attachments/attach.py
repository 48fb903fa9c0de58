"""Attaches a contact to a ticket as its agent asks, or asks back which contact is meant (A1, T8, T14)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.errors import NotReady
from connect_zendesk.ledger import agent_contacts, heads, snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import COMMAND, command_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import Facts, facts_of
from connect_zendesk.rules.model import Ticket, User
from connect_zendesk.rules.tickets import attachment
from connect_zendesk.rules.tickets.attachment import Attachment
from connect_zendesk.rules.tickets.decision_table import requested_by_another
from connect_zendesk.rules.tickets.pop import of_ticket
from connect_zendesk.workflows.agents import pop
from connect_zendesk.workflows.attachments import move
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.customers import customer_update
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import link_events, merges
from connect_zendesk.workflows.tickets.look_ups import answered
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets, users

#: An agent can be quicker than the event that says that the agent joined.
_EVENTS_LATE = timedelta(seconds=30)
_RETRY_SECONDS = 5


@dataclass(frozen=True)
class Target:
    """What a contact is to be attached to: a ticket, or a new one for this user; neither: for a new user.

    ``problem`` says, as text with ``{contact}``, why nothing can be attached to it.
    """

    ticket: Ticket | None = None
    user: User | None = None
    problem: str | None = None

    @property
    def requester(self) -> int | None:
        """Whose ticket it is or will be."""
        if self.ticket is not None:
            return self.ticket.requester
        return self.user.id if self.user is not None else None


def attach(services: Services, command: Attachment) -> None:
    """Do what an agent's command asks for, once, however often it is delivered.

    The contact's records are sent again, to be reported on its ticket. Raises `ZendeskError` and `NotReady`.
    """
    done = COMMAND.key(command=command.id, part="done")
    if services.ledger.recall(done) is not None:
        count(Metric.ALREADY_HANDLED)
        return
    target = target_of(services, command)
    meant = _contact(services, command, target)
    if meant is not None:
        _link(services, command, target, meant)
    services.ledger.remember(done, True)


def target_of(services: Services, command: Attachment) -> Target:
    """Return what a command is to attach its contact to, as Zendesk has it now. Raises `ZendeskError`."""
    if command.user is not None:
        user = users.by_id(services.zendesk, command.user)
        if user is None or user.suspended or not user.active:
            return Target(problem=wording.NO_USER_TO_ATTACH_TO.format(user=command.user))
        return Target(user=user)
    if command.ticket is None:
        return Target()
    ticket = tickets.by_id(services.zendesk, command.ticket)
    if ticket is None or ticket.status == "deleted":
        return Target(problem=wording.NO_TICKET_TO_ATTACH_TO)
    if ticket.closed and merges.merged_into(services, ticket.id) is not None:
        return Target(ticket, problem=wording.MERGED_TICKET)
    return Target(ticket)


def _contact(services: Services, command: Attachment, target: Target) -> AgentContact | None:
    """Return the contact that is meant; where the agent has to say which, ask, and return None.

    Once found it stays the one, whatever becomes known of the agent's contacts later.
    """
    contacts = agent_contacts.at(services.ledger, command.agent, command.at)
    known = services.ledger.recall(COMMAND.key(command=command.id, part="contact"))
    if known is not None:
        return AgentContact(**known.value)
    found = attachment.match(contacts, target.requester, command.contact)
    if found is None:
        if not contacts and services.clock() - command.at < _EVENTS_LATE:
            raise NotReady("nothing is known of the agent's contacts yet", _RETRY_SECONDS)
        lines = attachment.question(contacts, command.contact, services.app.time_zone)
        _notify(services, command, lines, (command.answered_on,), None)
        return None
    key = COMMAND.key(command=command.id, part="contact")
    kept = services.ledger.change(key, lambda first: first or agent_contacts.as_item(found))
    return AgentContact(**kept)


def _link(services: Services, command: Attachment, target: Target, meant: AgentContact) -> None:
    """Link the contact to the target, and have everything that is known of it reported there."""
    root = meant.root
    if target.problem is not None and not move.is_done(services, root, command):
        text = target.problem.format(contact=root, ticket=command.ticket)
        head = heads.head(services.ledger, root)
        _notify(services, command, (text,), (command.answered_on, head.ticket if head else None), root)
        return
    leg = _first_leg(services, meant)
    head = move.link(services, leg, command, target.ticket, target.user)
    if head.is_forgotten:
        logger.info("contact not attached: it is forgotten", contact=root, rule=head.rule)
        return
    if head.ticket != command.ticket and head.attached == command.stamp:
        _show_made(services, command, replace(leg, contact_id=meant.leg), head.ticket)
    pop.show_watchers(services, leg, head.ticket, command.at)
    link_events.publish(services, root, head)
    for record in records.of_contact(services, root):
        services.messages.send_delayed(CONTACT_RECORD, record, 0)
    _give_number(services, command, target, leg, head)


def _show_made(services: Services, command: Attachment, leg: Leg, made: int | None) -> None:
    """Show the agent the ticket that their command made, and link it on the one where a macro was used."""
    ticket = of_ticket(made)
    pop.show(services, command.agent, leg, ticket, command.at, page_asks=command.by_page)
    if command.asked_on is not None and made is not None:
        line = wording.MADE_BY_MACRO.format(contact=leg.root_id, ticket=made)
        add_note(services, command_step(command.id, "made"), command.asked_on, [line], leg.root_id)


def _first_leg(services: Services, meant: AgentContact) -> Leg:
    """Return the contact's first leg as it is known best; at the least, what the agent's own leg says."""
    if (leg := records.newest_leg(services, meant.root, meant.root)) is not None:
        return leg
    if (snapshot := snapshots.snapshot_of(services.ledger, meant.root)) is not None:
        began = datetime.fromisoformat(meant.began) if meant.began else snapshot.leg.began
        return snapshot.leg if snapshot.began_known else replace(snapshot.leg, began=began)
    began = datetime.fromisoformat(meant.since)
    return Leg(meant.root, meant.root, meant.channel, "", began, began)


def _give_number(services: Services, command: Attachment, target: Target, leg: Leg, head: Head) -> None:
    """Give the caller's number to a customer who was chosen by hand and has none (C10).

    Not where the caller's authentication failed: the number may be anyone's (T9). Nor where the number is
    another user's, or the given ticket was: it may be that user's call (T2).
    """
    facts = facts_of(leg, services.app)
    number, requester = facts.number, target.requester
    if number is None or requester is None or facts.authentication_failed:
        return
    if head.attached != command.stamp:
        return
    customer = users.customer_by_id(services.zendesk, requester)
    if customer is None or not customer.active or customer.phone:
        return
    if not answered(services, lambda known: _may_be_anothers(replace(facts, known=known), customer.id)):
        customer_update.ask_for_number(services, customer.id, number, command.at)


def _may_be_anothers(facts: Facts, chosen: int) -> bool:
    """Return whether the contact may be with another user than the one chosen for it (C10)."""
    if requested_by_another(facts):
        return True
    caller = facts.customer
    return caller.kind == "ambiguous" or (caller.user is not None and caller.user.id != chosen)


def _notify(
    services: Services,
    command: Attachment,
    lines: Sequence[str],
    on: Sequence[int | None],
    root: str | None,
) -> None:
    """Notify the agent on the first of these tickets that can have a note (A2)."""
    logger.info("contact not attached", command=command.id, contact=root)
    count(Metric.CONTACT_NOT_ATTACHED)
    for ticket in dict.fromkeys(number for number in on if number is not None):
        if add_note(services, command_step(command.id, f"note#{ticket}"), ticket, lines, root):
            return
    logger.info("agent not notified", command=command.id)
    count(Metric.AGENT_NOT_NOTIFIED)
