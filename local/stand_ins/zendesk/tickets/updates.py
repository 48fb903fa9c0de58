"""PUT /api/v2/tickets/{id} (facts/zendesk.md 2.1 and 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in
from local.stand_ins.zendesk.endpoint_limits import give_back_update
from local.stand_ins.zendesk.records import Shown, Ticket
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import audits
from local.stand_ins.zendesk.tickets.creation import keep_uploads, written_comments
from local.stand_ins.zendesk.tickets.fields import properties, suspended
from local.stand_ins.zendesk.timestamps import from_timestamp


def update(state: State, request: Request, ticket_id: str) -> Response:
    """Change a ticket, add a comment, or both; RefusedError 404, 409 or 422 and nothing changed otherwise."""
    ticket, asked = state.ticket(ticket_id), object_in(request, "ticket")
    try:
        audit = change(state, ticket, asked)
    except errors.RefusedError as refused:
        if refused.response.status == 409 and not state.options.conflict_counts:
            give_back_update(state, ticket_id)
        raise
    return json_response(200, {"ticket": ticket.shown, "audit": audit})


def change(
    state: State, ticket: Ticket, asked: Mapping[str, Any], kind: str = "updated", **more: Any
) -> Shown:
    """Change a ticket and return the audit; RefusedError 409 or 422, and nothing changed, otherwise."""
    check_writable(state, ticket, asked)
    changes = properties(state, asked, ticket)
    if "requester_id" not in changes:
        _check_requester(state, ticket)
    comments = written_comments(state, ticket, asked, state.author_id)
    before = dict(ticket.shown)
    if comments:
        keep_uploads(state, asked)
        ticket.comments.extend(comments)
        changes["is_public"] = any(comment.shown["public"] for comment in ticket.comments)
        ticket.shown["updated_at"] = state.now()
    changed = state.touched(ticket.shown, changes)
    metadata = asked.get("metadata")
    if "voice_comment" in asked and state.options.voice_comment_metadata == "lost":
        metadata = None
    audit = audits.add(state, ticket, before, comments, metadata, kind, **more)
    if changed or comments:
        state.keep_ticket(ticket)
    return audit


def _check_requester(state: State, ticket: Ticket) -> None:
    requester = state.users.get(ticket.shown["requester_id"])
    if requester and requester.shown["suspended"] and not state.options.suspended_requester_updated:
        raise suspended(state)


def check_writable(state: State, ticket: Ticket, asked: Mapping[str, Any]) -> None:
    """Refuse to change a closed ticket (422), or one changed since the stamp of a safe update (409)."""
    if ticket.shown["status"] == "closed":
        key = state.options.closed_error_key
        code = state.options.closed_error_code or None
        raise errors.invalid_record(key, "Status: closed prevents ticket update", code)
    if "safe_update" not in asked:  # any value switches it on, false as well
        return
    if "voice_comment" in asked and state.options.voice_comment_stamp == "ignored":
        return
    try:
        stamp = from_timestamp(str(asked.get("updated_stamp")))
    except ValueError:
        stamp = None
    # To the second, like the stamp: of two writers within one second neither is stopped.
    if stamp is None or from_timestamp(ticket.shown["updated_at"]) > stamp:
        text = "Safe Update prevented the update due to outdated ticket data. Please fetch the latest data."
        raise errors.described(409, "UpdateConflict", text)
