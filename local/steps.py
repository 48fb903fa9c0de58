"""Steps that take their time, on a console: each is named as it begins, and has its seconds when done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from local.emulator.laptop import Step


class Steps:
    """Prints steps. In a terminal a step has one line; elsewhere, where lines are read whole, it has two."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._line_is_open = False

    def report(self, step: Step) -> None:
        """Print that a step begins, or, with its seconds, that it is done; a `Laptop` calls this."""
        name, in_place = f"  {step.name}", self._console.is_terminal
        if step.seconds is None:
            self._print(name if in_place else f"{name} …", end="" if in_place else "\n")
            self._line_is_open = in_place
        else:
            self._line_is_open = False
            self._print("" if in_place else name, Text(f" {step.seconds:.1f} s", "dim"))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Print a step around what the ``with`` block does."""
        self.report(Step(name))
        started = time.monotonic()
        yield
        self.report(Step(name, time.monotonic() - started))

    def failed(self, error: Exception) -> None:
        """Print why the last step is not going to be done."""
        if self._line_is_open:
            self._console.print()
        self._print(Text(str(error), "red"))

    def _print(self, *parts: str | Text, end: str = "\n") -> None:
        self._console.print(Text.assemble(*parts), end=end, soft_wrap=True)
