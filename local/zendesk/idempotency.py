"""Idempotency-Key on ticket creation (contract sheet, section 2.2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from local.zendesk import errors
from local.zendesk.messages import Request, Response

LOOKUP = "x-idempotency-lookup"


class IdempotencyKeys:
    """Remembers the answer to each key for as long as Zendesk does."""

    def __init__(
        self, clock: Callable[[], datetime], kept: timedelta, compares: Literal["bytes", "parameters"]
    ) -> None:
        self._clock, self._kept, self._compares = clock, kept, compares
        self._answers: dict[str, tuple[datetime, bytes, Response]] = {}

    def once(self, request: Request, create: Callable[[], Response]) -> Response:
        """Answer with the first answer to this key, or with that of `create`.

        Raises RefusedError 400 when the key came with another body, or is longer than 255 characters.
        Only an answer that created something is kept: a refused request may be corrected and sent again.
        """
        key = request.headers.get("idempotency-key")
        if not key:
            return create()
        if len(key) > 255:
            raise errors.described(
                400, "IdempotentRequestError", "Idempotency key is longer than 255 characters"
            )
        known, body = self._answers.get(key), self._fingerprint(request.body)
        if known and known[0] + self._kept > self._clock():
            if known[1] != body:
                text = "Request parameters don't match the given idempotency key"
                raise errors.described(400, "IdempotentRequestError", text)
            return _looked_up(known[2], "hit")
        response = create()
        if response.status == 201:
            self._answers[key] = (self._clock(), body, response)
        return _looked_up(response, "miss")

    def _fingerprint(self, body: bytes) -> bytes:
        if self._compares == "bytes":
            return body
        return json.dumps(json.loads(body), sort_keys=True).encode()


def _looked_up(response: Response, how: str) -> Response:
    return Response(response.status, {**response.headers, LOOKUP: how}, response.body)
