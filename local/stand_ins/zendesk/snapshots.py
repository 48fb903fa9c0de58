"""What the account holds as a replay prints it and a page shows it: copies, free of what the API adds."""

from __future__ import annotations

import json

from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

_OF_USERS = (
    "id", "name", "phone", "email", "external_id", "role", "suspended", "shared_phone_number",
    "user_fields", "verified", "active", "tags", "created_at", "updated_at",
)  # fmt: skip


def tickets(state: State) -> list[Shown]:
    """Return every ticket that is not deleted, by id, with its comments."""
    return _copied([ticket.snapshot() for _, ticket in sorted(state.tickets.items()) if not ticket.deleted])


def users(state: State) -> list[Shown]:
    """Return every user, by id, without an owner that the world left out."""
    shown = [user.shown for _, user in sorted(state.users.items()) if not user.hidden]
    return _copied([{name: user[name] for name in _OF_USERS} for user in shown])


def _copied(content: list[Shown]) -> list[Shown]:
    copied: list[Shown] = json.loads(json.dumps(content))
    return copied
