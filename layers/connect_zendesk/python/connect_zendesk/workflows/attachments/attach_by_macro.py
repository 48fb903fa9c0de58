"""Attaches a contact as an agent asks with a macro, and takes the macro's tag off again (A1)."""

from collections.abc import Sequence
from contextlib import suppress

from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.schema import COMMAND, command_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.tickets.attachment import NotAnAttachment
from connect_zendesk.rules.zendesk_events import macro
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.attachments.attach import attach
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, NotFound


def attach_by_macro(services: Services, event: ZendeskEvent) -> None:
    """Do what the macros' tags that a ticket got ask for, once, however often the event is delivered.

    The tag is taken off when that is done, or the agent has been asked which contact is meant: so the macro
    can be used again. Taking it off is a change of this project's own, of which nothing comes (K4). Raises
    `ZendeskError` and `NotReady`.
    """
    tags = macro.tags_set(event)
    if not tags or event.by_connector:
        logger.info("event ignored: no macro's tag", event=event.id, ticket=event.ticket.id)
        return
    untagged = COMMAND.key(command=event.id, part="untagged")
    if services.ledger.recall(untagged) is not None:
        count(Metric.ALREADY_HANDLED)
        return
    if macro.is_inherited(event):
        logger.info("macro's tag ignored: inherited from the closed ticket", event=event.id)
    elif event.actor is None:
        note = command_step(event.id, "note#actor")
        add_note(services, note, event.ticket.id, [wording.NO_AGENT_ATTACHES], None)
        count(Metric.CONTACT_NOT_ATTACHED)
    else:
        try:
            command = macro.command_of(event, tags[0], services.clock())
        except NotAnAttachment as error:
            raise Permanent(str(error)) from None
        attach(services, command)
    try:
        tickets.remove_tags(services.zendesk, event.ticket.id, tags)
    except (Closed, NotFound) as gone:
        logger.info("macro's tag not removed", ticket=event.ticket.id, why=type(gone).__name__)
        _untag_follow_up(services, event.id, event.ticket.id, tags)
    services.ledger.remember(untagged, True)


def _untag_follow_up(services: Services, command: str, closed: int, tags: Sequence[str]) -> None:
    """Take the tags off the contact's follow-up, to which Zendesk gives those of the closed ticket."""
    meant = services.ledger.recall(COMMAND.key(command=command, part="contact"))
    head = heads.head(services.ledger, meant.value["root"]) if meant is not None else None
    if head is None or head.ticket in (None, closed):
        return
    with suppress(Closed, NotFound):
        tickets.remove_tags(services.zendesk, head.ticket, tags)
