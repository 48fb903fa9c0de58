"""OAuth client credentials: POST /oauth/tokens, and who a bearer token is (facts/zendesk.md 5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.options import Options

#: By the first part of a path, the resource whose scope covers it, of those that have a scope of their own.
_RESOURCES = {
    "tickets": "tickets", "deleted_tickets": "tickets", "attachments": "tickets",
    "job_statuses": "tickets", "users": "users",
    "deleted_users": "users", "user_fields": "users", "webhooks": "webhooks",
    "triggers": "triggers", "macros": "macros", "apps": "apps",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """An access token's scopes and when it expires."""

    scopes: frozenset[str]
    expires: datetime

    def allows(self, method: str, resource: str | None) -> bool:
        """Return whether a call may be made; `resource` None stands for what only the broad scopes cover."""
        verb = "read" if method == "GET" else "write"
        wanted = {verb} if resource is None else {verb, f"{resource}:{verb}"}
        return bool(self.scopes & wanted)


class Tokens:
    """The tokens issued so far. They are deterministic: the first is token-1."""

    def __init__(self, clock: Callable[[], datetime], options: Options) -> None:
        self._clock, self._options = clock, options
        self._issued: dict[str, Token] = {}
        self._count = 0

    def issue(self, request: Request) -> Response:
        """Answer POST /oauth/tokens. A token is issued for unknown scopes too; calls with it are refused."""
        try:
            asked: Any = json.loads(request.body or b"{}")
            json.dumps(asked, ensure_ascii=False).encode()  # half a character is none
        except (ValueError, RecursionError):
            return _refusal(400, "invalid_request", "The request could not be read as JSON.")
        if not isinstance(asked, dict) or asked.get("grant_type") != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")
        client = (asked.get("client_id"), asked.get("client_secret"))
        if client != (self._options.oauth_client_id, self._options.oauth_client_secret):
            return _refusal(401, "invalid_client", "Client authentication failed.")
        seconds, scope = asked.get("expires_in", 1800), asked.get("scope", "read write")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 300 < seconds < 172_800:
            return _refusal(400, "invalid_request", "expires_in must be over 300 and under 172800 seconds.")
        if not isinstance(scope, str):
            return _refusal(400, "invalid_scope", "scope must be a string, its scopes separated by spaces.")
        scope = self._granted(scope)
        self._count += 1
        token = f"token-{self._count}"
        self._issued[token] = Token(frozenset(scope.split()), self._clock() + timedelta(seconds=seconds))
        content = {"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": seconds}
        if self._options.refresh_token_issued:
            content |= {"refresh_token": f"refresh-{self._count}", "refresh_token_expires_in": 2_592_000}
        return json_response(200, content, {"Cache-Control": "no-store"})

    def _granted(self, scope: str) -> str:
        """Return what is granted of the scope that is asked for: no more than the client may have."""
        allowed = set(self._options.oauth_client_scope.split())
        if {"read", "write"} <= allowed:
            return scope
        return " ".join(part for part in scope.split() if part in allowed)

    def bearer(self, request: Request) -> Token:
        """Return the token a request carries; RefusedError 401 without one that works now."""
        value = _carried(request)
        if not value:
            raise errors.unauthenticated()
        token = self._issued.get(value)
        if token is None or token.expires <= self._clock():
            raise errors.invalid_token()
        return token

    def works(self, request: Request) -> bool:
        """Return whether a request carries a token that works now."""
        token = self._issued.get(_carried(request))
        return token is not None and token.expires > self._clock()

    def revoke(self) -> None:
        """Stop every token issued so far."""
        self._issued.clear()


def resource_of(path: str, options: Options) -> str | None:
    """Return the resource whose scope covers a path, or None where only a broad scope does."""
    parts = path.removesuffix(".json").split("/")[3:]
    first, last = (parts[0], parts[-1]) if parts else ("", "")
    if first in ("channels", "calls"):
        return None if options.voice_needs_broad_scope else "tickets"
    if first == "search" or last == "search":
        of = "users" if first == "users" else "tickets"
        return None if options.search_needs_broad_scope else of
    if first == "uploads":
        return None if options.uploads_need_broad_scope else "tickets"
    return "tickets" if last == "requested" else _RESOURCES.get(first)


def _carried(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def _refusal(status: int, error: str, description: str) -> Response:
    return json_response(status, {"error": error, "error_description": description})
