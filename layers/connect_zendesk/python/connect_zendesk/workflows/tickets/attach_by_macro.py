"""Attaches a contact as an agent asks with a macro, and takes the macro's tag off again (A1)."""

from connect_zendesk.ledger import KEEP_CLAIM
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import macro, wording
from connect_zendesk.rules.attachment import NotAnAttachment
from connect_zendesk.rules.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.tickets.attach import attach
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, NotFound, Permanent


def attach_by_macro(clients: Clients, event: ZendeskEvent) -> None:
    """Do what the macros' tags that a ticket got ask for, once, however often the event is delivered.

    The tag is taken off when that is done, or the agent has been asked which contact is meant: so the macro
    can be used again. Taking it off is a change of this project's own, of which nothing comes (K4). Raises
    `ZendeskError` and `Busy`.
    """
    tags = macro.tags_set(event)
    if not tags or event.by_connector:
        logger.info("an event without a macro's tag", event=event.id, ticket=event.ticket.id)
        return
    partition = f"attachment#{event.id}"
    if clients.ledger.recall(partition, "untagged") is not None:
        count("AlreadyHandled")
        return
    if event.actor is None:
        add_note(clients, partition, "note#actor", event.ticket.id, [wording.NO_AGENT_ATTACHES], None)
        count("NotAttached")
    else:
        try:
            command = macro.command_of(event, tags[0], clients.clock())
        except NotAnAttachment as error:
            raise Permanent(str(error)) from None
        attach(clients, command)
    try:
        tickets.remove_tags(clients.zendesk, event.ticket.id, tags)
    except (Closed, NotFound) as gone:
        logger.info("a macro's tag stays", ticket=event.ticket.id, why=type(gone).__name__)
    clients.ledger.remember(partition, "untagged", True, KEEP_CLAIM)
