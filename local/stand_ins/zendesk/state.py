"""Everything the account holds, and the ways to find it at once (search, which lags, is the index's)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in
from local.stand_ins.zendesk.changes import Change
from local.stand_ins.zendesk.limits import Limits
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.plan import Plan
from local.stand_ins.zendesk.records import Attachment, Job, Shown, Ticket, Upload, User, Webhook
from local.stand_ins.zendesk.search_index import SearchIndex
from local.stand_ins.zendesk.timestamps import to_timestamp

PHONE_IDENTITIES = "_phone_identities"  # indexed beside what is shown of a user


class State:
    """Users, tickets and fields by id, with look-ups that are always true, and counters for new ids."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        options: Options,
        plan: Plan,
        lag: Callable[[], timedelta] | None = None,
    ) -> None:
        self.clock, self.options, self.plan = clock, options, plan
        self.limits = Limits(clock)
        self.index = SearchIndex(clock, lag or (lambda: options.index_lag))
        self.users: dict[int, User] = {}
        self.tickets: dict[int, Ticket] = {}
        self.user_fields: list[Shown] = []
        self.pops: list[Shown] = []
        self.uploads: dict[str, Upload] = {}
        self.app_uploads: dict[int, bytes] = {}  # packages, by the upload's id
        self.app_jobs: dict[int, Shown] = {}
        self.apps: dict[int, bytes] = {}  # packages, by the app's id
        self.attachments: dict[int, Attachment] = {}
        self.macros: dict[int, Shown] = {}
        self.calls: dict[int, Shown] = {}
        self.account_settings: Shown = {}
        self.set_up: dict[str, dict[int, Shown]] = defaultdict(dict)  # by the name of a list in a world
        self.jobs: list[Job] = []
        self.webhooks: dict[str, Webhook] = {}
        self.triggers: dict[int, Shown] = {}
        self.changes: list[Change] = []  # of tickets, until webhook events are made of them
        self.author_id = 0
        self.revision = 0
        self.last_user_id, self.last_ticket_id, self._last_id = 100, 0, 10_000
        self._users_by_external_id: dict[str, set[int]] = defaultdict(set)
        self._users_by_identity: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._tickets_by_external_id: dict[str, set[int]] = defaultdict(set)
        self._tickets_by_requester: dict[int, set[int]] = defaultdict(set)

    def now(self) -> str:
        """Return the time as Zendesk writes it."""
        return to_timestamp(self.clock())

    def next_id(self) -> int:
        """Return an id for an audit, an event, a comment or an identity."""
        self._last_id += 1
        return self._last_id

    def keep_user(self, user: User, *, at_once: bool = False) -> None:
        """Store a new or changed user and index it for search."""
        number, external_id = int(user.shown["id"]), user.shown["external_id"]
        self.users[number] = user
        self.last_user_id = max(self.last_user_id, number)
        if external_id is not None:
            self._users_by_external_id[external_id.lower()].add(number)
        for item in user.identities:
            self._users_by_identity[_identity_key(item["type"], item["value"])].add(number)
        lines = [item["value"] for item in user.identities if item["type"] == "phone_number"]
        document = {**user.shown, PHONE_IDENTITIES: lines}
        self.index.record("user", number, document if user.shown["active"] else None, at_once=at_once)
        self.revision += 1

    def forget_user(self, number: int) -> None:
        """Take back a user whose making belonged to something that was refused."""
        self.users.pop(number, None)
        self.index.forget("user", number)

    def keep_ticket(self, ticket: Ticket, *, at_once: bool = False) -> None:
        """Store a new or changed ticket and index it for search."""
        shown, number = ticket.shown, int(ticket.shown["id"])
        self.tickets[number] = ticket
        self.last_ticket_id = max(self.last_ticket_id, number)
        if shown["external_id"] is not None:
            self._tickets_by_external_id[shown["external_id"]].add(number)
        self._tickets_by_requester[shown["requester_id"]].add(number)
        self.index.record("ticket", number, None if ticket.deleted else shown, at_once=at_once)
        self.revision += 1

    def announce(
        self,
        kind: str,
        ticket: Ticket,
        before: Shown | None = None,
        comments: Sequence[Shown] = (),
        **more: Any,
    ) -> None:
        """Note what became of a ticket, for webhooks."""
        if self.webhooks:
            after, earlier = dict(ticket.shown), None if before is None else dict(before)
            noted = tuple({**comment, "author": self._author(comment["author_id"])} for comment in comments)
            self.changes.append(Change(kind, self.clock(), self.author_id, after, earlier, noted, more))

    def user(self, number: int | str, *, active: bool = False) -> User:
        """Return a user by id, an `active` one or any; RefusedError 404 where there is none."""
        user = self.users.get(id_in(number) or 0)
        if user is None or self.is_gone(user) or (active and not user.shown["active"]):
            raise errors.not_found()
        return user

    def is_gone(self, user: User) -> bool:
        """Return whether a user was merged into another and does not show any more, not even by id."""
        return user.merged_into is not None and self.options.merged_user == "missing"

    def ticket(self, number: int | str) -> Ticket:
        """Return a ticket by id, archived or not; RefusedError 404 where there is none, or none any more."""
        ticket = self.tickets.get(id_in(number) or 0)
        if ticket is None or ticket.deleted:
            raise errors.not_found()
        return ticket

    def users_with_external_id(self, external_id: str) -> list[User]:
        """Return the active users with that external id, in any case, by id."""
        numbers = sorted(self._users_by_external_id.get(external_id.lower(), ()))
        users = (self.users[number] for number in numbers if number in self.users)
        return [
            user for user in users
            if user.shown["active"] and str(user.shown["external_id"]).lower() == external_id.lower()
        ]  # fmt: skip

    def tickets_with_external_id(self, external_id: str) -> list[Ticket]:
        """Return the tickets with that external id, by id."""
        numbers = sorted(self._tickets_by_external_id.get(external_id, ()))
        return [t for n in numbers if (t := self.tickets[n]).shown["external_id"] == external_id]

    def tickets_requested_by(self, user_id: int) -> list[Ticket]:
        """Return the tickets a user requested, archived ones too, deleted ones not, by id."""
        tickets = (self.tickets[number] for number in sorted(self._tickets_by_requester.get(user_id, ())))
        return [t for t in tickets if t.shown["requester_id"] == user_id and not t.deleted]

    def user_with_email(self, email: str) -> User | None:
        """Return the user one of whose addresses this is, in any case."""
        return self._with_identity("email", email)

    def user_with_direct_line(self, phone: str) -> User | None:
        """Return the user whose direct line this number is, however it is written."""
        return self._with_identity("phone_number", phone)

    def is_archived(self, ticket: Ticket) -> bool:
        """Return whether a ticket has left the list of tickets, some time after it was closed."""
        if ticket.archived or self.options.archive_after is None or ticket.shown["status"] != "closed":
            return ticket.archived
        archived_before = to_timestamp(self.clock() - self.options.archive_after)
        return bool(ticket.shown["updated_at"] < archived_before)

    def touched(self, shown: Shown, changes: dict[str, Any]) -> bool:
        """Write what differs into `shown` and move its updated_at; return whether anything did."""
        real = {name: value for name, value in changes.items() if shown.get(name) != value}
        shown.update(real)
        if real:
            shown["updated_at"] = self.now()
        return bool(real)

    def _author(self, number: int) -> Shown:
        user = self.users.get(number)
        staff = user is not None and user.shown["role"] != "end-user"
        return {"id": str(number), "name": user.shown["name"] if user else "", "is_staff": staff}

    def _with_identity(self, kind: str, value: str) -> User | None:
        key = _identity_key(kind, value)
        for number in sorted(self._users_by_identity.get(key, ())):
            user = self.users.get(number)
            if user and any(_identity_key(item["type"], item["value"]) == key for item in user.identities):
                return user
        return None


def _identity_key(kind: str, value: str) -> tuple[str, str]:
    return kind, re.sub(r"\D", "", value) if kind == "phone_number" else value.lower()
