"""How much CPU a container's start takes, of every function: `python -m tests.benchmarks.start_up`.

Each start is a process of its own, in folders that hold what is deployed: the function's, the layer with our
package, the layer with the libraries, each with its bytecode or without. It imports the handler, which makes
the clients that every invocation uses. Against it stands the least that such a function needs: `requests`,
Powertools' Logger and Metrics, and one client of boto3, with bytecode. CPU is that of the whole process, in
one run by turns, so that a busy machine slows both; the ratio is of medians.

boto3 has its bytecode always: it is Lambda's own. The Python is this machine's, whatever Lambda's is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from connect_zendesk.function_kinds import Function
from connect_zendesk.topology import FUNCTIONS
from infra.bytecode import Compiler, add_bytecode, compiler
from infra.dependencies import REQUIREMENTS

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = 9
#: Of the CPU of the libraries alone, at most: Powertools' batch processing and parameters are kept.
BUDGET = 1.5
#: Of the CPU that the same start takes without bytecode, at most.
BUDGET_OF_BYTECODE = 0.55
#: MB at the highest, when a container has started.
MEMORY_BUDGET = 65

_LIBRARIES = """
import requests, boto3
from botocore.config import Config
from aws_lambda_powertools import Logger, Metrics
Logger(use_rfc3339=True)
Metrics()
requests.Session()
boto3.client("dynamodb", config=Config(connect_timeout=1))
"""
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_REGION": "eu-west-2",
    "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    "POWERTOOLS_METRICS_NAMESPACE": "ConnectZendesk",
    "POWERTOOLS_SERVICE_NAME": "benchmark",
    "TABLE_NAME": "ledger",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:keys",
    "AGENT_APP_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:app",
    "BUS_NAME": "bus",
    "CUSTOMER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/customers.fifo",
    "OWN_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/contacts",
    "CONTACT_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/contacts",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/letters",
    "ZENDESK_URL": "https://acme.zendesk.com",
    "APP_SETTINGS_APPLICATION": "app",
    "APP_SETTINGS_ENVIRONMENT": "env",
    "APP_SETTINGS_PROFILE": "profile",
    "FORCED_TICKET_WAIT_SECONDS": "300",
    "CONTACT_FILE_WAIT_SECONDS": "600",
    "LEASE_SECONDS": "90",
}
#: What a process does: run a text, and say what that took in CPU seconds and MB at the highest.
_MEASURED = """
import sys, time
before = time.process_time()
exec(sys.argv[1])
took = time.process_time() - before
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print("measured", took, int(status["VmHWM"].split()[0]) / 1024)
"""


@dataclass(frozen=True)
class Start:
    """A measured start: CPU in seconds, and MB."""

    cpu: float
    memory: float


@dataclass(frozen=True)
class StartUp:
    """A function's start, against the libraries alone, and against its own without bytecode."""

    function: str
    start: Start
    libraries: float
    plain: float

    @property
    def ratio(self) -> float:
        """CPU, of that of the libraries alone."""
        return self.start.cpu / self.libraries

    @property
    def of_plain(self) -> float:
        """CPU, of that without bytecode."""
        return self.start.cpu / self.plain


class Deployed:
    """What is deployed, in a folder: once with bytecode and once without."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        using = compiler(f"{sys.version_info.major}.{sys.version_info.minor}")
        assert using is not None
        for kind in ("compiled", "plain"):
            self._copy(folder / kind, using if kind == "compiled" else None)

    def start(self, text: str, folder: str, kind: str) -> Start:
        """Start a process that runs a text with a function's folder."""
        place = self._folder / kind
        path = [place / "functions" / folder, place / "layer" / "python", place / "libraries"]
        done = subprocess.run(
            [sys.executable, "-B", "-c", _MEASURED, text],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
                **_ENVIRONMENT,
                "PYTHONPATH": os.pathsep.join(map(str, path)),
            },
            check=True,
            capture_output=True,
            text=True,
        )
        _, cpu, memory = done.stdout.splitlines()[-1].split()
        return Start(float(cpu), float(memory))

    def _copy(self, place: Path, using: Compiler | None) -> None:
        unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(PROJECT / "functions", place / "functions", ignore=unwanted)
        shutil.copytree(PROJECT / "layers" / "connect_zendesk", place / "layer", ignore=unwanted)
        libraries = place / "libraries"
        for line in REQUIREMENTS.read_text("utf-8").splitlines():
            if "==" in line and not line.startswith((" ", "#")):
                _copy_library(line.partition("==")[0].partition("[")[0], libraries)
        if using is not None:
            add_bytecode(place, "/opt", using)


def _copy_library(name: str, to: Path) -> None:
    """Copy an installed library: the files that it says it has, but for its bytecode and scripts."""
    known = distribution(name)
    for file in known.files or ():
        if file.suffix != ".pyc" and ".." not in file.parts:
            target = to / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(str(known.locate_file(file))), target)


def measured(functions: tuple[Function, ...] = FUNCTIONS, rounds: int | None = None) -> list[StartUp]:
    """Measure each function's start."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        deployed = Deployed(Path(folder))
        for row in functions:
            text = f"import {row.module}"
            runs: dict[str, list[Start]] = {"ours": [], "libraries": [], "plain": []}
            for _ in range(rounds or ROUNDS):
                runs["ours"].append(deployed.start(text, row.folder, "compiled"))
                runs["libraries"].append(deployed.start(_LIBRARIES, row.folder, "compiled"))
                runs["plain"].append(deployed.start(text, row.folder, "plain"))
            cpu = {name: median(start.cpu for start in starts) for name, starts in runs.items()}
            memory = median(start.memory for start in runs["ours"])
            start = Start(cpu["ours"], memory)
            found.append(StartUp(row.key, start, cpu["libraries"], cpu["plain"]))
    return found


def main() -> int:
    """Measure and print; returns 1 where a budget is exceeded."""
    table = Table("function", "CPU", f"of the libraries, at most {BUDGET}", "of no bytecode", "MB")
    worst = 0.0
    for one in measured():
        worst = max(worst, one.ratio)
        row = (f"{one.start.cpu * 1e3:.0f} ms", f"{one.ratio:.2f}", f"{one.of_plain:.2f}")
        table.add_row(one.function, *row, f"{one.start.memory:.0f}")
    Console().print(table)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
