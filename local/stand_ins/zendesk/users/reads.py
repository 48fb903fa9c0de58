"""Users: shown, listed and found (facts/zendesk.md 3.1 and 3.4)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import ids_in
from local.stand_ins.zendesk.paging import offset_page, paged
from local.stand_ins.zendesk.records import Shown, User
from local.stand_ins.zendesk.search.query_language import found_in, terms_of
from local.stand_ins.zendesk.state import State

_BY_ID = {"id": lambda shown: shown["id"]}


def show(state: State, _request: Request, user_id: str) -> Response:
    """GET /api/v2/users/{id}."""
    return json_response(200, {"user": state.user(user_id).shown})


def me(state: State, _request: Request) -> Response:
    """GET /api/v2/users/me: the user who made the OAuth client."""
    return json_response(200, {"user": state.users[state.author_id].shown})


def anonymous() -> Response:
    """GET /api/v2/users/me without credentials: a 200 all the same, with the anonymous user."""
    user = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
    return json_response(200, {"user": user})


def list_users(state: State, request: Request) -> Response:
    """GET /api/v2/users, with `external_id`, `role` or several `role[]`: from the database, without delay."""
    external_id = request.query.get("external_id")
    if external_id is not None:
        users = state.users_with_external_id(external_id)
    else:
        users = [u for u in state.users.values() if u.shown["active"] and not u.hidden]
    asked = request.query.get("role[]") or request.query.get("role")
    roles = asked.split(",") if asked else None
    shown = [u.shown for u in users if roles is None or u.shown["role"] in roles]
    return paged(request, "users", shown, cursor_sort=_BY_ID, offset_sort=_BY_ID, url=state.options.url)


def show_many(state: State, request: Request) -> Response:
    """GET /api/v2/users/show_many?ids= or external_ids=, a hundred at most; `include=identities`."""
    if "external_ids" in request.query:
        words = [word for word in request.query["external_ids"].split(",") if word][:100]
        found = [user for word in words for user in state.users_with_external_id(word)]
    else:
        found = [user for number in ids_in(request) if (user := state.users.get(number))]
        found = [user for user in found if not state.is_gone(user)]
    return offset_page(
        request, "users", [u.shown for u in found], url=state.options.url, extra=_side_loaded(request, found)
    )


def search(state: State, request: Request) -> Response:
    """GET /api/v2/users/search: `query` goes through the index, `external_id` does not."""
    external_id, query = request.query.get("external_id"), request.query.get("query")
    if external_id is not None:
        found = [user.shown for user in state.users_with_external_id(external_id)]
    elif query:
        found = found_in(state, "user", terms_of(query))
    else:
        raise errors.listed(400, "InvalidParameter", "query or external_id is needed")
    return offset_page(request, "users", found, url=state.options.url)


def _side_loaded(request: Request, users: list[User]) -> Shown:
    if "identities" not in request.query.get("include", "").split(","):
        return {}
    return {"identities": [identity for user in users for identity in user.identities]}
