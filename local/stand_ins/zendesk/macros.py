"""Macros: what an agent applies to a ticket with one click, for instance a tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in, object_in, text_in
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

_SORT = {"id": lambda shown: shown["id"], "created_at": lambda shown: (shown["created_at"], shown["id"])}


def list_all(state: State, request: Request) -> Response:
    """GET /api/v2/macros; `active` true or false leaves out the others."""
    wanted = request.query.get("active")
    shown = [m for m in state.macros.values() if wanted is None or m["active"] == (wanted == "true")]
    return paged(request, "macros", shown, cursor_sort=_SORT, offset_sort=_SORT, url=state.options.url)


def show(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/macros/{id}."""
    return json_response(200, {"macro": _macro(state, number)})


def create(state: State, request: Request) -> Response:
    """POST /api/v2/macros: 201; RefusedError 422 without a title or an action."""
    return json_response(201, {"macro": add(state, object_in(request, "macro"))})


def add(state: State, asked: Mapping[str, Any]) -> Shown:
    """Make a macro and return it."""
    number, now = state.next_id(), state.now()
    shown = {
        "id": number, "url": f"{state.options.url}/api/v2/macros/{number}.json", "title": None,
        "active": True, "description": None, "position": len(state.macros), "actions": [],
        "restriction": None, "default": False, "created_at": now, "updated_at": now, **_read(asked),
    }  # fmt: skip
    _check(shown)
    state.macros[number] = shown
    state.revision += 1
    return shown


def update(state: State, request: Request, number: str) -> Response:
    """PUT /api/v2/macros/{id}."""
    macro = _macro(state, number)
    shown = {**macro, **_read(object_in(request, "macro")), "updated_at": state.now()}
    _check(shown)
    macro |= shown
    return json_response(200, {"macro": macro})


def delete(state: State, _request: Request, number: str) -> Response:
    """DELETE /api/v2/macros/{id}: 204."""
    del state.macros[_macro(state, number)["id"]]
    return Response(204)


def _macro(state: State, number: str) -> Shown:
    macro = state.macros.get(id_in(number) or 0)
    if macro is None:
        raise errors.not_found()
    return macro


def _read(asked: Mapping[str, Any]) -> Shown:
    shown: Shown = {name: text_in(asked, name) for name in ("title", "description") if name in asked}
    if "active" in asked:
        shown["active"] = asked["active"] is not False
    if "restriction" in asked:
        shown["restriction"] = asked["restriction"]
    if "actions" in asked:
        shown["actions"] = asked["actions"]
    return shown


def _check(shown: Shown) -> None:
    if not (shown["title"] or "").strip():
        raise errors.invalid_record("title", "Title: cannot be blank", "BlankValue")
    actions = shown["actions"]
    fit = isinstance(actions, list) and all(
        isinstance(a, dict) and isinstance(a.get("field"), str) for a in actions
    )
    if not fit or not actions:
        raise errors.invalid_record("actions", "Actions: at least one is needed", "BlankValue")
