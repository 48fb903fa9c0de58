"""Each benchmark still runs. What it measures is looked at by hand: a busy machine would fail any limit."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

#: What makes each of them short.
SHORT: Mapping[str, Mapping[str, Any]] = {
    "bench": {"ROUNDS": 1, "FEW": 2, "MANY": 4, "QUIET_MINUTES": 1, "BUSY_MINUTES": 1},
    "contacts": {"FEW": 2, "MANY": 4},
    "own_work": {"ROUNDS": 2, "TIMES": 2},
    "start_up": {"ROUNDS": 1},
    "transcripts": {"SIZES": {"yajl2_c": (0.1, 0.2), "python": (0.1, 0.2)}},
}
BENCHMARKS = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef main(" in path.read_text()
)


@pytest.mark.long
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_shows_what_it_measured(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark = importlib.import_module(f"tests.benchmarks.{name}")
    for constant, value in SHORT[name].items():
        monkeypatch.setattr(benchmark, constant, value)
    assert benchmark.main() in (0, 1)
    rows = [line for line in capsys.readouterr().out.splitlines() if any(digit.isdigit() for digit in line)]
    assert len(rows) >= 2
