"""One id for one event of a ticket, by whichever way it comes (K4).

Zendesk's webhook and its partner integration each name the same event by an id of their own, and neither
names the other's. So what happened to which ticket is remembered with the ids it came under: the first one
names the event, and the one of the other kind that comes from about the same time is the same event.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import EVENT_WAYS

#: How far apart the two may say that the event was: each has its own time of what Zendesk did once.
SAME_TIME = timedelta(minutes=1)
_MOST = 50


def one_id(ledger: Ledger, *, what: Mapping[str, Any], at: datetime, kind: str, own: str) -> str:
    """Return the id under which an event is known: its own, or the one that it came under before.

    ``what`` happened (JSON values), ``at`` a time; ``own`` is the event's id in this ``kind`` of message. An
    event of the same kind with another id is another event, however much it is like it.
    """
    mark = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    def known(events: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        events = list(events or ())
        if _under(events, kind, own) is not None:
            return events
        others = [event for event in events if kind not in event["ids"] and _apart(event, at) <= SAME_TIME]
        if others:
            same = min(others, key=lambda event: _apart(event, at))
            joined = {**same, "ids": {**same["ids"], kind: own}}
            return [joined if event is same else event for event in events]
        return [*events, {"id": own, "at": at.isoformat(), "ids": {kind: own}}][-_MOST:]

    event = _under(ledger.change(EVENT_WAYS.key(mark=mark), known), kind, own)
    return str(event["id"]) if event else own


def _under(events: list[dict[str, Any]], kind: str, own: str) -> dict[str, Any] | None:
    return next((event for event in events if event["ids"].get(kind) == own), None)


def _apart(event: Mapping[str, Any], at: datetime) -> timedelta:
    return abs(datetime.fromisoformat(event["at"]) - at)
