"""Which contacts an agent is on, or was on until a while ago: what an attachment may mean (A1).

Kept under the agent's Zendesk id, since it is from Zendesk that an agent attaches.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger import legs
from connect_zendesk.workflows.services import Services

#: How long after its end a contact can still be attached (A1).
STILL_ATTACHED = timedelta(minutes=10)

_CONTACTS = "contacts"
_KEEP = timedelta(days=8)  # no chat lasts longer than a week
_MOST = 50


@dataclass(frozen=True)
class AgentContact:
    """A contact that an agent is on. ``customer`` is its customer's Zendesk id, where recognised.

    ``since`` and ``until`` (None: still on it) are the agent's own leg, in ISO 8601.
    """

    root: str
    leg: str
    channel: str
    since: str
    until: str | None = None
    customer: int | None = None


def as_item(contact: AgentContact) -> dict[str, Any]:
    """Return a contact as the ledger keeps it."""
    return asdict(contact)


def joined(services: Services, agent: int, contact: AgentContact) -> None:
    """Note that an agent (a Zendesk user id) is on a contact."""

    def add(known: Any) -> Any:
        others = [item for item in known or () if item["leg"] != contact.leg]
        ended = [item["until"] for item in known or () if item["leg"] == contact.leg and item["until"]]
        new = {**asdict(contact), "until": contact.until or max(ended, default=None)}
        return [*others, new][-_MOST:]

    services.ledger.change(_partition(agent), _CONTACTS, add, _KEEP)


def left(services: Services, agent: int, leg: str, moment: datetime) -> None:
    """Note that an agent left a contact at that moment; the later of two moments stands."""
    if not any(contact.leg == leg for contact in _all(services, agent)):
        return

    def change(known: Any) -> Any:
        return [
            {**item, "until": max(item["until"] or "", moment.isoformat())} if item["leg"] == leg else item
            for item in known or ()
        ]

    services.ledger.change(_partition(agent), _CONTACTS, change, _KEEP)


def at(services: Services, agent: int, moment: datetime) -> tuple[AgentContact, ...]:
    """Return the contacts an agent was on at that moment, or until ten minutes before; each once.

    The event that tells of a leg's end may have come before that of its beginning, or not at all: then what
    is known of the leg, by its record too, says whether the agent is still on it.
    """
    earliest = (moment - STILL_ATTACHED).isoformat()
    on = []
    for contact in _all(services, agent):
        until = contact.until or legs.end_of(services, contact.root, contact.leg)
        if contact.since <= moment.isoformat() and (until is None or until >= earliest):
            on.append(replace(contact, until=until))
    return tuple({contact.root: contact for contact in on}.values())


def _all(services: Services, agent: int) -> list[AgentContact]:
    remembered = services.ledger.recall(_partition(agent), _CONTACTS)
    return [AgentContact(**item) for item in remembered.value] if remembered else []


def _partition(agent: int) -> str:
    return f"agent#zendesk#{agent}"
