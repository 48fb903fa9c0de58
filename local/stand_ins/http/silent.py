"""A server that takes connections and requests and never says a word: for tests of what a client endures."""

from __future__ import annotations

from local.stand_ins.http.loopback import LoopbackServer
from local.stand_ins.http.messages import NeverAnswered, Request, Response


class SilentServer(LoopbackServer):
    """Serves nothing on 127.0.0.1 between `start()` and `stop()`, whatever service a client takes it for.

    `heard` are the requests so far, by method and path. `AWS_ENDPOINT_URL_APPCONFIGDATA` and the like point
    boto3 at `url`.
    """

    def __init__(self, port: int = 0) -> None:
        self.heard: list[str] = []
        super().__init__(self._take, {}, port)

    def _take(self, request: Request) -> Response:
        self.heard.append(f"{request.method} {request.path}")
        raise NeverAnswered
