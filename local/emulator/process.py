"""The AWS emulator as a process: started on a free port of this machine, ended with all that it started."""

import fcntl
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

REPOSITORY = Path(__file__).resolve().parents[2]
VIRTUAL_ENVIRONMENT = REPOSITORY / ".build" / "emulator"
LOGS = REPOSITORY / ".build" / "logs"

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-2"

_GUARD = Path(__file__).with_name("end_with_parent.py")
_START_TIMEOUT = 30.0  # seconds; 0.5 is usual, a busy machine with two cores takes several
_STOP_TIMEOUT = 5.0
_LOGS_KEPT = 8
# What a Python may need to start at all.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_FAILURE = re.compile(r" (ERROR|CRITICAL) \[| WARNING \[(lambda|lambda_runtime|sqs|kinesis|events)\]")
_PORT_TAKEN = "is already in use"
# A machine's proxy settings must not catch what never leaves it.
_OPENER = build_opener(ProxyHandler({}))


class EmulatorError(Exception):
    """The emulator is not installed, did not start, or has ended. The message says what to do."""


class Emulator:
    """A running emulator. Use it as a context manager, or call `stop`.

    Its state lives in memory and in a temporary directory and is gone afterwards. It never looks at this
    machine's AWS configuration or Docker.
    """

    def __init__(self, *, environment: dict[str, str] | None = None) -> None:
        """Start the process; `wait_until_ready` returns when it answers.

        `environment`: further environment variables for the emulator.

        Raises `EmulatorError` if it is not installed.
        """
        python = VIRTUAL_ENVIRONMENT / "bin" / "python"
        if not (VIRTUAL_ENVIRONMENT / "bin" / "ministack").exists() or not python.exists():
            raise EmulatorError(f"No AWS emulator in {VIRTUAL_ENVIRONMENT}: run `make setup`.")
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = _log_file(self.port)
        directory = tempfile.mkdtemp(prefix="connect-zendesk-")
        with self.log.open("wb") as log:
            # Held by the processes that write to it, for as long as any of them lives: it is in use.
            fcntl.flock(log, fcntl.LOCK_SH)
            self._guard = subprocess.Popen(
                [sys.executable, "-I", str(_GUARD), directory, str(python), "-m", "ministack"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=directory,
                env=_environment(self.port, directory) | (environment or {}),
                start_new_session=True,
            )
        assert self._guard.stdout is not None  # noqa: S101  we asked for a pipe
        self.process_group = int(self._guard.stdout.readline() or 0)

    def wait_until_ready(self, timeout: float = _START_TIMEOUT) -> None:
        """Wait until the emulator answers. `timeout` in seconds.

        Raises `EmulatorError` with the end of its log if it ended or did not answer in time.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._guard.poll() is not None:
                raise EmulatorError(self._with_log("The AWS emulator ended while starting."))
            try:
                _OPENER.open(f"{self.endpoint}/_ministack/ready", timeout=1).close()
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.02)
            else:
                return
        raise EmulatorError(self._with_log(f"The AWS emulator did not answer within {timeout:.0f} s."))

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._guard.poll() is None

    def last_log_lines(self, count: int = 20) -> list[str]:
        """The last lines of the emulator's own log."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]

    def failures(self) -> list[str]:
        """The lines of the emulator's log that report a failure."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return [line for line in text.splitlines() if _FAILURE.search(line)]

    def stop(self) -> None:
        """End the emulator and every function that it runs. Does nothing if they have ended."""
        for pipe in (self._guard.stdin, self._guard.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._guard.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._guard.terminate()
            self._guard.wait(_STOP_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _with_log(self, sentence: str) -> str:
        lines = "\n".join(f"  {line}" for line in self.last_log_lines())
        return f"{sentence} The end of {self.log}:\n{lines}"


def start_emulator(*, attempts: int = 3) -> Emulator:
    """A started emulator that answers.

    Between finding a free port and listening on it another process can take it; then another one is tried.

    Raises `EmulatorError` if it is not installed or does not start.
    """
    for attempt in range(1, attempts + 1):
        emulator = Emulator()
        try:
            emulator.wait_until_ready()
        except BaseException as error:
            emulator.stop()
            if attempt < attempts and isinstance(error, EmulatorError) and _PORT_TAKEN in str(error):
                continue
            raise
        return emulator
    raise AssertionError("unreachable: the last attempt returns or raises")


def free_port() -> int:
    """A port of the loopback address where nothing listened a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _environment(port: int, directory: str) -> dict[str, str]:
    """All of the emulator's environment: functions inherit it, so nothing of this machine's may be in it."""
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "HOME": directory,
        "TMPDIR": directory,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        # Listeners on fixed ports that nothing here needs, and containers that are none of our business.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
        "PERSIST_STATE": "0",
        # A throttled poll leaves messages hidden for their whole visibility timeout.
        "LAMBDA_ACCOUNT_CONCURRENCY": "100",
    }


def _log_file(port: int) -> Path:
    LOGS.mkdir(parents=True, exist_ok=True)
    older = sorted(LOGS.glob("emulator-*.log"), key=lambda path: path.stat().st_mtime)
    for path in older[:-_LOGS_KEPT]:
        _remove_unless_in_use(path)
    return LOGS / f"emulator-{port}.log"


def _remove_unless_in_use(path: Path) -> None:
    """Remove a log, but none that a running emulator writes to: what it has handled is read from there."""
    with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as log:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
