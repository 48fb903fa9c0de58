"""The session that functions speak to Zendesk with: what `requests` makes of a request and of its answer.

How `requests` itself sends is left out: its cookies, redirects, proxies and adapters are more work than all
that a function does between two requests. Other tests send through it (`StandInAdapter`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from local.stand_ins.http.messages import AnswerLost, NeverAnswered, Request, Response


class Session(requests.Session):
    """Passes each request to ``answer``; every error is that of `requests`."""

    def __init__(self, url: str, answer: Callable[[Request], Response]) -> None:
        super().__init__()
        self._url, self._answer = url, answer

    def request(self, method: str, url: str, **asked: Any) -> requests.Response:  # type: ignore[override]
        """Return the answer to a request of this account's. Raises `requests.RequestException`."""
        assert url.startswith(self._url), url
        path = url.removeprefix(self._url)
        assert quote(path, safe="/.:,=") == path, path  # what would have to be quoted, `requests` would quote
        try:
            answer = self._answer(
                Request(
                    method,
                    path,
                    {name: str(value) for name, value in (asked["params"] or {}).items()},
                    {name.lower(): value for name, value in asked["headers"].items()},
                    _bytes(asked["data"]),
                )
            )
        except NeverAnswered:
            raise requests.ReadTimeout from None
        except AnswerLost:
            raise requests.ConnectionError from None
        _, limit = asked["timeout"]
        if answer.delay > limit:
            raise requests.ReadTimeout
        return _response(url, answer)


def _bytes(data: Any) -> bytes:
    if data is None:
        return b""
    return data if isinstance(data, bytes) else bytes(data.read())


def _response(url: str, answer: Response) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url = answer.status, url
    response.headers = CaseInsensitiveDict[str]()
    response.headers.update(answer.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response._content = answer.body
    return response
