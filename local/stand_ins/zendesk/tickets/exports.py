"""Reading a whole account: the exports of search and of changes (contract sheet, sections 4 and 6.2)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.search.query_language import found_in, terms_of
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.timestamps import written

_BY_ID = {"id": lambda shown: shown["id"]}


def search(state: State, request: Request) -> Response:
    """GET /api/v2/search/export: one kind, named by `filter[type]`, by cursor."""
    kind, query = request.query.get("filter[type]", ""), request.query.get("query", "")
    if kind not in ("ticket", "user") or not query:
        raise errors.listed(400, "InvalidParameter", "query, and filter[type] of ticket or user, are needed")
    found = [{**document, "result_type": kind} for document in found_in(state, kind, terms_of(query))]
    by_cursor = Request(request.method, request.path, {"page[size]": "100", **request.query})
    return paged(by_cursor, "results", found, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def tickets(state: State, request: Request) -> Response:
    """GET /api/v2/incremental/tickets/cursor: tickets changed since `start_time` or `cursor`, in order.

    Archived and deleted ones too, the latter with the status deleted.
    """
    after = _after(request)
    size = request.query.get("per_page", "1000")
    if not size.isdecimal() or not 1 <= int(size[:6]) <= 1000:
        raise errors.listed(400, "InvalidParameter", "per_page must be a number from 1 to 1000")
    rows = sorted(
        ((ticket.shown["updated_at"], ticket.shown["id"], ticket) for ticket in state.tickets.values()),
        key=lambda row: row[:2],
    )
    left = [row for row in rows if row[:2] > after]
    page = left[: int(size)]
    cursor = _cursor(page[-1][0], page[-1][1]) if page else request.query.get("cursor") or _cursor(*after)
    end = len(left) == len(page)
    shown = [{**t.shown, **({"status": "deleted"} if t.deleted else {})} for _, _, t in page]
    path = f"{state.options.url}{request.path}?cursor={cursor}"
    content = {
        "tickets": shown, "after_cursor": cursor, "before_cursor": None, "end_of_stream": end,
        "after_url": path, "before_url": None,
    }  # fmt: skip
    return json_response(200, content)


def _after(request: Request) -> tuple[str, int]:
    cursor, start = request.query.get("cursor"), request.query.get("start_time", "")
    if cursor is None:
        if not start.isdecimal() or len(start) > 10:
            raise errors.listed(400, "InvalidParameter", "start_time, in seconds since 1970, is needed")
        return written(datetime.fromtimestamp(int(start), UTC)), -1
    try:
        moment, _, number = (
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        )
        return moment, int(number)
    except ValueError:
        raise errors.listed(400, "InvalidParameter", "cursor is none") from None


def _cursor(moment: str, number: int) -> str:
    return base64.urlsafe_b64encode(f"{moment}|{number}".encode()).decode().rstrip("=")
