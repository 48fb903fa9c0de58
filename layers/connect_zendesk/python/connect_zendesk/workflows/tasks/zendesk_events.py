"""Reads *Zendesk Event* from a queue: what is none can never be handled."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.errors import Permanent
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent

#: An event's id is part of a key in the ledger.
_LONGEST_ID = 200


def read(detail: Mapping[str, Any]) -> ZendeskEvent:
    """Return the event in the detail of a bus event. Raises `Permanent`."""
    try:
        event = ZendeskEvent.of(detail)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Permanent("not a Zendesk Event") from None
    if not isinstance(event.id, str) or not 0 < len(event.id) <= _LONGEST_ID:
        raise Permanent("a Zendesk Event without an id, or with one that can be none")
    if not isinstance(event.type, str) or not _is_id(event.ticket.id):
        raise Permanent("a Zendesk Event of no ticket")
    return event


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
