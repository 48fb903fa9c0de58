"""HTTP requests as a Lambda function URL hands them over (payload format 2.0), and the answers to them."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


class Rejected(Exception):
    """A request that is not handled, and the status to answer. The message is the reason, without content."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Response:
    """An answer: its ``status``, ``headers`` and ``body``, in base64 where it is ``encoded``."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    encoded: bool = False


class Request:
    """A request, read no further than it is asked for.

    ``largest_body`` is in bytes: a larger one is rejected before it is decoded.
    """

    def __init__(self, event: Mapping[str, Any], largest_body: int = 1_000_000) -> None:
        self._event, self._largest = event, largest_body
        http = mapping(mapping(event.get("requestContext")).get("http"))
        self.method = http.get("method")
        self.path = event.get("rawPath")
        self.query = event.get("rawQueryString") or ""

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers by name in lower case. Raises `Rejected` where one comes twice."""
        headers: dict[str, str] = {}
        for name, value in mapping(self._event.get("headers")).items():
            lower = str(name).lower()
            if lower in headers:
                raise Rejected(400, "a header twice")
            headers[lower] = value if isinstance(value, str) else ""
        return headers

    @cached_property
    def body(self) -> bytes:
        """The body's raw bytes. Raises `Rejected` where it is too large, or not what Lambda hands over."""
        text = self._event.get("body") or ""
        if not isinstance(text, str) or len(text) > self._largest * 4 // 3 + 4:
            raise Rejected(413, "too large")
        if self._event.get("isBase64Encoded"):
            try:
                body = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                raise Rejected(400, "a body that cannot be read") from None
        else:
            body = text.encode("utf-8", "surrogatepass")
        if len(body) > self._largest:
            raise Rejected(413, "too large")
        return body


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value if it is a table of values, else an empty one."""
    return value if isinstance(value, Mapping) else {}
