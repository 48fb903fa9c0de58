"""Links a contact to the ticket that its agent chose, be it its first one or another (T8, T14, A1)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from connect_zendesk.errors import Conflict, Permanent
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import Step, contact_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts import customer as customers
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import facts_of, settings_of
from connect_zendesk.rules.contacts.kinds import origin_of
from connect_zendesk.rules.model import ExistingUser, Placeholder, Requester, Ticket, User
from connect_zendesk.rules.tickets import ticket_fields
from connect_zendesk.rules.tickets.attachment import Attachment
from connect_zendesk.rules.tickets.decision_table import Reason
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.rules.tickets.ticket_fields import TicketFields
from connect_zendesk.workflows.customers import requesters
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import overtaken
from connect_zendesk.workflows.tickets.look_ups import answered
from connect_zendesk.workflows.tickets.new_ticket import creation
from connect_zendesk.workflows.tickets.open_ticket import (
    MAKES,
    NOT_BEGUN,
    Attached,
    begun_by,
    external_id,
    finish_begun,
    next_name,
    open_replacing,
)
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets


def is_done(services: Services, root: str, command: Attachment) -> bool:
    """Return whether the contact has been linked by this command, or by a later one."""
    return _is_done(heads.head(services.ledger, root), command)


def link(services: Services, leg: Leg, command: Attachment, ticket: Ticket | None, user: User | None) -> Head:
    """Link a contact to a ticket, or to a new one for a user (None: a new user); returns what holds.

    A closed ticket is followed up (T1). The first attachment settles the contact; a later one moves it, and
    the ticket that it leaves gets a note. Which is the later one is decided by when the agents asked. Raises
    `ZendeskError`, and `NotReady` while another container holds the contact's lock.
    """
    root = leg.root_id
    with exclusive_lock(services.ledger, contact_step(root, "settle")):
        head = heads.head(services.ledger, root)
        if head is not None and head.is_forgotten:
            return head
        head = _begun(services, leg, head) or head
        if head is not None and _is_done(head, command):
            _note_overtaken(services, root, command, head)
            return head
        chosen = _with_customer(services, command, _chosen(services, leg, command, ticket, user))
        if head is None:
            now = heads.settle(services.ledger, root, chosen, _next(root, head))
        elif head.ticket == chosen.ticket:
            confirmed = replace(head, attached=command.stamp, customer=chosen.customer)
            now = heads.relink(services.ledger, root, head.ticket, confirmed, _next(root, head))
        else:
            now = _move(services, root, command, head, chosen)
        if now.attached != command.stamp:
            raise Conflict("the contact has been settled otherwise meanwhile", 1)
        return now


def _ticket_of(head: Head | None) -> int | None:
    return head.ticket if head is not None else None


def _next(root: str, head: Head | None) -> Step:
    """Return the step by which others would make the contact's first ticket, or the follow-up of its own."""
    return creation(root, next_name(root, _ticket_of(head)))


def _is_done(head: Head | None, command: Attachment) -> bool:
    return head is not None and head.attached is not None and head.attached >= command.stamp


def _note_overtaken(services: Services, root: str, command: Attachment, head: Head) -> None:
    """Leave a note on a ticket that this command made, where a later one overtook it before it was linked."""
    if head.attached == command.stamp:
        return
    for name in (external_id(root), _own_name(root, command)):
        if begun_by(services, root, name) == command.stamp:
            made = tickets.by_external_id(services.zendesk, name)
            overtaken.note(services, root, made.id if made is not None else None, head)


def _begun(services: Services, leg: Leg, head: Head | None) -> Head | None:
    """Finish a ticket that an earlier attempt began to make for the contact: it may be there already."""
    try:
        return finish_begun(services, leg, _ticket_of(head))
    except Permanent:
        return None  # Zendesk refused it, so it is not


def _chosen(
    services: Services, leg: Leg, command: Attachment, ticket: Ticket | None, user: User | None
) -> Head:
    """Return the head of a contact that is linked to what its agent chose, made now where need be."""
    time = command.at.astimezone(ZoneInfo(services.app.time_zone)).strftime("%Y-%m-%d %H:%M:%S %Z")
    text = wording.ATTACHED_BY if ticket is not None else wording.MADE_BY_HAND
    known = user
    if known is None and ticket is not None and ticket.requester is not None:
        known = User(ticket.requester)
    reason = Reason("A1", text.format(agent=command.agent, time=time), ())
    if ticket is not None and not ticket.closed:
        why = (f"{reason.rule}: {reason.text}",)
        stamp = command.stamp
        customer = ticket.requester
        return Head(
            ticket.id,
            customer,
            "attach",
            "A1",
            why,
            ticket.public,
            attached=stamp,
            customer=customer,
            origin=origin_of(leg),
        )
    given = ticket_fields.of_contact(leg, services.app) if ticket is None else TicketFields()
    decision = Decision(
        action="create" if ticket is None else "follow_up",
        rule="A1",
        reasons=(reason, *given.reasons),
        settings=settings_of(leg, services.app),
        customer=Customer("recognised", known) if known is not None else None,
        ticket=ticket.id if ticket is not None else None,
        requester=_requester(services, leg, command, ticket, user),
    )
    name = _name(services, leg.root_id, command)
    return open_replacing(services, leg, decision, name, Attached(command.agent, command.stamp))


def _with_customer(services: Services, command: Attachment, head: Head) -> Head:
    """Return a head that names a customer only where its ticket is a customer's.

    Anonymous callers' tickets are the placeholder's (C9), and some that were forced are the agent's own (T8).
    Zendesk is not asked whether it is another agent's: the update of the customer finds out.
    """
    unknown = head.customer in (command.agent, requesters.made_placeholder(services.ledger))
    return replace(head, customer=None) if unknown else head


def _requester(
    services: Services, leg: Leg, command: Attachment, ticket: Ticket | None, user: User | None
) -> Requester | None:
    """Return who requests a new ticket; for a new user, as for an unknown customer (T5, T6)."""
    if ticket is not None:
        return ExistingUser(ticket.requester) if ticket.requester is not None else None
    if user is not None:
        return ExistingUser(user.id)
    facts = facts_of(leg, services.app)
    new = customers.unidentified(leg, facts.settings, services.app.default_country).new_user
    if new.number or new.email or new.address:
        return answered(services, lambda known: replace(facts, known=known).with_own_only(new))
    if services.app.anonymous_requester == "agent":
        return ExistingUser(command.agent)
    return Placeholder(requesters.placeholder(services))


def _name(services: Services, root: str, command: Attachment) -> str:
    """Return the external id of the ticket that a command makes, which is the same in each attempt.

    It is the contact's, unless another command or a decision has begun a ticket of that name.
    """
    by = begun_by(services, root, external_id(root))
    return external_id(root) if by in (NOT_BEGUN, command.stamp) else _own_name(root, command)


def _own_name(root: str, command: Attachment) -> str:
    return f"{external_id(root)}:{command.id}"


def _add_note(
    services: Services, root: str, command: Attachment, old: int, text: str, new: int | None
) -> None:
    line = text.format(ticket=new, contact=root)
    add_note(services, contact_step(root, f"moved#{old}#{command.id}"), old, [line], root)


def _move(services: Services, root: str, command: Attachment, head: Head, chosen: Head) -> Head:
    """Move a contact from the ticket it is on to the one its agent chose, and leave a note there.

    The note comes first: where the move is then made by another attempt, or by a later command that has its
    own note, it is right all the same.
    """
    if head.ticket is not None:
        forced = head.forced and head.action in MAKES
        text = wording.FORCED_MOVED_TO if forced else wording.MOVED_TO
        _add_note(services, root, command, head.ticket, text, chosen.ticket)

    # What a ticket already says of the contact is not said again when it moves back to that ticket.
    left = heads.add_earlier(services.ledger, root, head)
    if (was := left.get(str(chosen.ticket))) is not None:
        chosen = replace(chosen, moved=was.moved, reported=was.reported, as_of=was.as_of)
    else:
        chosen = replace(chosen, moved=1 + max(each.moved for each in left.values()))
    moved = heads.relink(services.ledger, root, head.ticket, chosen, _next(root, head))
    if moved.attached == command.stamp:
        count(Metric.CONTACT_MOVED)
        logger.info("contact moved", contact=root, rule="A1")
    return moved
