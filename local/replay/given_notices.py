"""The notices that agents were given about the contacts of some events, from the ledger (A2)."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from connect_zendesk.amazon_connect import contact_event
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.ledger import notices
from connect_zendesk.ledger.ledger import Ledger
from local.replay.events import ContactEvent, Event


def notices_of(ledger: Ledger, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the notices about the contacts that the events are of: contact, agent, rule, text, at."""
    roots = dict.fromkeys(root for event in events if (root := _root(event)) is not None)
    return [{"contact": root, **asdict(each)} for root in roots for each in notices.of_contact(ledger, root)]


def _root(event: Event) -> str | None:
    if not isinstance(event, ContactEvent):
        return event.leg.root_id if event.leg is not None else None
    try:
        return contact_event.parse(event.envelope.get("detail") or {}, event.envelope.get("time")).leg.root_id
    except NotAContactRecord:
        return None
