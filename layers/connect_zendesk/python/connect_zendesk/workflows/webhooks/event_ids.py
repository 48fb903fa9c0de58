"""The one id of a Zendesk event that can come by several ways (K4)."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from connect_zendesk.ledger.event_ways import one_id
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent

#: Whose ids an event has: those of Zendesk's webhooks, or those of its partner integration.
Shape = Literal["webhook", "partner"]


def known_as(ledger: Ledger, event: ZendeskEvent, shape: Shape) -> ZendeskEvent:
    """Return an event with the id that it has by whichever way it comes: that of the first one.

    What it is known by is what both shapes say of it: a field's values are written differently in the two.
    """
    change = event.change
    what = {
        "ticket": event.ticket.id,
        "type": event.type,
        "comment": change.comment.id if change.comment else None,
        "field": change.field,
        "tags": [sorted(change.tags_added), sorted(change.tags_removed)],
    }
    at = datetime.fromisoformat(event.time)
    return replace(event, id=one_id(ledger, what=what, at=at, kind=shape, own=event.id))
