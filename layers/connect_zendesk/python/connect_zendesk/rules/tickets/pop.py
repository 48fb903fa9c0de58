"""What is opened in an agent's Zendesk tab, and when (P1 to P5)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.settings.registry import POP_INCOMING
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.rules.tickets.ticket_decision import Decision

#: A pop that comes later than this after what it answers would tear the agent out of something else (P6).
LATEST = timedelta(seconds=20)

#: Decisions whose ticket exists already. A follow-up's does not: it names the closed ticket.
_EXISTING = frozenset({"open", "leave_to_agent"})


@dataclass(frozen=True)
class Pop:
    """A ticket or a user to show, by its Zendesk id."""

    kind: Literal["ticket", "user"]
    id: int


def pops_ringing(leg: Leg, settings: Settings) -> bool:
    """Return whether anything may pop while a contact rings: only what comes in, and `pop_incoming` (P1, P3).

    A task is offered as a call is (P5).
    """
    return leg.direction == "inbound" and not leg.is_monitoring and settings[POP_INCOMING]


def of_ticket(ticket: int | None) -> Pop | None:
    """Return the pop of a contact's ticket, or None where it has none."""
    return Pop("ticket", ticket) if ticket is not None else None


def of_decision(decision: Decision) -> Pop | None:
    """Return what a decision shows before anything is made of it: the ticket, else the user, else nothing.

    While a contact rings (P1), and accepted with manual assignment (P2). No user is shown where several
    match: the agent is to choose, not to be led.
    """
    if decision.action == "none":
        return None
    if decision.ticket is not None and decision.action in _EXISTING:
        return Pop("ticket", decision.ticket)
    return Pop("user", decision.user.id) if decision.user else None
