"""Tickets as an agent would see them: which have changed, and one with all that is on it."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from connect_zendesk.zendesk.tickets import METADATA
from local.page.board import Board

_COMMENTS = 50  # the newest of a ticket; a count says how many others there are
_SHARE = 10  # looking takes at most one part in so many of the time
_LONGEST_TEXT = 200


class ShownZendesk(Protocol):
    """What the page needs of the Zendesk stand-in for tickets."""

    @property
    def revision(self) -> int:
        """A number that grows with each change."""

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket."""

    def users(self) -> list[dict[str, Any]]:
        """Every user."""


class Tickets:
    """Puts tickets on the board. `watch` is a clock in seconds that only runs forward."""

    def __init__(
        self, board: Board, zendesk: ShownZendesk, *, watch: Callable[[], float] = time.monotonic
    ) -> None:
        self._board, self._zendesk, self._watch = board, zendesk, watch
        self._revision = -1
        self._due = 0.0
        self._tickets: dict[int, dict[str, Any]] = {}
        self._users: dict[int, dict[str, Any]] = {}
        #: The names of those who work in Zendesk, by id.
        self.agents: dict[int, str] = {}

    @property
    def count(self) -> int:
        """How many tickets there are."""
        return len(self._tickets)

    def look(self) -> set[str]:
        """Take notice of what has changed, unless the last look is too recent for what it costs.

        Returns the contacts that the changed tickets are of.
        """
        began = self._watch()
        revision = self._zendesk.revision
        if revision == self._revision or began < self._due:
            return set()
        self._revision = revision
        tickets = {ticket["id"]: ticket for ticket in self._zendesk.tickets()}
        users = {user["id"]: user for user in self._zendesk.users()}
        changed = [ticket for number, ticket in tickets.items() if ticket != self._tickets.get(number)]
        if len(tickets) < len(self._tickets):
            self._board.keep_only("tickets", map(str, tickets))
        self._tickets, self._users = tickets, users
        self.agents = {
            number: str(user["name"]) for number, user in users.items() if user["role"] in ("agent", "admin")
        }
        for ticket in changed:
            self._board.put("tickets", str(ticket["id"]), self._row(ticket), newest=True)
        self._due = self._watch() + _SHARE * (self._watch() - began)
        entries = (
            ((custom or {}).get(METADATA) or {}) for ticket in changed for custom in ticket["metadata"]
        )
        return {str(about["contact"]) for about in entries if about.get("contact")}

    def name_of(self, user: int | None) -> str | None:
        """Return a user's name."""
        known = self._users.get(user) if user is not None else None
        return str(known["name"]) if known else None

    def subject_of(self, ticket: int) -> str | None:
        """Return a ticket's subject."""
        return self._tickets.get(ticket, {}).get("subject")

    def ticket(self, number: int) -> dict[str, Any] | None:
        """Return a ticket with names for its people, and its newest comments; None where there is none."""
        ticket = self._tickets.get(number)
        if ticket is None:
            return None
        comments = ticket["comments"]
        return {
            **{name: value for name, value in ticket.items() if name not in ("comments", "custom_fields")},
            "requester": self.name_of(ticket["requester_id"]),
            "assignee": self.name_of(ticket["assignee_id"]),
            "customer": self._customer(ticket["requester_id"]),
            "earlier_comments": max(0, len(comments) - _COMMENTS),
            "comments": [self._comment(shown) for shown in comments[-_COMMENTS:]],
        }

    def _comment(self, shown: dict[str, Any]) -> dict[str, Any]:
        data = shown.get("data") or {}
        answered_by = self.name_of(data.get("answered_by_id") or data.get("agent_id"))
        return {**shown, "author": self.name_of(shown.get("author_id")), "answered_by": answered_by}

    def _customer(self, number: int | None) -> dict[str, Any] | None:
        user = self._users.get(number) if number is not None else None
        if user is None:
            return None
        return {name: user.get(name) for name in ("phone", "email", "role", "user_fields")}

    def _row(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return {
            "number": ticket["id"],
            "subject": (ticket["subject"] or "")[:_LONGEST_TEXT],
            "status": ticket["status"],
            "requester": self.name_of(ticket["requester_id"]),
            "comments": len(ticket["comments"]),
            "change": self._revision,  # by which the page sees that there is something to fetch
        }
