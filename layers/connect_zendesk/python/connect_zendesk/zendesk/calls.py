"""Zendesk's Calls API: a call on a ticket, with a voice comment of its own (facts/zendesk-2.md B).

It knows no idempotency key and no condition, and calls cannot be listed: whether one was made is found on the
ticket, among its comments, by the call's external id.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotFound

_PATH = "/api/v2/calls"
_COMMENT = "TpeVoiceComment"
_CLOCKS_DIFFER = timedelta(minutes=5)
_PAGE = 100


def create(zendesk: Zendesk, call: Mapping[str, Any], comment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a call with its voice comment, and return the call as Zendesk shows it. Raises `ZendeskError`."""
    made: Mapping[str, Any] = zendesk.post(_PATH, json.dumps({"call": call, "comment": comment}))["call"]
    return made


def update(zendesk: Zendesk, call: int, change: Mapping[str, Any]) -> None:
    """Change a call, which its voice comment then shows. Raises `ZendeskError`."""
    zendesk.patch(f"{_PATH}/{call}", json.dumps({"call": change}))


def by_id(zendesk: Zendesk, call: int) -> Mapping[str, Any] | None:
    """Return a call as Zendesk shows it, or None where there is none."""
    try:
        found: Mapping[str, Any] = zendesk.get(f"{_PATH}/{call}")["call"]
    except NotFound:
        return None
    return found


def on_ticket(zendesk: Zendesk, ticket: int, external_id: str, since: datetime) -> tuple[int | None, ...]:
    """Return the ids of the calls of this external id that a ticket shows, oldest first.

    None stands for one whose comment does not say its id. Reads the comments, newest first, back to
    ``since``. Raises `NotFound` where there is no such ticket.
    """
    shown = [
        comment.get("data") or {}
        for comment in _comments(zendesk, ticket, since)
        if comment.get("type") == _COMMENT
    ]
    ids = [data.get("call_id") for data in shown if data.get("external_id") == external_id]
    return tuple(call if isinstance(call, int) else None for call in reversed(ids))


def _comments(zendesk: Zendesk, ticket: int, since: datetime) -> Iterator[Mapping[str, Any]]:
    query: dict[str, str | int] = {"page[size]": _PAGE, "sort": "-created_at"}
    while True:
        answer = zendesk.get(f"/api/v2/tickets/{ticket}/comments", query)
        for comment in answer["comments"]:
            if _time(comment["created_at"]) < since - _CLOCKS_DIFFER:
                return
            yield comment
        meta = answer.get("meta") or {}
        if not meta.get("has_more"):
            return
        query = {**query, "page[after]": meta["after_cursor"]}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
