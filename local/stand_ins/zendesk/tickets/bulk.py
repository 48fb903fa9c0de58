"""Many tickets at once (facts/zendesk.md 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors, jobs
from local.stand_ins.zendesk.bodies import id_in, ids_in, object_in, objects_in
from local.stand_ins.zendesk.records import Shown, Work, tags_of
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets.endings import remove
from local.stand_ins.zendesk.tickets.updates import change


def show_many(state: State, request: Request) -> Response:
    """GET /api/v2/tickets/show_many?ids=: those that exist, in the order asked for."""
    found = [t.shown for number in ids_in(request) if (t := state.tickets.get(number)) and not t.deleted]
    return json_response(
        200, {"tickets": found, "count": len(found), "next_page": None, "previous_page": None}
    )


def update_many(state: State, request: Request) -> Response:
    """PUT /api/v2/tickets/update_many: a job, with `ids` the same change, else a list of changes with ids.

    Only here, `additional_tags` and `remove_tags` leave the other tags alone.
    """
    if "ids" in request.query:
        asked = object_in(request, "ticket")
        return jobs.start(
            state, "Bulk Update Ticket", jobs.many(request, lambda number: _changed(state, number, asked))
        )
    work = [_work(state, asked) for asked in objects_in(request, "tickets")]
    return jobs.start(state, "Bulk Update Ticket", work)


def destroy_many(state: State, request: Request) -> Response:
    """DELETE /api/v2/tickets/destroy_many?ids=: a job."""

    def gone(number: int) -> Shown:
        remove(state, state.ticket(number))
        return {"action": "delete", "status": "Deleted"}

    return jobs.start(state, "Bulk Delete Ticket", jobs.many(request, gone))


def _work(state: State, asked: Mapping[str, Any]) -> Work:
    number = id_in(asked.get("id"))
    if number is None:
        raise errors.missing_parameter("id")
    return lambda: {"id": number, **_changed(state, number, asked)}


def _changed(state: State, number: int, asked: Mapping[str, Any]) -> Shown:
    ticket = state.ticket(number)
    more, fewer = tags_of(asked.get("additional_tags")), tags_of(asked.get("remove_tags"))
    wanted = dict(asked)
    if more or fewer:
        tags = tags_of(asked["tags"]) if "tags" in asked else ticket.shown["tags"]
        wanted["tags"] = [tag for tag in (*tags, *more) if tag not in fewer]
    change(state, ticket, wanted)
    return {"action": "update", "status": "Updated"}
