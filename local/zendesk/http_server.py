"""The Zendesk stand-in over HTTP, with paths to look at it, to fill it and to break it.

| path | what it does |
|---|---|
| `GET /_stand_in/snapshot` | `{"tickets", "users", "pops", "requests", "revision"}` |
| `GET /_stand_in/revision` | `{"revision": n}`; n grows with each change |
| `POST /_stand_in/world` | starts over with the world in the body |
| `POST /_stand_in/faults` | switches faults on (`{"outage": {"count": 2}}`) or off (`{"clear": {}}`) |
"""

from __future__ import annotations

from typing import Any

from local.zendesk.loopback import LoopbackServer
from local.zendesk.stand_in import Zendesk


class ZendeskServer(LoopbackServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where."""

    def __init__(self, zendesk: Zendesk, port: int = 0) -> None:
        def replace(world: Any) -> Any:
            zendesk.replace(_object(world, "a world"))
            return {"revision": zendesk.revision}

        def break_it(commands: Any) -> Any:
            zendesk.faults.apply(_object(commands, "faults"))
            return {}

        controls = {
            "GET snapshot": lambda _: zendesk.snapshot(),
            "GET revision": lambda _: {"revision": zendesk.revision},
            "POST world": replace,
            "POST faults": break_it,
        }
        super().__init__(zendesk.handle, controls, port)


def _object(content: Any, what: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError(f"expected {what}: a JSON object")
    return content
