"""What a ticket event in the shape of Zendesk's EventBridge partner integration says: `ZendeskEvent` (K3).

Ids are numbers there and words in lower case, the ticket has no subject, and whether the actor is named
depends on who speaks the shape: the retired connector did, Zendesk's integration services do not
(facts/zendesk.md 6.1).
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from connect_zendesk.http_messages import mapping
from connect_zendesk.rules.ticket_events import PARTNERS_DETAIL_TYPE, TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.zendesk.event_values import (
    change_of,
    id_of,
    state_of,
    time_of,
)
from connect_zendesk.zendesk.webhook_event import NotAnEvent

_SOURCE = re.compile(r"aws\.partner/zendesk\.com/([1-9][0-9]{0,17})/.*", re.DOTALL)
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,99}")
_UNFIT_FOR_AN_ID = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_SEQUENCE = 40
#: Where webhooks have another word than this shape, once *Ticket* is left out at its beginning.
_OTHERWISE_CALLED = {"comment_created": "comment_added"}


def account_of(source: str) -> int | None:
    """Return the Zendesk account that a partner event's source names, None for any other source."""
    found = _SOURCE.fullmatch(source)
    return int(found[1]) if found else None


def read(
    envelope: Mapping[str, Any], *, account: int, received: str, connector: Collection[int] = ()
) -> ZendeskEvent:
    """Return the event in the envelope of an event of EventBridge.

    ``account`` is whose ticket it is, ``received`` a time in ISO 8601 for an event that has none, and
    ``connector`` are the users that this project is in Zendesk. Raises `NotAnEvent`.
    """
    event = mapping(mapping(envelope.get("detail")).get("ticket_event"))
    given, meta = mapping(event.get("ticket")), mapping(event.get("meta"))
    kind, ticket = _type(envelope, event), id_of(given.get("id"))
    if ticket is None:
        raise NotAnEvent("an event of no ticket")
    actor = id_of(meta.get("actor_id"))
    return ZendeskEvent(
        id=_id(envelope, meta, ticket, kind),
        type=kind,
        account=account,
        time=time_of(meta.get("occurred_at")) or time_of(envelope.get("time")) or received,
        actor=actor,
        by_connector=actor in connector,
        ticket=state_of(ticket, given),
        change=change_of(kind, event),
    )


def _type(envelope: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return what happened in the words of webhooks: *Ticket Type Changed* is ticket.type_changed."""
    named = event.get("type") or str(envelope.get("detail-type")).removeprefix(PARTNERS_DETAIL_TYPE)
    words = "_".join(named.lower().split()).removeprefix("ticket_") if isinstance(named, str) else ""
    word = _OTHERWISE_CALLED.get(words, words)
    if not _TYPE.fullmatch(word):
        raise NotAnEvent("not an event of a ticket")
    return f"{TICKET}{word}"


def _id(envelope: Mapping[str, Any], meta: Mapping[str, Any], ticket: int, kind: str) -> str:
    """Return what the event is known by: its place in Zendesk's sequence, else EventBridge's id of it.

    An integration that sends it again sends it as a new event of EventBridge.
    """
    sequence = mapping(meta.get("sequence"))
    name, position = sequence.get("id"), sequence.get("position")
    if not isinstance(name, str) or not name or not isinstance(position, int):
        name, position = str(envelope.get("id")), 0
    name = _UNFIT_FOR_AN_ID.sub("", name)[:_LONGEST_SEQUENCE]
    return f"{name}:{position % 10_000}:{ticket}:{kind.removeprefix(TICKET)[:30]}"
