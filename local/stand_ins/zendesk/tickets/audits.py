"""Audits: each change of a ticket with its events and the metadata its writer gave (facts/zendesk.md 2.1)."""

from __future__ import annotations

from typing import Any

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Comment, Shown, Ticket, via
from local.stand_ins.zendesk.state import State

_SORT = {"created_at": lambda shown: (shown["created_at"], shown["id"]), "id": lambda shown: shown["id"]}
_LOGGED = (
    "subject", "status", "priority", "type", "assignee_id", "requester_id", "external_id", "tags",
    "custom_fields", "group_id", "organization_id", "brand_id", "ticket_form_id", "due_at",
)  # fmt: skip


def add(
    state: State,
    ticket: Ticket,
    before: Shown | None,
    comments: list[Comment],
    metadata: object,
    kind: str = "updated",
    channel: Shown | None = None,
    **more: Any,
) -> Shown:
    """Write the audit of one update and return it; one that changed nothing is returned but not kept.

    `before` is what the ticket showed until then, None at its creation. Webhook events are made of it, for
    which `kind` and `more` are those of a change. `channel` is the audit's `via`, where it is not the API.
    """
    custom = dict(metadata) if isinstance(metadata, dict) else {}
    number = comments[0].shown["audit_id"] if comments else state.next_id()
    events: list[dict[str, Any]] = []
    for comment in comments:
        comment.shown["audit_id"] = number
        comment.shown["via"] = channel or comment.shown["via"]
        comment.shown["metadata"] = {"system": {}, "custom": custom}
        events.append(comment.shown)
    for name in _LOGGED:
        value = ticket.shown.get(name)
        if before is None and value not in (None, []):
            events.append({"id": state.next_id(), "type": "Create", "field_name": name, "value": value})
        elif before is not None and value != before.get(name):
            change = {
                "type": "Change",
                "field_name": name,
                "value": value,
                "previous_value": before.get(name),
            }
            events.append({"id": state.next_id(), **change})
    audit = {
        "id": number, "ticket_id": ticket.shown["id"], "created_at": state.now(),
        "author_id": state.author_id,
        "metadata": {"system": {}, "custom": custom}, "events": events,
        "via": ticket.shown["via"] if before is None else channel or via(None),
    }  # fmt: skip
    if events:
        ticket.audits.append(audit)
        kind = "created" if before is None else kind
        state.announce(kind, ticket, before, [comment.shown for comment in comments], **more)
    return audit


def note_status(state: State, ticket: Ticket, before: str, after: str) -> None:
    """Write the audit of a deletion or a restoration, which no `add` sees."""
    change = {"type": "Change", "field_name": "status", "value": after, "previous_value": before}
    audit = {
        "id": state.next_id(), "ticket_id": ticket.shown["id"], "created_at": state.now(),
        "author_id": state.author_id, "metadata": {"system": {}, "custom": {}},
        "events": [{"id": state.next_id(), **change}], "via": via(None),
    }  # fmt: skip
    ticket.audits.append(audit)


def list_audits(state: State, request: Request, ticket_id: str) -> Response:
    """GET /api/v2/tickets/{id}/audits: oldest first, `sort=-created_at` newest first."""
    audits = state.ticket(ticket_id).audits
    return paged(request, "audits", audits, cursor_sort=_SORT, offset_sort=_SORT, url=state.options.url)


def list_comments(state: State, request: Request, ticket_id: str) -> Response:
    """GET /api/v2/tickets/{id}/comments: oldest first, `sort=-created_at` newest first."""
    comments = [comment.shown for comment in state.ticket(ticket_id).comments]
    return paged(request, "comments", comments, cursor_sort=_SORT, offset_sort=_SORT, url=state.options.url)
