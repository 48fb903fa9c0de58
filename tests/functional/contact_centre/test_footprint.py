"""What functions' processes hold while a day is played."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from local.contact_centre.command import show_footprint
from local.contact_centre.footprint import ENOUGH, Footprint, Growth, Held

_WAITS = "print('up', flush=True); input()"


def planted(processes: Path, number: int, group: int, *, memory: int, handles: int, function: str) -> None:
    """Write what Linux says of a process: memory in MB."""
    place = processes / str(number)
    (place / "fd").mkdir(parents=True, exist_ok=True)
    (place / "stat").write_text(f"{number} (odd) name) S 1 {group} {group} 0")
    (place / "status").write_text(f"Name:\tpython\nVmRSS:\t{memory * 1024} kB\n")
    (place / "environ").write_bytes(f"PATH=/bin\0AWS_LAMBDA_FUNCTION_NAME={function}\0".encode())
    for handle in range(handles):
        (place / "fd" / str(handle)).touch()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what a process holds")
def test_a_functions_process_is_found_by_its_group_and_measured() -> None:
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "ticket-creation"}
    with subprocess.Popen(
        [sys.executable, "-c", _WAITS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        footprint, other = Footprint(process.pid), Footprint(os.getpid())
        footprint.look()
        other.look()
        process.communicate(b"\n")
        footprint.look()  # it has ended, and is passed over
    (growth,) = footprint.growths()
    assert (growth.function, growth.looks) == ("ticket-creation", 1)
    assert growth.early.memory > 3
    assert growth.early.handles >= 3
    assert "ticket-creation" not in [one.function for one in other.growths()]


@pytest.mark.parametrize(
    ("memory", "handles", "wrong"),
    [
        (0, 0, ""),
        (40, 0, "memory grew from "),
        (0, 10, "open handles grew from "),
    ],
)
def test_what_grows_is_said(tmp_path: Path, memory: int, handles: int, wrong: str) -> None:
    footprint = Footprint(77, tmp_path)
    for look in range(ENOUGH):
        share = look / ENOUGH
        held = {"memory": 60 + round(memory * share), "handles": 12 + round(handles * share)}
        planted(tmp_path, 100, 77, **held, function="ticket-creation")
        planted(tmp_path, 200, 78, memory=60 + look, handles=9, function="of another emulator")
        footprint.look()
    (growth,) = footprint.growths()
    assert growth.wrong.startswith(f"ticket-creation: {wrong}" if wrong else "")
    assert bool(growth.wrong) is bool(wrong)


def test_a_process_that_was_looked_at_for_a_moment_is_not_judged() -> None:
    assert Growth("agent-map", ENOUGH - 1, Held(60, 10), Held(600, 100)).wrong == ""


def test_a_day_shows_what_processes_held_and_what_grew(tmp_path: Path) -> None:
    footprint, console = Footprint(77, tmp_path), Console(width=120, record=True, file=StringIO())
    for look in range(ENOUGH):
        planted(tmp_path, 100, 77, memory=60, handles=12, function="ticket-creation")
        planted(tmp_path, 200, 77, memory=60 + look, handles=9, function="agent-map")
        footprint.look()
    assert show_footprint(footprint, console) == ["agent-map: memory grew from 74 to 91 MB"]
    shown = console.export_text()
    assert "ticket-creation" in shown
    assert "agent-map: memory grew" in shown
    assert show_footprint(Footprint(78, tmp_path), console) == []
