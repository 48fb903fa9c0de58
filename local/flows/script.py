"""What happens at the blocks of a flow that is walked: keys, time-outs, errors, answers, hang-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from local.replay.inputs import BadInput


@dataclass(frozen=True)
class Happening:
    """What happens at one visit of a block. Where nothing is said, no key is pressed and everything succeeds.

    ``keys``: what a caller presses. ``error``: the ErrorType that the block ends in. ``hang_up``: the
    customer leaves there. ``intent`` and ``slots``: what a bot understood. ``result``: what a check finds,
    such as ``False`` for hours, or a number of agents. ``answer``: what a function answers, in place of
    asking it. ``seconds``: how long a function takes.
    """

    keys: str | None = None
    error: str | None = None
    hang_up: bool = False
    intent: str | None = None
    slots: Mapping[str, str] | None = None
    result: str | None = None
    answer: Any = None
    seconds: float = 0

    def __str__(self) -> str:
        given = [(each.name, getattr(self, each.name)) for each in fields(self)]
        return ", ".join(f"{name} {value}" for name, value in given if value not in (None, False, 0))


Script = Mapping[str, tuple[Happening, ...]]


def read_script(content: Mapping[str, Any]) -> Script:
    """Return a script from JSON or TOML: by the blocks' identifiers, what happens at each visit.

    A text is keys that are pressed, a table is a `Happening`, a list has one of these for each visit.
    Raises `BadInput`.
    """
    return {
        block: tuple(_happening(block, each) for each in (said if isinstance(said, list) else [said]))
        for block, said in content.items()
    }


def _happening(block: str, said: Any) -> Happening:
    if isinstance(said, str):
        return Happening(keys=said)
    known = {each.name for each in fields(Happening)}
    if not isinstance(said, dict) or not said.keys() <= known:
        raise BadInput(
            f"at {block!r}: expected keys that are pressed, or a table of {', '.join(sorted(known))}"
        )
    return Happening(**said)
