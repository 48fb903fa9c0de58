"""Runs a command in a process group of its own and ends all of that group when standard input closes.

The emulator's Lambda workers outlive it: a signal to the emulator alone orphans them. The operating system
closes our standard input when the process that started us is gone, however that came about (an exception,
Ctrl-C, a kill that cannot be caught), so nothing of a run is left behind.

    python end_with_parent.py DIRECTORY COMMAND...

The first line on standard output is the number of the process group. The command writes to our standard
error. DIRECTORY is removed at the end.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn

_LOOK_EVERY = 0.2  # seconds between looks at whether the command still runs


def main(arguments: list[str]) -> int:
    """Run the command until it ends or standard input closes; returns the command's exit code."""
    directory, *command = arguments
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True)
    try:
        print(process.pid, flush=True)
        while process.poll() is None and not _input_closed():
            pass
    finally:
        _end_group(process.pid)
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)
    return process.returncode


def _input_closed() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], _LOOK_EVERY)
    return bool(readable) and not os.read(sys.stdin.fileno(), 4096)


def _end_group(group: int) -> None:
    # Nothing in the group has anything to save, so it is not asked first.
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
