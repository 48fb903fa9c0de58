"""Which contacts an agent is on, or was on until a while ago: what an attachment may mean (A1).

Kept under the agent's Zendesk id, since it is from Zendesk that an agent attaches.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger import legs
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import AGENT_CONTACTS

#: How long after its end a contact can still be attached (A1).
STILL_ATTACHED = timedelta(minutes=10)

_MOST = 50


@dataclass(frozen=True)
class AgentContact:
    """A contact that an agent is on. ``customer`` is its customer's Zendesk id, where recognised.

    ``since`` and ``until`` (None: still on it) are the agent's own leg, in ISO 8601. ``began`` is when the
    contact did, None where this leg is a later one.
    """

    root: str
    leg: str
    channel: str
    since: str
    until: str | None = None
    customer: int | None = None
    began: str | None = None


def partition_of(agent: int) -> str:
    """Return the partition of what is kept of an agent (a Zendesk user id)."""
    return AGENT_CONTACTS.key(agent=agent).partition


def as_item(contact: AgentContact) -> dict[str, Any]:
    """Return a contact as the ledger keeps it."""
    return asdict(contact)


def joined(ledger: Ledger, agent: int, contact: AgentContact) -> None:
    """Note that an agent (a Zendesk user id) is on a contact."""

    def add(known: Any) -> Any:
        others = [item for item in known or () if item["leg"] != contact.leg]
        ended = [item["until"] for item in known or () if item["leg"] == contact.leg and item["until"]]
        new = {**asdict(contact), "until": contact.until or max(ended, default=None)}
        return [*others, new][-_MOST:]

    ledger.change(AGENT_CONTACTS.key(agent=agent), add)


def left(ledger: Ledger, agent: int, leg: str, time: datetime) -> None:
    """Note that an agent left a contact at that time; the later of two times stands."""

    def change(known: Mapping[str, Any]) -> Mapping[str, Any] | None:
        before = known.get("value", [])
        after = [
            {**item, "until": max(item["until"] or "", time.isoformat())} if item["leg"] == leg else item
            for item in before
        ]
        return {"value": after} if after != before else None

    ledger.update(AGENT_CONTACTS.key(agent=agent), change)


def at(ledger: Ledger, agent: int, time: datetime) -> tuple[AgentContact, ...]:
    """Return the contacts an agent was on at that time, or until ten minutes before; each once.

    The event of a leg's end may have come before that of its beginning, or not at all: then what
    is known of the leg, by its record too, says whether the agent is still on it.
    """
    earliest = (time - STILL_ATTACHED).isoformat()
    on = []
    for contact in _all(ledger, agent):
        until = contact.until or legs.end_of(ledger, contact.root, contact.leg)
        if contact.since <= time.isoformat() and (until is None or until >= earliest):
            on.append(replace(contact, until=until))
    return tuple({contact.root: contact for contact in on}.values())


def _all(ledger: Ledger, agent: int) -> list[AgentContact]:
    remembered = ledger.recall(AGENT_CONTACTS.key(agent=agent))
    return [AgentContact(**item) for item in remembered.value] if remembered else []
