"""What became of tickets that were merged into others: known from the event, else from their audits (T12)."""

from connect_zendesk.ledger.schema import MERGED
from connect_zendesk.observability import logger
from connect_zendesk.rules.model import Ticket
from connect_zendesk.rules.ticket_events import TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import tickets

#: The type of the event of a ticket that was merged away.
MERGE = f"{TICKET}merged"
#: A ticket that was merged more often is followed up.
_MOST_MERGES = 10


def remember(services: Services, event: ZendeskEvent) -> None:
    """Remember into which ticket the one of a merge's event went; one that does not say changes nothing."""
    into = event.change.merged_into
    if not isinstance(into, int) or into == event.ticket.id:
        logger.info("merge ignored: its event does not say into which ticket", ticket=event.ticket.id)
        return
    services.ledger.remember(MERGED.key(ticket=event.ticket.id), into)


def merged_into(services: Services, ticket_id: int) -> int | None:
    """Return the number of the ticket that a closed one was merged into, or None. Raises `ZendeskError`."""
    known = services.ledger.recall(MERGED.key(ticket=ticket_id))
    return known.value if known is not None else tickets.merged_into(services.zendesk, ticket_id)


def after_merges(services: Services, ticket: Ticket) -> Ticket | None:
    """Return the ticket that one has become by merging, itself where it was not merged.

    The last of a chain of merges may be closed without being merged. None where it is deleted. Only closed
    tickets are asked about. Raises `ZendeskError`.
    """
    for _ in range(_MOST_MERGES):
        into = merged_into(services, ticket.id) if ticket.closed else None
        if into is None:
            return ticket
        following = tickets.by_id(services.zendesk, into)
        if following is None or following.status == "deleted":
            return None
        ticket = following
    return ticket
