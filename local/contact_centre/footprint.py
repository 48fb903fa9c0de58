"""What the functions' processes hold while a day is played: memory and open handles, which must not grow.

Read from /proc, so on Linux alone; elsewhere nothing is measured. The emulator and the stand-ins are not
looked at: what they store is theirs to keep.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_PROCESSES = Path("/proc")
_FUNCTION = re.compile(rb"(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]+)")
#: So many looks at a process say whether it grows; with one in five seconds, after three minutes.
ENOUGH = 36
#: What a process may hold more in its last quarter than in its second: MB, as a share and besides; handles.
_SHARE, _MEGABYTES, _HANDLES = 1.1, 3.0, 3


@dataclass(frozen=True)
class Held:
    """What a process held at one time: resident memory in MB, and open handles."""

    memory: float
    handles: int


@dataclass(frozen=True)
class Growth:
    """What a function's process held in the second quarter of its looks, and in the last: medians."""

    function: str
    looks: int
    early: Held
    late: Held

    @property
    def wrong(self) -> str:
        """What grows, as a sentence; empty where nothing does, or where it was not looked at for long."""
        if self.looks < ENOUGH:
            return ""
        if self.late.memory > self.early.memory * _SHARE + _MEGABYTES:
            return f"{self.function}: memory grew from {self.early.memory:.0f} to {self.late.memory:.0f} MB"
        if self.late.handles > self.early.handles + _HANDLES:
            return f"{self.function}: open handles grew from {self.early.handles} to {self.late.handles}"
        return ""


class Footprint:
    """Looks at the functions' processes of an emulator, by its process group, whenever `look` is called."""

    def __init__(self, process_group: int, processes: Path = _PROCESSES) -> None:
        self._group = process_group
        self._processes = processes
        self._looks: dict[tuple[str, int], list[Held]] = defaultdict(list)

    def look(self) -> None:
        """Note what each process holds now. Those that end meanwhile are passed over."""
        if not self._processes.is_dir():
            return
        for place in self._processes.iterdir():
            if not place.name.isdigit():
                continue
            try:
                if self._group_of(place) == self._group and (function := _function(place)):
                    self._looks[function, int(place.name)].append(_held(place))
            except (OSError, KeyError, IndexError, ValueError):
                continue

    def growths(self) -> list[Growth]:
        """Return how each process grew, by function, those looked at longest first."""
        found = [
            Growth(function, len(looks), _median(looks[len(looks) // 4 : len(looks) // 2 + 1]),
                   _median(looks[len(looks) * 3 // 4 :]))
            for (function, _), looks in self._looks.items()
        ]  # fmt: skip
        return sorted(found, key=lambda growth: (growth.function, -growth.looks))

    @staticmethod
    def _group_of(place: Path) -> int:
        # The name in brackets may hold anything; the group is the third field after it.
        return int((place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[2])


def _function(place: Path) -> str:
    found = _FUNCTION.search((place / "environ").read_bytes())
    return found[1].decode("utf-8", "replace") if found else ""


def _held(place: Path) -> Held:
    lines = (line.partition(":") for line in (place / "status").read_text("utf-8", "replace").splitlines())
    status: Mapping[str, str] = {name: value for name, _, value in lines}
    return Held(int(status["VmRSS"].split()[0]) / 1024, len(list((place / "fd").iterdir())))


def _median(looks: list[Held]) -> Held:
    return Held(median(look.memory for look in looks), round(median(look.handles for look in looks)))
