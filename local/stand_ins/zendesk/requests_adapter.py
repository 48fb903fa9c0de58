"""Lets a `requests` session talk to the stand-in without a socket.

>>> session = requests.Session()  # doctest: +SKIP
>>> session.mount("https://acme.zendesk.com", ZendeskAdapter(zendesk))  # doctest: +SKIP
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from local.stand_ins.http.messages import AnswerLost, Request, query_of
from local.stand_ins.zendesk.stand_in import Zendesk


class ZendeskAdapter(HTTPAdapter):
    """Hands each prepared request to `Zendesk.handle`.

    A lost answer is a requests.ConnectionError. An answer later than the read timeout is a ReadTimeout,
    although what was asked for is done; no time passes.
    """

    def __init__(self, zendesk: Zendesk) -> None:
        super().__init__()
        self._zendesk = zendesk

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the stand-in's answer; the arguments that concern sockets mean nothing here."""
        try:
            answer = self._zendesk.handle(read(request))
        except AnswerLost as lost:
            raise requests.ConnectionError(
                "Remote end closed connection without response", request=request
            ) from lost
        limit = timeout[1] if isinstance(timeout, tuple) else timeout
        if limit is not None and answer.delay > float(limit):
            raise requests.ReadTimeout(f"Read timed out. (read timeout={limit})", request=request)
        raw = HTTPResponse(
            body=io.BytesIO(answer.body),
            headers=dict(answer.headers),
            status=answer.status,
            preload_content=False,
        )
        return self.build_response(request, raw)


def read(request: requests.PreparedRequest) -> Request:
    """Return a prepared request as the stand-in takes it."""
    url, body = urlsplit(request.url or ""), request.body or b""
    if hasattr(body, "read"):  # a file, as it would be streamed
        body = body.read()
    return Request(
        str(request.method),
        unquote(url.path),
        query_of(url.query),
        {name.lower(): str(value) for name, value in request.headers.items()},
        body.encode() if isinstance(body, str) else bytes(body),
    )
