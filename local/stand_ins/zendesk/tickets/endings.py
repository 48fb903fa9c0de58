"""Tickets that are deleted, restored or merged into others (facts/zendesk.md 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors, jobs
from local.stand_ins.zendesk.bodies import id_in, whole
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Shown, Ticket
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import audits
from local.stand_ins.zendesk.tickets.updates import change
from local.stand_ins.zendesk.timestamps import to_timestamp

_LISTED = timedelta(days=30)
_SORT = {"id": lambda shown: shown["id"], "deleted_at": lambda shown: (shown["deleted_at"], shown["id"])}


def delete(state: State, _request: Request, ticket_id: str) -> Response:
    """DELETE /api/v2/tickets/{id}: gone for every other endpoint, listed as deleted for 30 days."""
    remove(state, state.ticket(ticket_id))
    return Response(204)


def remove(state: State, ticket: Ticket) -> None:
    """Delete a ticket."""
    shown, user = ticket.shown, state.users[state.author_id]
    audits.note_status(state, ticket, shown["status"], "deleted")
    ticket.deleted = True
    ticket.deletion = {
        "id": shown["id"], "subject": shown["subject"], "deleted_at": state.now(),
        "previous_state": shown["status"], "actor": {"id": state.author_id, "name": user.shown["name"]},
    }  # fmt: skip
    state.keep_ticket(ticket)
    state.announce("deleted", ticket)


def list_deleted(state: State, request: Request) -> Response:
    """GET /api/v2/deleted_tickets: those of the last 30 days."""
    since = to_timestamp(state.clock() - _LISTED)
    gone = [t.deletion for t in state.tickets.values() if t.deletion and t.deletion["deleted_at"] > since]
    return paged(
        request, "deleted_tickets", gone, cursor_sort=_SORT, offset_sort=_SORT, url=state.options.url
    )


def restore(state: State, _request: Request, ticket_id: str) -> Response:
    """PUT /api/v2/deleted_tickets/{id}/restore: as it was."""
    ticket = _deleted(state, ticket_id)
    ticket.deleted, ticket.deletion = False, None
    audits.note_status(state, ticket, "deleted", ticket.shown["status"])
    state.keep_ticket(ticket)
    state.announce("undeleted", ticket)
    return json_response(200, {})


def delete_for_good(state: State, _request: Request, ticket_id: str) -> Response:
    """DELETE /api/v2/deleted_tickets/{id}: a job, after which it is not listed either."""
    ticket = _deleted(state, ticket_id)

    def forget() -> Shown:
        ticket.deletion = None
        state.announce("permanently_deleted", ticket)
        return {"id": ticket.shown["id"]}

    return jobs.start(state, "Permanently delete tickets", [forget])


def merge(state: State, request: Request, ticket_id: str) -> Response:
    """POST /api/v2/tickets/{id}/merge: a job that closes the tickets `ids`, with comments."""
    target, asked = state.ticket(ticket_id), whole(request)
    ids = asked.get("ids")
    numbers = [id_in(number) for number in ids] if isinstance(ids, list) else []
    if not numbers or None in numbers or target.shown["id"] in numbers:
        raise errors.missing_parameter("ids")
    sources = [state.ticket(str(number)) for number in numbers]
    for ticket in (target, *sources):
        if ticket.shown["status"] == "closed":
            raise errors.invalid_record("status", "Status: closed prevents ticket update")

    def joined() -> Shown:
        joining = "\n".join(_joining(source) for source in sources)
        from_all = _merge_via({"ticket_ids": [source.shown["id"] for source in sources]})
        change(state, target, {"comment": _comment(asked, "target", joining)}, channel=from_all)
        for source in sources:
            number, subject = target.shown["id"], target.shown["subject"]
            leaving = f'This request was closed and merged into request #{number} "{subject or ""}".'
            comment = _comment(asked, "source", leaving)
            tags = ["closed_by_merge"] if state.options.merge_tags_source else []
            wanted = {"status": "closed", "comment": comment, "tags": [*source.shown["tags"], *tags]}
            into = _merge_via({"ticket_id": number, "subject": subject})
            if not state.options.merge_in_audits:
                into = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}
            change(state, source, wanted, "merged", channel=into, target=number)
        return {"id": target.shown["id"]}

    return jobs.start(state, "Ticket Merge", [joined])


def _joining(source: Ticket) -> str:
    said = source.comments[-1].shown["plain_body"] if source.comments else ""
    number, subject = source.shown["id"], source.shown["subject"] or ""
    return (
        f'Request #{number} "{subject}" was closed and merged into this request. '
        f"Last comment in request #{number}:\n\n{said}"
    )


def _merge_via(other: Shown) -> Shown:
    return {"channel": "web", "source": {"from": other, "to": {}, "rel": "merge"}}


def _comment(asked: Mapping[str, Any], side: str, otherwise: str) -> Shown:
    text = asked.get(f"{side}_comment")
    said = text if isinstance(text, str) and text.strip() else otherwise
    return {"body": said, "public": asked.get(f"{side}_comment_is_public") is True}


def _deleted(state: State, ticket_id: str) -> Ticket:
    ticket = state.tickets.get(id_in(ticket_id) or 0)
    if ticket is None or not ticket.deleted or ticket.deletion is None:
        raise errors.not_found()
    return ticket
