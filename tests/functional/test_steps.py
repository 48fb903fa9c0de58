"""What takes its time says so before it begins, in a terminal and in a pipe."""

from io import StringIO

import pytest
from rich.console import Console

from local.steps import Steps


def steps(*, terminal: bool) -> tuple[Steps, StringIO]:
    written = StringIO()
    return Steps(Console(file=written, force_terminal=terminal, color_system=None, width=40)), written


def test_in_a_pipe_a_step_is_a_line_when_it_begins_and_a_line_when_it_is_done() -> None:
    shown, written = steps(terminal=False)
    with shown.step("AWS emulator"):
        assert written.getvalue() == "  AWS emulator …\n"
    assert written.getvalue() == "  AWS emulator …\n  AWS emulator 0.0 s\n"


def test_in_a_terminal_the_time_is_put_behind_the_step() -> None:
    shown, written = steps(terminal=True)
    with shown.step("AWS emulator"):
        assert written.getvalue() == "  AWS emulator"
    assert written.getvalue() == "  AWS emulator 0.0 s\n"


def test_a_long_step_is_not_broken_in_two() -> None:
    shown, written = steps(terminal=False)
    with shown.step("x" * 70):
        assert written.getvalue() == f"  {'x' * 70} …\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_why_a_step_failed_stands_on_a_line_of_its_own(terminal: bool) -> None:
    shown, written = steps(terminal=terminal)
    try:
        with shown.step("AWS emulator"):
            raise ValueError("no port [0]")
    except ValueError as error:
        shown.failed(error)
    assert written.getvalue().splitlines()[1:] == ["no port [0]"]
