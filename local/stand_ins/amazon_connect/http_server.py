"""The Amazon Connect stand-in over HTTP.

`AWS_ENDPOINT_URL_CONNECT` and `AWS_ENDPOINT_URL_VOICE_ID` point boto3 at it.
"""

from __future__ import annotations

from local.stand_ins.amazon_connect.stand_in import AmazonConnect
from local.stand_ins.http.server import StandInServer


class AmazonConnectServer(StandInServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where."""

    def __init__(self, stand_in: AmazonConnect, port: int = 0) -> None:
        super().__init__(stand_in, port)
