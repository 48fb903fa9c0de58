"""Lets a `requests` session talk to a stand-in without a socket.

>>> session = requests.Session()  # doctest: +SKIP
>>> session.mount("https://acme.zendesk.com", StandInAdapter(zendesk))  # doctest: +SKIP
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from local.stand_ins.http.messages import Answering, AnswerLost, NeverAnswered, request_of


class StandInAdapter(HTTPAdapter):
    """Hands each prepared request to a stand-in.

    A lost answer is a requests.ConnectionError. An answer later than the read timeout is a ReadTimeout,
    although what was asked for is done, and so is one that never comes; no time passes.
    """

    def __init__(self, stand_in: Answering) -> None:
        super().__init__()
        self._stand_in = stand_in

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
        body: Any = request.body
        if hasattr(body, "read"):  # a file, as it would be streamed
            body = body.read()
        try:
            answer = self._stand_in.handle(
                request_of(str(request.method), request.url or "", request.headers.items(), body)
            )
        except NeverAnswered as silent:
            raise requests.ReadTimeout("Read timed out.", request=request) from silent
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
