"""The Zendesk stand-in over HTTP, with control paths beside those that every stand-in has.

| path | what it does |
|---|---|
| `GET /_stand_in/snapshot` | `{"tickets", "users", "pops", "requests", "faults", "revision"}` |
| `GET /_stand_in/revision` | `{"revision": n}`; n grows with each change |
| `GET /_stand_in/late_writes` | `{"late_writes"}`: what a fault put off, and what came of it |
| `POST /_stand_in/world` | starts over with the world in the body, and answers the revision |
| `POST /_stand_in/act` | does something as an agent: `{"user", "method", "path", "body"}` |

Webhooks are sent from a thread while the server is up.
"""

from __future__ import annotations

from typing import Any

from local.stand_ins.http.server import StandInServer, object_of
from local.stand_ins.zendesk.stand_in import Zendesk
from local.stand_ins.zendesk.webhooks.deliveries import Send
from local.stand_ins.zendesk.webhooks.sender import WebhookSender, sent


class ZendeskServer(StandInServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where.

    `send` is how its webhooks are sent.
    """

    def __init__(self, zendesk: Zendesk, port: int = 0, send: Send = sent) -> None:
        def revision(_: Any) -> Any:
            return {"revision": zendesk.revision}

        def replace(world: Any) -> Any:
            zendesk.replace(object_of(world, "a world"))
            return revision(None)

        self._sender = WebhookSender(zendesk, send)
        controls = {
            "GET revision": revision,
            "GET late_writes": lambda _: {"late_writes": zendesk.late_writes},
            "POST world": replace,
            "POST act": lambda asked: _act(zendesk, object_of(asked, "who does what")),
        }
        super().__init__(zendesk, port, controls)

    def start(self) -> None:
        """Serve, and send webhooks, until `stop`."""
        super().start()
        self._sender.start()

    def stop(self) -> None:
        """Stop sending webhooks and serving."""
        self._sender.stop()
        super().stop()


def _act(zendesk: Zendesk, asked: dict[str, Any]) -> Any:
    user, method, path = asked.get("user"), asked.get("method"), asked.get("path")
    if not isinstance(user, int) or not isinstance(method, str) or not isinstance(path, str):
        raise ValueError("expected user (a number), method, path and body")
    response = zendesk.act(user, method, path, asked.get("body"))
    return {"status": response.status, "body": response.json() if response.body else None}
