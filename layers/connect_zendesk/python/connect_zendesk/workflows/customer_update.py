"""Writes to a customer's Zendesk user what a contact told of them, at the pace that Zendesk allows.

A message says what ``kind`` of change it asks for; each kind is a row of `_KINDS`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.observability import count, logger
from connect_zendesk.rules.lookups import User
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.pace import take_turn
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import Duplicate, Permanent

#: Zendesk's limit is one update of a user a second, for the whole account.
SPACING = timedelta(seconds=1)

_E164 = re.compile(r"\+[1-9]\d{5,14}")

#: Returns what of the user is to change, or None where nothing is.
_Change = Callable[[User, Mapping[str, Any]], dict[str, Any] | None]


def ask_for_number(clients: Clients, user: int, number: str, at: datetime) -> None:
    """Ask that a user who has no number gets this one, in E.164 (C10)."""
    detail = {"kind": "phone", "user": user, "number": number, "at": at.isoformat()}
    clients.messages.update_customer(detail)


def update_customer(clients: Clients, detail: Mapping[str, Any]) -> None:
    """Make one change of a customer's user, unless it is not called for any more.

    ``detail``: ``kind``, ``user`` (id), ``at`` (when it became so, ISO 8601), and what the kind needs.
    Staff are left alone. Done again it changes nothing. Raises `ZendeskError`.
    """
    change_of, user_id = _KINDS.get(str(detail.get("kind"))), detail.get("user")
    if change_of is None or isinstance(user_id, bool) or not isinstance(user_id, int):
        raise Permanent("no change of a customer that is known here")
    user = users.customer_by_id(clients.zendesk, user_id)
    change = change_of(user, detail) if user is not None and user.active else None
    if change is None:
        logger.info("a customer stays as it is", kind=detail["kind"])
        count("CustomerUnchanged")
        return
    _write(clients, user_id, change)
    count("CustomerChanged")


def _number(user: User, detail: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give a number to a user who has none; one that is there is never overwritten (C10)."""
    number = str(detail.get("number"))
    if not _E164.fullmatch(number):
        raise Permanent("a customer's number that is not in E.164")
    return None if user.phone else {"phone": number}


_KINDS: Mapping[str, _Change] = {"phone": _number}


def _write(clients: Clients, user_id: int, change: dict[str, Any]) -> None:
    take_turn(clients, "customers", SPACING)
    try:
        users.update(clients.zendesk, user_id, change)
    except Duplicate as duplicate:
        if "phone" not in duplicate.fields or "phone" not in change:
            raise
        # Somebody else's direct line: the two share it.
        take_turn(clients, "customers", SPACING)
        users.update(clients.zendesk, user_id, {**change, "shared_phone_number": True})
