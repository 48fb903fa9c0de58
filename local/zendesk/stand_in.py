"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from local.zendesk import errors, routes
from local.zendesk import users as users_
from local.zendesk.faults import AnswerLost, Faults
from local.zendesk.idempotency import IdempotencyKeys
from local.zendesk.limits import with_headers
from local.zendesk.messages import Request, Response, json_response
from local.zendesk.options import Options
from local.zendesk.plan import plan_of
from local.zendesk.records import Shown
from local.zendesk.state import State
from local.zendesk.tokens import Tokens, resource_of
from local.zendesk.world import fill

_UNKNOWN = "unknown"
_DEFAULTS = Options()


class Zendesk:
    """An account. `clock` returns the moment (aware, UTC); nothing here sleeps or reads another clock.

    `requests` counts what clients sent, whatever came of it, by endpoint with ids as `{id}`:
    "POST /api/v2/tickets", "GET /api/v2/users/{id}/tickets/requested", "POST /oauth/tokens".
    `faults` is what goes wrong at the moment. `pops` are the screen pops so far, oldest first.
    """

    def __init__(
        self,
        world: Mapping[str, Any] | None = None,
        *,
        clock: Callable[[], datetime],
        options: Options = _DEFAULTS,
    ) -> None:
        self._clock, self._options, self._lock = clock, options, RLock()
        self.requests: Counter[str] = Counter()
        self.faults = Faults(clock, self._revoke)
        self._replaced = 0
        self.replace(world or {})

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with another world; no token, count or key is kept. Nothing changes on a WorldError."""
        with self._lock:
            state = State(self._clock, self._options, plan_of(world.get("plan") or {}))
            fill(state, world)
            self._state = state
            self._tokens = Tokens(self._clock, self._options)
            keeps, compares = self._options.idempotency_keeps, self._options.idempotency_compares
            self._keys = IdempotencyKeys(self._clock, keeps, compares)
            self.requests.clear()
            self._replaced += 1_000_000

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises AnswerLost where the client is to see its connection broken."""
        with self._lock:
            found = routes.found(request.method, request.path)
            name = found[0].name if found else _UNKNOWN
            if (request.method, request.path.removesuffix(".json")) == ("POST", "/oauth/tokens"):
                name = routes.TOKENS
            self.requests[name if name != _UNKNOWN else f"{request.method} {request.path}"] += 1
            response = self.faults.answer(name, request)
            if response is None:
                response = self._answer(name, found, request)
            return self.faults.deliver(name, request, response)

    @property
    def revision(self) -> int:
        """Return a number that grows with each change."""
        return self._replaced + self._state.revision

    @property
    def pops(self) -> list[Shown]:
        """Return the screen pops: agent, ticket or user, and when."""
        return list(self._state.pops)

    def tickets(self) -> list[Shown]:
        """Return every ticket that is not deleted as a replay prints it, by id."""
        with self._lock:
            tickets = sorted(self._state.tickets.items())
            return _copied([ticket.snapshot() for _, ticket in tickets if not ticket.deleted])

    def users(self) -> list[Shown]:
        """Return every user as a replay prints it, by id, without an owner the world left out."""
        with self._lock:
            shown = [user.shown for _, user in sorted(self._state.users.items()) if not user.hidden]
            names = (
                "id", "name", "phone", "email", "external_id", "role", "suspended", "shared_phone_number",
                "user_fields", "verified", "active", "tags", "created_at", "updated_at",
            )  # fmt: skip
            return _copied([{name: user[name] for name in names} for user in shown])

    def snapshot(self) -> Shown:
        """Return tickets, users, pops, requests and revision of one moment."""
        with self._lock:
            return {
                "tickets": self.tickets(),
                "users": self.users(),
                "pops": self.pops,
                "requests": dict(self.requests),
                "revision": self.revision,
            }

    def _answer(
        self, name: str, found: tuple[routes.Route, tuple[str, ...]] | None, request: Request
    ) -> Response:
        if name == routes.TOKENS:
            return self._tokens.issue(request)
        if name == routes.ME and not request.headers.get("authorization", "").startswith("Bearer"):
            return users_.anonymous()
        headers: dict[str, str] = {}
        try:
            if found is None:
                raise errors.invalid_endpoint()
            route, ids = found
            token = self._tokens.bearer(request)
            headers = self._state.limits.account(self._state.plan.requests_per_minute)
            if not token.allows(request.method, self._resource(request.path)):
                raise errors.forbidden()
            if route.limit:
                headers |= route.limit(self._state, ids)
            if route.idempotent:
                response = self._keys.once(request, lambda: route.answer(self._state, request, *ids))
            else:
                response = route.answer(self._state, request, *ids)
        except errors.RefusedError as refused:
            response = self._refusal(refused.response)
        return with_headers(response, headers)

    def _resource(self, path: str) -> str | None:
        resource = resource_of(path)
        if resource is None and "channels" in path and not self._options.voice_needs_broad_scope:
            return "tickets"
        return resource

    def _refusal(self, response: Response) -> Response:
        """Return a refusal with its details as the account writes them, in lists or as single objects."""
        if self._options.error_details == "list" or b'"details"' not in response.body:
            return response
        content = response.json()
        content["details"] = {field: items[0] for field, items in content["details"].items()}
        return json_response(response.status, content)

    def _revoke(self) -> None:
        self._tokens.revoke()


def _copied(content: list[Shown]) -> list[Shown]:
    copied: list[Shown] = json.loads(json.dumps(content))
    return copied


__all__ = ["AnswerLost", "Zendesk"]
