"""What a container makes as it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connect_zendesk.entrypoints.start import make_ready


def test_on_lambda_what_each_invocation_uses_is_made_as_the_container_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a function")
    make_ready(lambda: made.append("clients"), lambda: made.append("bus"))
    assert made == ["clients", "bus"]


def test_elsewhere_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    make_ready(lambda: pytest.fail("made"))


def test_what_cannot_be_made_is_left_to_the_first_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise KeyError("TABLE_NAME")

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a function")
    make_ready(fails)


FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
MODULES = [
    path
    for path in sorted(FUNCTIONS.glob("*/*.py"))
    if "\ndef handler(" in (text := path.read_text("utf-8")) and "connect_zendesk" in text
]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_function_that_needs_ours_ends_its_start(module: Path) -> None:
    assert module.read_text("utf-8").rpartition("\n\n\n")[2].startswith("make_ready(")


def test_on_lambda_no_garbage_is_collected_until_a_container_has_started() -> None:
    says = "import gc, connect_zendesk; print(gc.isenabled());"
    says += "from connect_zendesk.entrypoints.start import make_ready; make_ready();"
    says += "print(gc.isenabled(), gc.get_freeze_count() > 0)"
    done = subprocess.run(
        [sys.executable, "-c", says],
        env={**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "a function"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["False", "True", "True"]
