"""Lambda: containers that are used again, invocations that take turns, and those that are asynchronous."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connect_zendesk.entrypoints.faults import Unexpected
from connect_zendesk.errors import ConnectZendeskError
from connect_zendesk.function_kinds import EventConsumer, Function
from connect_zendesk.workflows.services import Services
from local.replay.lambda_events import LambdaContext
from tests.simulation.simulator import release_before
from tests.simulation.simulator.scheduler import Invocation

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: Between two attempts of an asynchronous invocation that is throttled.
_THROTTLED_WAIT = 20
#: A container that has done nothing for so long is gone.
_KEPT_WARM = timedelta(minutes=10)


@dataclass
class Container:
    """A container of a function: what it has built, and how much its clock is off, in seconds."""

    function: Function
    services: Services
    skew: float
    parts: dict[str, Any]
    used: Any = None
    before: bool = False


class HandlerFailed(Exception):
    """A handler raised something: Lambda counts an error, and retries as it does for that kind of trigger."""


class _Context(LambdaContext):
    """What Lambda passes to a function: the time that is really left to it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        object.__setattr__(self, "_world", world)
        object.__setattr__(self, "_invocation", world.current_invocation())

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left."""
        took = (self._world.clock() - self._invocation.began).total_seconds()  # type: ignore[attr-defined]
        return int(max(0, self._invocation.timeout - took) * 1000)  # type: ignore[attr-defined]


class Functions:
    """The functions, their warm containers, and the one whose turn it is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._warm: dict[str, list[Container]] = {}
        self.containers: dict[int, Container] = {}
        self.invocations = 0

    @property
    def current(self) -> Container:
        """The container whose turn it is."""
        return self.containers[id(self._world.scheduler.current)]

    def invoke(
        self,
        function: Function,
        work: Callable[[], None],
        ended: Callable[[bool], None] = lambda _: None,
        *,
        about: str = "",
        timeout: float | None = None,
    ) -> None:
        """Invoke a function: ``work`` calls its handler, ``ended`` is told whether it died."""
        world = self._world
        container = self._container(function)
        self.invocations += 1
        world.say(f"{function.key} begins: {about}" if about else f"{function.key} begins")

        def run() -> None:
            if world.chance.hits("function: killed at once", function.key):
                world.current_invocation().die()
            try:
                work()
            except HandlerFailed:
                invocation.dead = True

        def over(died: bool) -> None:
            del self.containers[id(invocation)]
            container.used = world.clock()
            if died:
                world.say(f"{function.key} died after {invocation.effects} effects: {about}")
            else:
                self._warm.setdefault(function.key, []).append(container)
            ended(died)

        invocation = Invocation(world.scheduler, function.key, run, timeout or float(function.timeout), over)
        self.containers[id(invocation)] = container
        invocation.start()

    def invoke_at_once(self, function: EventConsumer, event: Mapping[str, Any]) -> None:
        """Invoke a function asynchronously: once, before the event is too old; else it goes to its queue."""
        world, began = self._world, self._world.clock()

        def attempt() -> None:
            if world.chance.hits("function: throttled", function.key):
                if (world.clock() - began).total_seconds() + _THROTTLED_WAIT > function.latest:
                    failed(died=True)
                else:
                    world.scheduler.after(_THROTTLED_WAIT, attempt)
                return
            errors: list[Exception] = []

            def work() -> None:
                try:
                    world.handle(function, event)
                except HandlerFailed as error:
                    errors.append(error)

            self.invoke(function, work, lambda died: failed(died=died or bool(errors)), about=_about(event))

        def failed(*, died: bool) -> None:
            if died:
                body = json.dumps({"version": "1.0", "requestPayload": event})
                world.queues[function.failures].send(body)

        attempt()

    def handle(self, function: Function, event: Mapping[str, Any]) -> Any:
        """Call a function's handler, within its invocation."""
        name, before = f"functions.{function.key}", self.current.before
        module = release_before.module(name) if before else importlib.import_module(name)
        try:
            return module.handler(dict(event), _Context(self._world))
        except Exception as error:
            kind = str(error) if isinstance(error, Unexpected) else type(error).__name__
            self._world.say(f"{function.key} failed: {kind}")
            if not isinstance(error, (ConnectZendeskError, Unexpected)):  # which is in the log
                self._world.watch.unexpected.append(f"{kind} out of {function.key}")
            raise HandlerFailed from error

    def _container(self, function: Function) -> Container:
        warm = self._warm.get(function.key, [])
        while warm:
            container, now = warm.pop(), self._world.clock()
            if now - container.used < _KEPT_WARM and container.before in self._world.releases(function):
                return container
        chance, skew = self._world.chance, 0.0
        if chance.hits("function: clock wrong", function.key):
            skew = chance.between("clock wrong", -30, 30)
        elif chance.hits("function: clock far wrong", function.key):
            skew = chance.between("clock far wrong", -150, 150)
        return self._world.new_container(function, skew)


def _about(event: Mapping[str, Any]) -> str:
    detail = event.get("detail")
    named = detail if isinstance(detail, Mapping) else {}
    return f"{named.get('eventType')} of {named.get('contactId')}"
