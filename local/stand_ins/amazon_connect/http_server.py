"""The Amazon Connect stand-in over HTTP, with paths to look at it, to fill it and to break it.

`AWS_ENDPOINT_URL_CONNECT` and `AWS_ENDPOINT_URL_VOICE_ID` point boto3 at it.

| path | what it does |
|---|---|
| `GET /_stand_in/snapshot` | `{"requests", "contacts", "recording", "faults"}` |
| `POST /_stand_in/world` | starts over with the world in the body |
| `GET /_stand_in/faults` | `{"catalogue": [{"name", "what", "arguments"}], "active": [...]}` |
| `POST /_stand_in/faults` | switches faults on (`{"throttle": {"lasting": 5}}`) or off (`{"clear": {}}`) |
"""

from __future__ import annotations

from typing import Any

from local.stand_ins.amazon_connect.stand_in import AmazonConnect
from local.stand_ins.http.loopback import LoopbackServer


class AmazonConnectServer(LoopbackServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where."""

    def __init__(self, stand_in: AmazonConnect, port: int = 0) -> None:
        def replace(world: Any) -> Any:
            stand_in.replace(_object(world, "a world"))
            return {}

        def break_it(commands: Any) -> Any:
            stand_in.faults.apply(_object(commands, "faults"))
            return {"active": stand_in.faults.active()}

        controls = {
            "GET snapshot": lambda _: stand_in.snapshot(),
            "GET faults": lambda _: {
                "catalogue": stand_in.faults.catalogue(),
                "active": stand_in.faults.active(),
            },
            "POST world": replace,
            "POST faults": break_it,
        }
        super().__init__(stand_in.handle, controls, port)


def _object(content: Any, what: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError(f"expected {what}: a JSON object")
    return content
