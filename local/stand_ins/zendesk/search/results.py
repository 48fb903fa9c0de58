"""GET /api/v2/search: tickets and users, through the index (facts/zendesk.md 3.1)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.paging import SortKeys, is_cursor_paged, offset_page
from local.stand_ins.zendesk.records import PRIORITIES, STATUSES
from local.stand_ins.zendesk.search.query_language import Term, found_in, terms_of
from local.stand_ins.zendesk.state import State

_SORT: SortKeys = {
    "created_at": lambda shown: (shown["created_at"], shown["id"]),
    "updated_at": lambda shown: (shown["updated_at"], shown["id"]),
    "status": lambda shown: STATUSES.index(shown["status"]) if "status" in shown else -1,
    "priority": lambda shown: PRIORITIES.index(shown["priority"]) if shown.get("priority") else -1,
}
_DEPTH = 1000


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
    if key := _SORT.get(request.query.get("sort_by", "")):
        found.sort(key=key, reverse=request.query.get("sort_order", "desc").lower() != "asc")
    extra = {"facets": None}
    return offset_page(request, "results", found, url=state.options.url, most=_DEPTH, extra=extra)
