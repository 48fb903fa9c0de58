"""The Comprehend stand-in over HTTP. `AWS_ENDPOINT_URL_COMPREHEND` points boto3 at it."""

from __future__ import annotations

from local.stand_ins.comprehend.stand_in import Comprehend
from local.stand_ins.http.server import StandInServer


class ComprehendServer(StandInServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where."""

    def __init__(self, stand_in: Comprehend, port: int = 0) -> None:
        super().__init__(stand_in, port)
