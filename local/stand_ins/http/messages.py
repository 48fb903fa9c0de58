"""A request to a stand-in and its answer, free of any HTTP library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

JSON = "application/json; charset=utf-8"


class AnswerLost(Exception):
    """The connection broke before the client had its answer; what was written, if anything, stays."""


class NeverAnswered(AnswerLost):
    """The connection stays open and nothing comes: the client waits as long as its own timeout says."""


@dataclass(frozen=True)
class Request:
    """What a client sends: `path` without its query, header names in lower case, the body as sent."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """What the client gets, `delay` seconds after it asked (adapters make it wait, the machine does not)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


class Answering(Protocol):
    """What has an answer to a request: a stand-in, whatever carries requests to it."""

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises AnswerLost where the client is to see its connection broken."""
        ...


def request_of(
    method: str, url: str, headers: Iterable[tuple[str, str | bytes]], body: str | bytes | None
) -> Request:
    """Return a request as a stand-in takes it; of `url` only the path and the query matter."""
    parts = urlsplit(url)
    return Request(
        method,
        unquote(parts.path),
        query_of(parts.query),
        {name.lower(): value if isinstance(value, str) else value.decode() for name, value in headers},
        body.encode() if isinstance(body, str) else bytes(body or b""),
    )


def json_response(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with `content` as its JSON body."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, {"Content-Type": JSON, **(headers or {})}, body)


def plain_response(
    status: int, text: str, kind: str = "text/plain; charset=utf-8", headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer with `text` as its body, which is of the media type `kind`."""
    return Response(status, {"Content-Type": kind, **(headers or {})}, text.encode())


def query_of(text: str) -> dict[str, str]:
    """Return a query as a mapping; of a name that ends in [] all values, joined by commas, else the last."""
    values: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        values[name] = f"{values[name]},{value}" if name.endswith("[]") and name in values else value
    return values
