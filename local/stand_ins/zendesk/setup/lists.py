"""The lists of what is set up: a world fills them, clients read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

_BY_ID = {"id": lambda shown: shown["id"]}

#: By the name of a list in a world: what the API calls one entry, its path, what an entry has by default.
_KINDS: Mapping[str, tuple[str, str, Shown]] = {
    "ticket_fields": (
        "ticket_field", "ticket_fields",
        {"type": "text", "title": "", "active": True, "required": False, "removable": True, "position": 0,
         "regexp_for_validation": None, "tag": None},
    ),
    "ticket_forms": (
        "ticket_form", "ticket_forms",
        {"name": "", "active": True, "default": False, "end_user_visible": False, "ticket_field_ids": []},
    ),
    "groups": ("group", "groups", {"name": "", "default": False, "deleted": False, "is_public": True}),
    "group_memberships": (
        "group_membership", "group_memberships", {"user_id": None, "group_id": None, "default": False}),
    "brands": ("brand", "brands", {"name": "", "subdomain": "", "active": True, "default": False}),
    "installations": (
        "installation", "apps/installations",
        {"app_id": None, "product": "support", "enabled": True, "settings": {}, "updated": "false"},
    ),
}  # fmt: skip
LISTS = tuple(_KINDS)
_LOCALES = {1: "en-US", 8: "de", 16: "fr", 2: "es", 67: "ja"}


def add(state: State, kind: str, given: Mapping[str, Any]) -> None:
    """Add an entry of a world to one of LISTS."""
    _, path, defaults = _KINDS[kind]
    number, now = given.get("id") or state.next_id(), state.now()
    url = f"{state.options.url}/api/v2/{path}/{number}.json"
    dates = {"created_at": now, "updated_at": now}
    state.set_up[kind][number] = {"id": number, "url": url, **defaults, **dates, **given}


def listing(kind: str, member: str | None = None) -> Callable[..., Response]:
    """Return what answers GET of a list; `member` is the field that an id in the path stands for."""

    def list_all(state: State, request: Request, *ids: str) -> Response:
        shown = list(state.set_up[kind].values())
        if member is not None:
            shown = [entry for entry in shown if entry[member] == id_in(ids[0])]
        return paged(request, kind, shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)

    return list_all


def showing(kind: str) -> Callable[..., Response]:
    """Return what answers GET of one entry of a list."""

    def show(state: State, _request: Request, number: str) -> Response:
        entry = state.set_up[kind].get(id_in(number) or 0)
        if entry is None:
            raise errors.not_found()
        # An installed app is shown without a name around it.
        return json_response(200, entry if kind == "installations" else {_KINDS[kind][0]: entry})

    return show


def locales(state: State, request: Request) -> Response:
    """GET /api/v2/locales: the languages that this stand-in knows."""
    shown = [_locale(state, number, name) for number, name in _LOCALES.items()]
    return paged(request, "locales", shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def current_locale(state: State, _request: Request) -> Response:
    """GET /api/v2/locales/current: that of the user who asks."""
    wanted = str(state.users[state.author_id].shown["locale"])
    number = next((number for number, name in _LOCALES.items() if name == wanted), 1)
    return json_response(200, {"locale": _locale(state, number, wanted)})


def _locale(state: State, number: int, name: str) -> Shown:
    url = f"{state.options.url}/api/v2/locales/{name}.json"
    return {"id": number, "url": url, "locale": name, "name": name, "default": name == "en-US"}
