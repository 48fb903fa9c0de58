"""Zendesk tickets: reading them, making them, adding to them, and finding out what got through."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_zendesk.rules.model import FilledTicket, Ticket
from connect_zendesk.zendesk import finding
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import Closed, Refused

#: Under this name every audit of ours carries its marker and its reasons.
METADATA = "amazon_connect"

_CLOCKS_DIFFER = timedelta(minutes=5)
_PAGE = 100
_UPDATE = "PUT /api/v2/tickets/{id}"
#: What Zendesk complains about, without a code, where the ticket is closed.
_ABOUT_STATUS = frozenset({"status", "base"})


def by_id(zendesk: Zendesk, ticket_id: int) -> Ticket | None:
    """Return a ticket, or None where there is none, or none any more."""
    found = finding.ticket(zendesk, ticket_id)
    return parse(found) if found is not None else None


def filled(zendesk: Zendesk, ticket_id: int) -> FilledTicket | None:
    """Return a ticket with what it holds, or None where there is none, or none any more."""
    found = finding.ticket(zendesk, ticket_id)
    return _filled(found) if found is not None else None


def merged_into(zendesk: Zendesk, ticket_id: int) -> int | None:
    """Return the number of the ticket that a closed one was merged into, by its audits, or None.

    A merge is the last that happens to a ticket, or nearly.
    """
    answer = zendesk.get(f"/api/v2/tickets/{ticket_id}/audits", {"page[size]": _PAGE, "sort": "-created_at"})
    for audit in answer["audits"]:
        source = (audit.get("via") or {}).get("source") or {}
        # In the audit of the other ticket it says ``ticket_ids``.
        into = (source.get("from") or {}).get("ticket_id")
        if source.get("rel") == "merge" and isinstance(into, int):
            return into
    return None


def by_external_id(zendesk: Zendesk, external_id: str) -> Ticket | None:
    """Return the first ticket with this external id, or None."""
    found = shown_by_external_id(zendesk, external_id)
    return parse(found) if found is not None else None


def shown_by_external_id(zendesk: Zendesk, external_id: str) -> Mapping[str, Any] | None:
    """Return the first ticket with this external id as Zendesk shows it, or None.

    A list from the database, not from the search index, so it holds what was just written. It leaves
    out archived tickets (about 120 days after closing).
    """
    found = zendesk.get("/api/v2/tickets", {"external_id": external_id})["tickets"]
    return min(found, key=lambda ticket: int(ticket["id"]), default=None)


def requested_by(zendesk: Zendesk, user_id: int) -> tuple[Ticket, ...]:
    """Return a user's tickets, the most recently updated first, at most a hundred."""
    answer = zendesk.get(
        f"/api/v2/users/{user_id}/tickets/requested", {"page[size]": _PAGE, "sort": "-updated_at"}
    )
    return tuple(parse(ticket) for ticket in answer["tickets"])


def create(zendesk: Zendesk, body: str, idempotency_key: str) -> Mapping[str, Any]:
    """Make a ticket, and return it as Zendesk shows it.

    The same key with the same bytes gives the same ticket for two hours.
    """
    made: Mapping[str, Any] = zendesk.post("/api/v2/tickets", body, idempotency_key=idempotency_key)["ticket"]
    return made


def expect_update(zendesk: Zendesk) -> None:
    """Raise `Paced` where Zendesk's limit of updates has no room for background work (O7)."""
    zendesk.pacer.ask(_UPDATE)


def update(
    zendesk: Zendesk, ticket_id: int, change: Mapping[str, Any], unchanged_since: datetime | None = None
) -> FilledTicket:
    """Change a ticket, and return it as it is then.

    With ``unchanged_since``, only if it has not been changed since that time. Raises `Conflict` where it has,
    `Closed` where the ticket is closed.
    """
    if unchanged_since is not None:
        stamp = unchanged_since.strftime("%Y-%m-%dT%H:%M:%SZ")
        change = {**change, "safe_update": True, "updated_stamp": stamp}
    with _closed_seen(zendesk, ticket_id):
        return _filled(zendesk.put(f"/api/v2/tickets/{ticket_id}", json.dumps({"ticket": change}))["ticket"])


def private_comment(html: str) -> dict[str, Any]:
    """Return a comment that only agents can read, for `create` and `update`."""
    return {"html_body": html, "public": False}


def remove_tags(zendesk: Zendesk, ticket_id: int, tags: Sequence[str]) -> None:
    """Take tags off a ticket and leave its others alone; one that it has not does not matter.

    Raises `Closed` where the ticket is closed, `NotFound` where it is gone.
    """
    with _closed_seen(zendesk, ticket_id):
        zendesk.delete(f"/api/v2/tickets/{ticket_id}/tags", json.dumps({"tags": list(tags)}))


@contextmanager
def _closed_seen(zendesk: Zendesk, ticket_id: int) -> Iterator[None]:
    """Raise `Closed` for a refusal about no field that was sent, where a second look says that it is closed.

    Zendesk gives it no code, only a sentence (facts/zendesk-2.md D2).
    """
    try:
        yield
    except Refused as refused:
        if any(not refused.codes[field] for field in refused.codes.keys() & _ABOUT_STATUS):
            seen = by_id(zendesk, ticket_id)
            if seen is not None and seen.closed:
                raise Closed(str(refused), refused.codes) from None
        raise


def was_written(zendesk: Zendesk, ticket_id: int, marker: str, since: datetime) -> bool:
    """Return whether an update with this marker got through.

    Reads the audits, newest first, back to ``since``.
    """
    query: dict[str, str | int] = {"page[size]": _PAGE, "sort": "-created_at"}
    while True:
        answer = zendesk.get(f"/api/v2/tickets/{ticket_id}/audits", query)
        for audit in answer["audits"]:
            custom = ((audit.get("metadata") or {}).get("custom") or {}).get(METADATA) or {}
            if custom.get("step") == marker:
                return True
            if _time(audit["created_at"]) < since - _CLOCKS_DIFFER:
                return False
        meta = answer.get("meta") or {}
        if not meta.get("has_more"):
            return False
        query = {**query, "page[after]": meta["after_cursor"]}


def parse(ticket: Mapping[str, Any]) -> Ticket:
    """Return what matters here of a ticket as Zendesk returns it."""
    return Ticket(
        id=int(ticket["id"]),
        requester=ticket.get("requester_id"),
        status=ticket.get("status") or "new",
        created=_time(ticket["created_at"]),
        updated=_time(ticket["updated_at"]),
        public=bool(ticket.get("is_public")),
        external_id=ticket.get("external_id"),
    )


def _filled(ticket: Mapping[str, Any]) -> FilledTicket:
    return FilledTicket(
        **vars(parse(ticket)),
        tags=tuple(ticket.get("tags") or ()),
        fields={each["id"]: each.get("value") for each in ticket.get("custom_fields") or ()},
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
