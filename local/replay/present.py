"""Moves events of something that is going on to the present.

A file's contact was accepted long ago; no agent is shown a ticket for it now. So where an event is played in
real time, all of its times are moved by the same span: the time of the event itself becomes now.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local.replay.events import (
    AgentEvent,
    BusEvent,
    ContactEvent,
    Event,
    FlowCall,
    FlowWalk,
    InZendesk,
    OtherBusEvent,
    QueueMessage,
    StoredFile,
    StreamRecord,
    WebhookCall,
)

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")


def at_present(event: Event, now: datetime) -> Event:
    """Return an event as it would have been sent now (aware, UTC)."""
    at = event.at
    if at is None or isinstance(event, FlowCall | FlowWalk):
        return event
    span = now - at
    match event:
        case StreamRecord(data):
            return StreamRecord(
                _moved(data.decode(errors="surrogateescape"), span).encode(errors="surrogateescape")
            )
        case QueueMessage(body) | WebhookCall(body):
            return replace(event, body=_moved(body, span))
        case BusEvent(content):
            return BusEvent(_moved_content(content, span))
        case OtherBusEvent(content):
            return OtherBusEvent(_moved_content(content, span))
        case StoredFile() | InZendesk():
            return replace(event, at=now)
        case ContactEvent(envelope):
            return ContactEvent(_moved_content(envelope, span))
        case AgentEvent(content):
            return AgentEvent(_moved_content(content, span))


def _moved_content(content: dict[str, Any], span: timedelta) -> dict[str, Any]:
    moved: dict[str, Any] = json.loads(_moved(json.dumps(content), span))
    return moved


def _moved(text: str, span: timedelta) -> str:
    def move(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found.group())
        if at.year < 2000:  # stands for a moment that has not come
            return found.group()
        fraction = "milliseconds" if found.group(1) else "seconds"
        return (at + span).astimezone(UTC).isoformat(timespec=fraction).replace("+00:00", "Z")

    return _TIMESTAMP.sub(move, text)
