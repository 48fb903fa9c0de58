"""What reading and rendering a contact file takes: `python -m tests.benchmarks.transcripts`, on Linux.

Memory is that of a process of its own, at its highest, above what it was before; it must not grow with the
file. Time is told as a ratio, so that the machine does not matter: to what `json.load` takes for the same
file. Both with the compiled parser, and with the one in pure Python, which is there where that cannot be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks import long_conversations

#: Megabytes, by parser; the one in pure Python needs minutes for more.
SIZES = {"yajl2_c": (1, 10, 50), "python": (1, 10)}
#: Bytes that the highest memory at the largest file may be above that at the smallest.
BUDGET = 4_000_000

_MEASURED = """
import json, sys
from pathlib import Path
from time import perf_counter
import ijson
from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.rules.transcripts.transcript_comment import TranscriptView, render
from tests.benchmarks import long_conversations
kind, path, backend = sys.argv[1], Path(sys.argv[2]), ijson.get_backend(sys.argv[3])
ijson.basic_parse, ijson.items = backend.basic_parse, backend.items

class Sink:
    written = 0
    def write(self, text):
        Sink.written += len(text)
    def next_part(self):
        pass

def highest():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(status["VmHWM"].split()[0]) * 1024

before, began = highest(), perf_counter()
conversation = contact_files.open(long_conversations.file_of(kind), path)
rendered = render(conversation, TranscriptView("Europe/London"), Sink())
took, grown = perf_counter() - began, highest() - before
began = perf_counter()
with path.open() as stream:
    json.load(stream)
print(json.dumps({"memory": grown, "ratio": took / (perf_counter() - began), "turns": rendered.turns}))
"""


def measured(kind: str, path: Path, backend: str) -> tuple[int, float, int]:
    """Return what memory was added at the most, the ratio of times, and how many turns there were."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, kind, str(path), backend],
        env={"PYTHONPATH": ".:layers/connect_zendesk/python"},
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    return int(told["memory"]), told["ratio"], int(told["turns"])


def main() -> int:
    """Measure and print; returns 1 where memory grows with the file."""
    table = Table("file", "parser", "size", "turns", "memory", "time, to json.load")
    grows = False
    with tempfile.TemporaryDirectory() as folder:
        for kind in long_conversations.KEYS:
            for backend, sizes in SIZES.items():
                results = {}
                for size in sizes:
                    path = Path(folder) / f"{kind}-{size}.json"
                    long_conversations.write(path, kind, size * 1_000_000)
                    results[size] = measured(kind, path, backend)
                    path.unlink()
                for size, (memory, ratio, turns) in results.items():
                    table.add_row(
                        kind, backend, f"{size} MB", f"{turns:,}", f"{memory / 1e6:.1f} MB", f"{ratio:.1f}"
                    )
                grows |= results[sizes[-1]][0] - results[sizes[0]][0] > BUDGET
    Console().print(table)
    return 1 if grows else 0


if __name__ == "__main__":
    sys.exit(main())
