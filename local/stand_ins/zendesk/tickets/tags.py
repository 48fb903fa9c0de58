"""The tags of a ticket at a path of their own (facts/zendesk.md 2.1)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import whole
from local.stand_ins.zendesk.records import Shown, tags_of
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import audits
from local.stand_ins.zendesk.tickets.updates import check_writable


def show(state: State, _request: Request, ticket_id: str) -> Response:
    """GET /api/v2/tickets/{id}/tags."""
    return json_response(200, {"tags": state.ticket(ticket_id).shown["tags"]})


def add(state: State, request: Request, ticket_id: str) -> Response:
    """PUT /api/v2/tickets/{id}/tags: to those the ticket has."""
    if not state.options.tags_path_appends:
        raise errors.invalid_endpoint()
    known = state.ticket(ticket_id).shown["tags"]
    return _written(state, request, ticket_id, [*known, *tags_of(whole(request).get("tags"))])


def replace(state: State, request: Request, ticket_id: str) -> Response:
    """POST /api/v2/tickets/{id}/tags: instead of those the ticket has."""
    answer = _written(state, request, ticket_id, tags_of(whole(request).get("tags")))
    return Response(201, answer.headers, answer.body)


def remove(state: State, request: Request, ticket_id: str) -> Response:
    """DELETE /api/v2/tickets/{id}/tags: from those the ticket has."""
    if not state.options.tags_path_deletes:
        raise errors.invalid_endpoint()
    gone = tags_of(whole(request).get("tags"))
    return _written(
        state, request, ticket_id, [t for t in state.ticket(ticket_id).shown["tags"] if t not in gone]
    )


def _written(state: State, request: Request, ticket_id: str, tags: list[str]) -> Response:
    ticket = state.ticket(ticket_id)
    check_writable(state, ticket, whole(request))
    before: Shown = dict(ticket.shown)
    if state.touched(ticket.shown, {"tags": list(dict.fromkeys(tags))}):
        audits.add(state, ticket, before, [], None)
        state.keep_ticket(ticket)
    return json_response(200, {"tags": ticket.shown["tags"]})
