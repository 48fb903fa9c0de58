"""The faults of one laptop: the stand-ins', the functions', and those of the delivery to the stream."""

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from local.faults.delivery import Delivery
from local.faults.switches import DUPLICATES, KILL, REORDERING, SWITCHES, Switch
from local.faults.workers import kill_functions
from local.stand_ins.http.server import FaultSwitches

if TYPE_CHECKING:
    from local.emulator.laptop import Laptop


class NoSuchFault(ValueError):
    """There is no fault of that name, or it takes no such argument. The message says what there is."""


class LaptopFaults:
    """Switches faults on and off. `delivery` is what records go through on their way to the stream."""

    def __init__(self, laptop: "Laptop") -> None:
        self._laptop = laptop
        self.delivery = Delivery()
        self._lock = Lock()
        self._on: dict[str, dict[str, Any]] = {}

    def catalogue(self) -> list[dict[str, Any]]:
        """Return every fault: its name, what goes wrong, its arguments, whether it happens at once."""
        return [
            {"name": s.name, "what": s.what, "arguments": dict(s.arguments), "at_once": s.at_once}
            for s in SWITCHES
        ]

    def active(self) -> list[str]:
        """Return the names of the faults that hold at the moment."""
        with self._lock:
            return [name for name, arguments in self._on.items() if self._holds(name, arguments)]

    def on(self, name: str, arguments: Mapping[str, Any] | None = None) -> str:
        """Switch a fault on; returns what came of it, in a sentence. Raises NoSuchFault."""
        switch = self._switch(name)
        if arguments and not switch.method:
            raise NoSuchFault(f"{name} takes no arguments")
        given = {**switch.arguments, **(arguments or {})}
        with self._lock:
            said = self._do(switch, given)
            if not switch.at_once:
                self._on[name] = given
        return said

    def off(self, name: str | None = None) -> None:
        """Switch a fault off, or all of them. Raises NoSuchFault."""
        if name is not None:
            self._switch(name)
        with self._lock:
            left = {
                other: arguments
                for other, arguments in self._on.items()
                if name is not None and other != name and self._holds(other, arguments)
            }
            self.delivery.duplicates = self.delivery.reordering = False
            # A stand-in ends all of its faults or none: those that stay begin again.
            for service in {"zendesk", *(self._switch(other).service for other in self._on)}:
                self._faults_of(service).apply({"clear": {}})
            self._on = left
            for other, arguments in left.items():
                self._do(self._switch(other), arguments)

    def _do(self, switch: Switch, arguments: Mapping[str, Any]) -> str:
        match switch.name:
            case str(name) if name == KILL:
                count = kill_functions(self._laptop.emulator.process_group)
                return f"{count} function process{'' if count == 1 else 'es'} killed."
            case str(name) if name == DUPLICATES:
                self.delivery.duplicates = True
            case str(name) if name == REORDERING:
                self.delivery.reordering = True
            case _:
                self._apply(switch, arguments)
        return switch.what

    def _apply(self, switch: Switch, arguments: Mapping[str, Any]) -> None:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            self._faults_of(switch.service).apply({switch.method: given})
        except (ValueError, TypeError) as problem:
            raise NoSuchFault(str(problem)) from None

    def _switch(self, name: str) -> Switch:
        switches = {switch.name: switch for switch in SWITCHES}
        if name not in switches:
            raise NoSuchFault(f"no such fault: {name}; there are {', '.join(switches)}")
        return switches[name]

    def _holds(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Return whether a fault that was switched on has not ended by itself."""
        switch = self._switch(name)
        if not switch.method:
            return True
        return any(
            fault["name"] == switch.method
            and fault.get("after_write", False) == arguments.get("after_write", False)
            for fault in self._faults_of(switch.service).active()
        )

    def _faults_of(self, service: str) -> FaultSwitches:
        faults: FaultSwitches = getattr(self._laptop, service).faults
        return faults


_faults: "WeakKeyDictionary[Laptop, LaptopFaults]" = WeakKeyDictionary()


def faults_of(laptop: "Laptop") -> LaptopFaults:
    """Return the faults of a laptop: the same ones for the page, the command and the sender."""
    return _faults.setdefault(laptop, LaptopFaults(laptop))
