"""Idempotency-Key on ticket creation (facts/zendesk.md 2.2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.options import Options

LOOKUP = "x-idempotency-lookup"
_HEADER = "idempotency-key"


@dataclass
class _Known:
    made: datetime
    body: bytes
    answer: Response
    running_until: datetime


class IdempotencyKeys:
    """Remembers the answer to each key for as long as Zendesk does."""

    def __init__(self, clock: Callable[[], datetime], options: Options) -> None:
        self._clock, self._options = clock, options
        self._known: dict[str, _Known] = {}

    def once(self, request: Request, create: Callable[[], Response]) -> Response:
        """Answer with the first answer to this key, or with that of `create`.

        Raises RefusedError 400 when the key came with another body, or is longer than 255 characters, and
        409 while the first request is still being answered, where the account does so.
        Only an answer that created something is kept: a refused request may be corrected and sent again.
        """
        key = request.headers.get(_HEADER)
        if not key:
            return create()
        if len(key) > 255:
            raise errors.described(
                400, "IdempotentRequestError", "Idempotency key is longer than 255 characters"
            )
        self._forget_old()
        known, body, now = self._known.get(key), self._fingerprint(request.body), self._clock()
        if known:
            if known.body != body:
                text = "Request parameters don't match the given idempotency key"
                raise errors.described(400, "IdempotentRequestError", text)
            if known.running_until > now and self._options.idempotency_in_flight == "conflict":
                text = "A request with this idempotency key is being processed"
                raise errors.described(409, "IdempotentRequestInProgress", text)
            return _looked_up(known.answer, "hit")
        response = create()
        if response.status == 201:
            self._known[key] = _Known(now, body, response, now)
        return _looked_up(response, "miss")

    def answered_late(self, request: Request, seconds: float) -> None:
        """Note that the answer to a request is under way for so long: until then, its key is in use."""
        known = self._known.get(request.headers.get(_HEADER, ""))
        if known and known.made == self._clock():
            known.running_until = known.made + timedelta(seconds=seconds)

    def _forget_old(self) -> None:
        end = self._clock() - self._options.idempotency_keeps
        while self._known and (first := next(iter(self._known))) and self._known[first].made <= end:
            del self._known[first]

    def _fingerprint(self, body: bytes) -> bytes:
        if self._options.idempotency_compares == "bytes":
            return body
        try:
            return json.dumps(json.loads(body), sort_keys=True).encode()
        except (ValueError, RecursionError):
            return body  # what it asks for is nothing, which is said when it is read


def _looked_up(response: Response, how: str) -> Response:
    return Response(response.status, {**response.headers, LOOKUP: how}, response.body)
