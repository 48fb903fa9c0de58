"""What Zendesk serves: each path with what answers it and the limits that count it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from local.zendesk import audits, display, ticket_creation, ticket_lists, ticket_updates, users
from local.zendesk.messages import Response
from local.zendesk.state import State

Limit = Callable[[State, tuple[str, ...]], dict[str, str]]


@dataclass(frozen=True)
class Route:
    """One endpoint: its template names it in counts and faults ("GET /api/v2/users/{id}")."""

    method: str
    template: str
    answer: Callable[..., Response]
    limit: Limit | None = None
    idempotent: bool = False

    @property
    def name(self) -> str:
        """Return the endpoint's name."""
        return f"{self.method} {self.template}"


def _ticket_update(state: State, ids: tuple[str, ...]) -> dict[str, str]:
    plan, take = state.plan, state.limits.take
    headers = take("ticket updates", plan.ticket_updates_per_minute, header="tickets-update")
    per_ticket = plan.ticket_updates_per_ticket_and_user
    return headers | take("updates of a ticket", per_ticket, 600, of=ids, header="tickets-update-user")


def _user_update(state: State, ids: tuple[str, ...]) -> dict[str, str]:
    plan, take = state.plan, state.limits.take
    take("user updates", plan.user_updates_per_second, 1)
    return take("updates of a user", plan.user_updates_per_user, of=ids, header="users-update")


def _ticket_list(state: State, _ids: tuple[str, ...]) -> dict[str, str]:
    return state.limits.take("ticket lists", state.plan.ticket_lists_per_minute, header="tickets-index")


def _search(state: State, _ids: tuple[str, ...]) -> dict[str, str]:
    return state.limits.take("searches", state.plan.searches_per_minute, header="search-index")


ME = "GET /api/v2/users/me"
TOKENS = "POST /oauth/tokens"
ROUTES = (
    Route("GET", "/api/v2/users/me", users.me),
    Route("GET", "/api/v2/users/search", users.search),
    Route("GET", "/api/v2/users", users.list_users),
    Route("POST", "/api/v2/users", users.create),
    Route("GET", "/api/v2/users/{id}", users.show),
    Route("PUT", "/api/v2/users/{id}", users.update, _user_update),
    Route("GET", "/api/v2/users/{id}/identities", users.identities),
    Route("GET", "/api/v2/users/{id}/tickets/requested", ticket_lists.requested),
    Route("GET", "/api/v2/user_fields", users.list_fields),
    Route("GET", "/api/v2/tickets", ticket_lists.list_tickets, _ticket_list),
    Route("POST", "/api/v2/tickets", ticket_creation.create, idempotent=True),
    Route("GET", "/api/v2/tickets/{id}", ticket_lists.show),
    Route("PUT", "/api/v2/tickets/{id}", ticket_updates.update, _ticket_update),
    Route("PUT", "/api/v2/tickets/{id}/tags", ticket_updates.add_tags, _ticket_update),
    Route("GET", "/api/v2/tickets/{id}/audits", audits.list_audits),
    Route("GET", "/api/v2/tickets/{id}/comments", audits.list_comments),
    Route("GET", "/api/v2/search", ticket_lists.search, _search),
    Route("POST", "/api/v2/channels/voice/agents/{id}/tickets/{id}/display", display.ticket),
    Route("POST", "/api/v2/channels/voice/agents/{id}/users/{id}/display", display.user),
)
_PATTERNS = [(route, re.compile(route.template.replace("{id}", "([^/]+)"))) for route in ROUTES]


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return the endpoint that serves a path (`.json` at its end is optional) and the ids in it."""
    bare = path.removesuffix(".json")
    for route, pattern in _PATTERNS:
        if route.method == method and (match := pattern.fullmatch(bare)):
            return route, match.groups()
    return None
