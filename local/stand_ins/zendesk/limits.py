"""Rate limits: fixed windows by the injected clock, with headers that report them (facts/zendesk.md 4)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime

from local.stand_ins.http.messages import Response, plain_response
from local.stand_ins.zendesk.errors import RefusedError, described

_MANY = 10_000  # buckets kept before those whose window is over are dropped


class Limits:
    """Counts requests by bucket; a bucket is a name and whom it counts, for instance a ticket."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._counts: dict[tuple[str, object], tuple[int, int]] = {}
        self._full = _MANY

    def take(
        self,
        name: str,
        total: int,
        window: int = 60,
        of: object = None,
        header: str | None = None,
        text: str | None = None,
    ) -> dict[str, str]:
        """Count one request against `total` in `window` seconds and return the headers that report it.

        `header` names the endpoint's own header (`zendesk-ratelimit-<header>`); without it nothing is
        reported. Raises RefusedError 429 with Retry-After, in seconds, when none was left; `text` is what it
        says where that is not the usual.
        """
        now = self._clock().timestamp()
        number, resets = int(now // window), math.ceil(window - now % window) or 1
        before, count = self._counts.get((name, of), (number, 0))
        count = count + 1 if before == number else 1
        self._counts[(name, of)] = (number, count)
        headers = {}
        if header:
            remaining = max(0, total - count)
            headers = {
                f"zendesk-ratelimit-{header}": f"total={total}; remaining={remaining}; resets={resets}"
            }
        if count > total:
            raise too_many(resets, headers, text or _TOO_MANY)
        if len(self._counts) > self._full:
            current = {window: int(now // window) for window in (1, 60, 300, 600)}
            self._counts = {key: seen for key, seen in self._counts.items() if seen[0] in current.values()}
            self._full = max(_MANY, 2 * len(self._counts))
        return headers

    def give_back(self, name: str, of: object = None, window: int = 60) -> None:
        """Take back one request that `take` has counted in this window."""
        number = int(self._clock().timestamp() // window)
        before, count = self._counts.get((name, of), (number, 0))
        if before == number and count:
            self._counts[(name, of)] = (number, count - 1)

    def take_ticket(self, total: int, of: object) -> dict[str, str]:
        """Count one update of a ticket by a user in ten minutes; as `take`, but its 429 is a page of HTML."""
        try:
            return self.take("updates of a ticket", total, 600, of=of, header="per-ticket-updates")
        except RefusedError as refused:
            text = "Rate limit for ticket updates exceeded, please wait before updating this ticket again"
            kept = {n: v for n, v in refused.response.headers.items() if n != "Content-Type"}
            raise RefusedError(plain_response(429, text, "text/html; charset=utf-8", kept)) from refused

    def account(self, total: int) -> dict[str, str]:
        """Count one request of the account's minute; return or raise as `take` does, with its headers."""
        now = self._clock().timestamp()
        resets = math.ceil(60 - now % 60) or 1
        try:
            self.take("account", total)
        except RefusedError as refused:
            raise too_many(resets, account_headers(total, 0, resets)) from refused
        used = self._counts[("account", None)][1]
        return account_headers(total, total - used, resets)


def account_headers(total: int, remaining: int, resets: int) -> dict[str, str]:
    """Return the five headers that report the account's minute."""
    return {
        "X-Rate-Limit": str(total),
        "X-Rate-Limit-Remaining": str(remaining),
        "ratelimit-limit": str(total),
        "ratelimit-remaining": str(remaining),
        "ratelimit-reset": str(resets),
    }


_TOO_MANY = "Number of allowed API requests per minute exceeded"


def too_many(seconds: float, headers: dict[str, str] | None = None, text: str = _TOO_MANY) -> RefusedError:
    """Return a 429 that asks for a retry after `seconds`, rounded up."""
    after = {"Retry-After": str(max(1, math.ceil(seconds))), **(headers or {})}
    return described(429, "APIRateLimitExceeded", text, headers=after)


def spelled(response: Response, spelling: str) -> Response:
    """Return an answer with the names of its limits' headers in a `spelling`: `ratelimit` or `rate-limit`."""
    if spelling == "ratelimit":
        return response
    names = {n: re.sub("^(zendesk-)?ratelimit-", rf"\g<1>{spelling}-", n) for n in response.headers}
    headers = {names[name]: value for name, value in response.headers.items()}
    return Response(response.status, headers, response.body, response.delay)


def with_headers(response: Response, headers: dict[str, str]) -> Response:
    """Return `response` with `headers` added; its own win."""
    return Response(response.status, {**headers, **response.headers}, response.body, response.delay)
