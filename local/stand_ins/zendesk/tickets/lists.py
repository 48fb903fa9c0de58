"""Finding tickets: by id, external id, requester, and through search (contract sheet, section 2.3)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.paging import is_cursor_paged, offset_page, paged
from local.stand_ins.zendesk.records import PRIORITIES, STATUSES
from local.stand_ins.zendesk.search.query_language import Term, found_in, terms_of
from local.stand_ins.zendesk.state import State

_CURSOR = {
    "updated_at": lambda shown: (shown["updated_at"], shown["id"]),
    "id": lambda shown: shown["id"],
    "status": lambda shown: (STATUSES.index(shown["status"]), shown["id"]),
}
_OFFSET = {**_CURSOR, "created_at": lambda shown: (shown["created_at"], shown["id"])}
_SEARCH = {
    "created_at": _OFFSET["created_at"],
    "updated_at": _CURSOR["updated_at"],
    "status": lambda shown: STATUSES.index(shown["status"]) if "status" in shown else -1,
    "priority": lambda shown: PRIORITIES.index(shown["priority"]) if shown.get("priority") else -1,
}
_SEARCH_DEPTH = 1000


def show(state: State, _request: Request, ticket_id: str) -> Response:
    """GET /api/v2/tickets/{id}: closed and archived ones too."""
    return json_response(200, {"ticket": state.ticket(ticket_id).shown})


def list_tickets(state: State, request: Request) -> Response:
    """GET /api/v2/tickets, with `external_id`: from the database, without delay and without archived ones."""
    external_id = request.query.get("external_id")
    if external_id is not None:
        tickets = state.tickets_with_external_id(external_id)
    else:
        tickets = list(state.tickets.values())
    shown = [t.shown for t in tickets if not t.deleted and not state.is_archived(t)]
    return paged(request, "tickets", shown, cursor_sort=_CURSOR, offset_sort=_OFFSET, url=state.options.url)


def requested(state: State, request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}/tickets/requested: archived ones too."""
    user = state.user(user_id)
    shown = [ticket.shown for ticket in state.tickets_requested_by(user.shown["id"])]
    return paged(request, "tickets", shown, cursor_sort=_CURSOR, offset_sort=_OFFSET, url=state.options.url)


def search(state: State, request: Request) -> Response:
    """GET /api/v2/search: through the index, so late and with states that are over; 1,000 results at most."""
    if is_cursor_paged(request):
        raise errors.listed(400, "InvalidPaginationParameter", "search is paged by offset")
    query = request.query.get("query", "")
    if not query:
        raise errors.listed(400, "InvalidParameter", "query is needed")
    terms = terms_of(query)
    kinds = [term.value for term in terms if term.key == "type" and not term.negated] or ["ticket", "user"]
    kinds = [kind for kind in kinds if Term("type", kind, negated=True) not in terms]
    found = [
        {**document, "result_type": kind}
        for kind in ("ticket", "user")
        if kind in kinds
        for document in found_in(state, kind, terms)
    ]
    if key := _SEARCH.get(request.query.get("sort_by", "")):
        found.sort(key=key, reverse=request.query.get("sort_order", "desc").lower() != "asc")
    extra = {"facets": None}
    return offset_page(request, "results", found, url=state.options.url, most=_SEARCH_DEPTH, extra=extra)
