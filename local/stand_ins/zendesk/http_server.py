"""The Zendesk stand-in over HTTP, with paths to look at it, to fill it and to break it.

| path | what it does |
|---|---|
| `GET /_stand_in/snapshot` | `{"tickets", "users", "pops", "requests", "faults", "revision"}` |
| `GET /_stand_in/revision` | `{"revision": n}`; n grows with each change |
| `POST /_stand_in/world` | starts over with the world in the body |
| `GET /_stand_in/faults` | `{"catalogue": [{"name", "what", "arguments"}], "active": [...]}` |
| `POST /_stand_in/faults` | switches faults on (`{"outage": {"count": 2}}`) or off (`{"clear": {}}`) |
| `POST /_stand_in/act` | does something as an agent: `{"user", "method", "path", "body"}` |

Webhooks are sent from a thread while the server is up.
"""

from __future__ import annotations

from typing import Any

from local.stand_ins.http.loopback import LoopbackServer
from local.stand_ins.zendesk.stand_in import Zendesk
from local.stand_ins.zendesk.webhooks.sender import Send, WebhookSender, sent


class ZendeskServer(LoopbackServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where.

    `send` is how its webhooks are sent.
    """

    def __init__(self, zendesk: Zendesk, port: int = 0, send: Send = sent) -> None:
        def replace(world: Any) -> Any:
            zendesk.replace(_object(world, "a world"))
            return {"revision": zendesk.revision}

        def break_it(commands: Any) -> Any:
            zendesk.faults.apply(_object(commands, "faults"))
            return {"active": zendesk.faults.active()}

        controls = {
            "GET snapshot": lambda _: zendesk.snapshot(),
            "GET revision": lambda _: {"revision": zendesk.revision},
            "POST world": replace,
            "GET faults": lambda _: {
                "catalogue": zendesk.faults.catalogue(),
                "active": zendesk.faults.active(),
            },
            "POST faults": break_it,
            "POST act": lambda asked: _act(zendesk, _object(asked, "who does what")),
        }
        self._sender = WebhookSender(zendesk, send)
        super().__init__(zendesk.handle, controls, port)

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


def _object(content: Any, what: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError(f"expected {what}: a JSON object")
    return content
