"""The Amazon Connect stand-in over HTTP; `AWS_ENDPOINT_URL_CONNECT` points boto3 at it.

`GET /_stand_in/snapshot` answers `{"requests": {...}}`, `POST /_stand_in/world` starts over with a world.
"""

from __future__ import annotations

from typing import Any

from local.amazon_connect.stand_in import AmazonConnect
from local.zendesk.loopback import LoopbackServer


class AmazonConnectServer(LoopbackServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where."""

    def __init__(self, stand_in: AmazonConnect, port: int = 0) -> None:
        def replace(world: Any) -> Any:
            if not isinstance(world, dict):
                raise ValueError("expected a world: a JSON object")
            stand_in.replace(world)
            return {}

        controls = {
            "GET snapshot": lambda _: {"requests": dict(stand_in.requests)},
            "POST world": replace,
        }
        super().__init__(stand_in.handle, controls, port)
