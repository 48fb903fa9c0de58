"""What an agent asks for with a macro: its tag on a ticket is a command to attach a contact (A1)."""

from dataclasses import replace
from datetime import datetime

from connect_zendesk.rules.tickets.attachment import Attachment, parse
from connect_zendesk.rules.tickets.macro_tags import ATTACH, MACRO_TAGS, NEW_USER_TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent

#: A macro can be used on a ticket that is not saved yet: then it is made with the tag.
_TAGS_CHANGED, _CREATED = "ticket.tags_changed", "ticket.created"


def tags_set(event: ZendeskEvent) -> tuple[str, ...]:
    """Return the macros' tags that a ticket got by an event, the one that counts first."""
    new = {_TAGS_CHANGED: event.change.tags_added, _CREATED: event.ticket.tags}.get(event.type, ())
    return tuple(tag for tag in MACRO_TAGS if tag in new)


def is_inherited(event: ZendeskEvent) -> bool:
    """Return whether a ticket was made with a macro's tag that no agent meant.

    A customer who answers to a closed ticket makes a follow-up of it, which has the tags of that one.
    """
    return event.type == _CREATED and event.actor is not None and event.actor == event.ticket.requester


def command_of(event: ZendeskEvent, tag: str, now: datetime) -> Attachment:
    """Return the command that a macro's tag is: the actor's, at the time of the event.

    What the agent has to be asked is asked on the ticket with the tag. Raises `NotAnAttachment`.
    """
    if tag == ATTACH:
        target: dict[str, object] = {"ticket": event.ticket.id}
    elif tag == NEW_USER_TICKET:
        target = {"new": True}
    else:
        target = {"user": event.ticket.requester}
    command = parse({"id": event.id, "agent": event.actor, "at": event.time, **target}, now)
    return replace(command, asked_on=event.ticket.id)
