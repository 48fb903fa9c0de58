"""What experiments work with: marked users and tickets of their own, all of which are removed afterwards.

Everything made carries the mark, so that what a run that was killed has left is found and removed by the
next: tickets by their external id, in the database, and users by their name, in the search index.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from administration.doctor.system import Heard
from administration.zendesk_setup.account import Shown
from connect_zendesk.zendesk import finding
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotFound, ZendeskError, ZendeskPermanent

T = TypeVar("T")

#: The external id and the tag of tickets, and the beginning of the external ids of users.
MARK = "connect-zendesk-probe"
_NAME = "connect-zendesk probe"
_WHY = "Made by make doctor, and removed by it. It may be deleted."
_PAGES = 20
_REMAINING = re.compile(r"remaining=(\d+)")
_UPDATES = re.compile(r"zendesk-rate-?limit-tickets-update")


class Unclear(Exception):
    """An experiment found nothing out; the message says why."""


@dataclass
class Trial:
    """Marked users and tickets in an account. ``run`` names this run in external ids.

    ``external_ids`` are those of users, noted before each is asked for: one without an answer is found.

    Methods raise `ZendeskError`.
    """

    zendesk: Zendesk
    heard: Heard
    sleep: Callable[[float], None]
    run: str
    tickets: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    external_ids: list[str] = field(default_factory=list)

    # Making

    def user(self, **given: Any) -> int:
        """Make an end user without an e-mail address, and return the id."""
        asked = {"name": _NAME, "role": "end-user", "skip_verify_email": True, **given}
        asked.setdefault("external_id", f"{MARK}-{self.run}-{len(self.external_ids) + 1}")
        self.external_ids.append(asked["external_id"])
        made = int(self.zendesk.post("/api/v2/users", json.dumps({"user": asked}))["user"]["id"])
        self.users.append(made)
        return made

    def ticket(self, path: str = "/api/v2/tickets", *, public: bool = False, **given: Any) -> Shown:
        """Make a ticket with a comment, and return it as Zendesk shows it."""
        asked = {
            "subject": f"{_NAME}: {_WHY}",
            "external_id": MARK,
            "tags": [MARK],
            "requester_id": self.customer,
            "comment": {"body": _WHY, "public": public},
            **given,
        }
        made: Shown = self.zendesk.post(path, json.dumps({"ticket": asked}))["ticket"]
        self.tickets.append(int(made["id"]))
        return made

    @cached_property
    def customer(self) -> int:
        """Who requests the tickets."""
        return self.user()

    @cached_property
    def scratch(self) -> int:
        """A ticket with private comments that experiments share."""
        return int(self.ticket()["id"])

    # Asking and changing

    def shown(self, ticket: int) -> Shown:
        """Return a ticket."""
        found = finding.ticket(self.zendesk, ticket)
        if found is None:
            raise Unclear("a ticket of the probe is gone")
        return found

    def update(self, ticket: int, **change: Any) -> Shown:
        """Change a ticket and return it."""
        body = json.dumps({"ticket": change})
        changed: Shown = self.zendesk.put(f"/api/v2/tickets/{ticket}", body)["ticket"]
        return changed

    def comments(self, ticket: int) -> list[Shown]:
        """Return a ticket's comments, oldest first."""
        return list(self.zendesk.get(f"/api/v2/tickets/{ticket}/comments", {"page[size]": 100})["comments"])

    def change_user(self, user: int, **change: Any) -> Shown:
        """Change a user, at the pace of one a second, and return it."""
        self.sleep(1.1)
        changed: Shown = self.zendesk.put(f"/api/v2/users/{user}", json.dumps({"user": change}))["user"]
        return changed

    def updates_left(self) -> int | None:
        """Return how many updates of tickets the account has left in this minute, by the last answer."""
        for name, value in self.heard.headers.items():
            if _UPDATES.fullmatch(name) and (left := _REMAINING.search(value)):
                return int(left[1])
        return None

    def wait_for(self, look: Callable[[], T | None], seconds: float, every: float) -> T | None:
        """Return what a look finds, looking again and again for so long."""
        for _ in range(max(1, int(seconds / every))):
            if (found := look()) is not None:
                return found
            self.sleep(every)
        return look()

    # Removing

    def left_over(self) -> tuple[list[int], list[int]]:
        """Return the tickets and users with the mark, of this run and of earlier ones."""
        tickets = dict.fromkeys([*self.tickets, *self._marked_tickets()])
        users = dict.fromkeys([*self.users, *self._own_users(), *self._marked_users()])
        return list(tickets), list(users)

    def remove(self) -> list[str]:
        """Remove everything with the mark; returns what could not be removed, each as a path."""
        left = []
        try:
            tickets, users = self.left_over()
        except ZendeskError:
            tickets, users = list(self.tickets), list(self.users)
        for kind, numbers in (("tickets", tickets), ("users", users)):
            for number in numbers:
                if not self._removed(kind, number):
                    left.append(f"/{kind}/{number}")
        return left

    def _removed(self, kind: str, number: int) -> bool:
        """Delete a ticket or user, for good where the account allows it; returns whether it is gone."""
        try:
            self.zendesk.delete(f"/api/v2/{kind}/{number}", "")
        except NotFound:
            pass
        except ZendeskError:
            return self._is_gone(kind, number)
        with suppress(ZendeskError):  # it is deleted, and listed as such for a while
            self.zendesk.delete(f"/api/v2/deleted_{kind}/{number}", "")
        return True

    def _is_gone(self, kind: str, number: int) -> bool:
        """Return whether it is no more: a user who was merged away cannot be deleted again."""
        try:
            found = finding.user(self.zendesk, number) if kind == "users" else None
        except ZendeskError:
            return False
        return kind == "users" and (found is None or found.get("active") is False)

    def _marked_tickets(self) -> Iterator[int]:
        query: dict[str, str | int] = {"external_id": MARK, "page[size]": 100}
        for _ in range(_PAGES):
            answer = self.zendesk.get("/api/v2/tickets", query)
            yield from (int(ticket["id"]) for ticket in answer["tickets"])
            meta = answer.get("meta") or {}
            if not meta.get("has_more"):
                return
            query = {**query, "page[after]": meta["after_cursor"]}

    def _own_users(self) -> Iterator[int]:
        for number in dict.fromkeys(self.external_ids):
            for user in finding.users_with_external_id(self.zendesk, number):
                yield int(user["id"])

    def _marked_users(self) -> Iterator[int]:
        for user in finding.every_user(self.zendesk, f'role:end-user name:"{_NAME}"'):
            if user.get("name") == _NAME and str(user.get("external_id") or MARK).startswith(MARK):
                yield int(user["id"])


def refused(act: Callable[[], object]) -> ZendeskPermanent | None:
    """Return how Zendesk refuses something, or None where it does it. Raises what may pass."""
    try:
        act()
    except ZendeskPermanent as error:
        return error
    return None
