"""The processes in which the emulator runs functions, and their sudden end."""

import os
import signal
import subprocess
from contextlib import suppress


def kill_functions(process_group: int) -> int:
    """End every function that runs in the emulator of this process group; returns how many there were.

    The emulator leads the group, and stays. It starts a function afresh when it is next called; what one
    was doing fails, as when Lambda loses a machine.
    """
    processes = [process for process in _members(process_group) if process != process_group]
    for process in processes:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(process, signal.SIGKILL)
    return len(processes)


def _members(process_group: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid="], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    pairs = (line.split() for line in listed)
    return [int(process) for process, group in pairs if int(group) == process_group]
