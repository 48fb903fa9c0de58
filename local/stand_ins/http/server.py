"""A stand-in over HTTP, with control paths to look at it, to fill it and to break it.

| path | what it does |
|---|---|
| `GET /_stand_in/snapshot` | what the stand-in shows of itself |
| `POST /_stand_in/world` | starts over with the world in the body |
| `GET /_stand_in/faults` | `{"catalogue": [{"name", "what", "arguments"}], "active": [...]}` |
| `POST /_stand_in/faults` | switches faults on (`{"outage": {"count": 2}}`) or off (`{"clear": {}}`) |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from local.stand_ins.http.loopback import Control, LoopbackServer
from local.stand_ins.http.messages import Answering


class FaultSwitches(Protocol):
    """What goes wrong in a stand-in, as the control paths see it."""

    def catalogue(self) -> list[dict[str, Any]]:
        """Return every fault with its arguments."""
        ...

    def active(self) -> list[dict[str, Any]]:
        """Return the faults that are on."""
        ...

    def apply(self, commands: Mapping[str, Any]) -> None:
        """Switch faults on and off. ValueError for what there is not."""
        ...


class StandIn(Answering, Protocol):
    """A stand-in, as the control paths see it."""

    @property
    def faults(self) -> FaultSwitches:
        """What goes wrong now."""
        ...

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with another world. ValueError where it cannot be read."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """Return what there is to see."""
        ...


class StandInServer(LoopbackServer):
    """Serves a stand-in on 127.0.0.1 between `start()` and `stop()`; `url` and `port` say where.

    `controls` are further control paths, or others in place of the four above.
    """

    def __init__(
        self, stand_in: StandIn, port: int = 0, controls: Mapping[str, Control] | None = None
    ) -> None:
        def replace(world: Any) -> Any:
            stand_in.replace(object_of(world, "a world"))
            return {}

        def switch(commands: Any) -> Any:
            stand_in.faults.apply(object_of(commands, "faults"))
            return {"active": stand_in.faults.active()}

        def faults(_: Any) -> Any:
            return {"catalogue": stand_in.faults.catalogue(), "active": stand_in.faults.active()}

        shared: dict[str, Control] = {
            "GET snapshot": lambda _: stand_in.snapshot(),
            "POST world": replace,
            "GET faults": faults,
            "POST faults": switch,
        }
        super().__init__(stand_in.handle, {**shared, **(controls or {})}, port)


def object_of(content: Any, what: str) -> dict[str, Any]:
    """Return a control's body, which has to be `what`: a JSON object. ValueError otherwise."""
    if not isinstance(content, dict):
        raise ValueError(f"expected {what}: a JSON object")
    return content
