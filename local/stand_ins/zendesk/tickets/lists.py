"""Tickets shown and listed: by id, external id and requester (facts/zendesk.md 2.3)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import STATUSES
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.timestamps import to_timestamp

_CURSOR = {
    "updated_at": lambda shown: (shown["updated_at"], shown["id"]),
    "id": lambda shown: shown["id"],
    "status": lambda shown: (STATUSES.index(shown["status"]), shown["id"]),
}
_OFFSET = {**_CURSOR, "created_at": lambda shown: (shown["created_at"], shown["id"])}


def show(state: State, _request: Request, ticket_id: str) -> Response:
    """GET /api/v2/tickets/{id}: closed and archived ones too."""
    return json_response(200, {"ticket": state.ticket(ticket_id).shown})


def list_tickets(state: State, request: Request) -> Response:
    """GET /api/v2/tickets, with `external_id`: from the database, without delay and without archived ones."""
    external_id = request.query.get("external_id")
    if external_id is not None:
        seen = to_timestamp(state.clock() - state.options.external_id_list_lag)
        found = state.tickets_with_external_id(external_id)
        tickets = [t for t in found if t.shown["created_at"] <= seen]
    else:
        tickets = list(state.tickets.values())
    shown = [t.shown for t in tickets if not t.deleted and not state.is_archived(t)]
    return paged(request, "tickets", shown, cursor_sort=_CURSOR, offset_sort=_OFFSET, url=state.options.url)


def requested(state: State, request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}/tickets/requested: archived ones too."""
    user = state.user(user_id)
    shown = [ticket.shown for ticket in state.tickets_requested_by(user.shown["id"])]
    return paged(request, "tickets", shown, cursor_sort=_CURSOR, offset_sort=_OFFSET, url=state.options.url)
