"""What came of a visit of a block."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The error of everything for which there is no other.
ERROR = "NoMatchingError"


@dataclass(frozen=True)
class Outcome:
    """What came of a visit: the result that conditions are held against, an error, or the flow's end.

    ``compared``: the block goes on by conditions, with a result or without. ``said`` is what a participant
    hears or reads, ``attributes`` what was set, ``answer`` what a function answered, ``flow`` where a
    transfer leads.
    """

    result: str | None = None
    error: str | None = None
    ends: str | None = None
    flow: str | None = None
    compared: bool = False
    said: str | None = None
    note: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None
