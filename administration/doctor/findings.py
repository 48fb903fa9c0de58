"""What a look at the living system says: something that is wrong, or something that was seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is. Where there is a fault, the command ends with 1."""

    NOTE = 1  #: left out on purpose, or worth knowing
    WARNING = 2  #: works, and loses something, or will not work for long
    FAULT = 3  #: does not work, or could not be looked at

    @property
    def label(self) -> str:
        """How it is written."""
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Attributes:
        name: the same in every run and release, for monitoring ("record-stream-elsewhere").
        what: what is wrong, in a sentence.
        why: what comes of it.
        cure: what to do, a line for each step; a command is on a line of its own.
        severity: how bad it is.
    """

    name: str
    what: str
    why: str
    cure: tuple[str, ...]
    severity: Severity = Severity.FAULT


@dataclass(frozen=True)
class Seen:
    """Something that is as it should be, or only said, with what it is inferred from, where it is."""

    what: str
    inferred_from: str = ""


#: What a look comes to.
Said = Finding | Seen
#: What looks at one area of a system; the system's type is `System`, which this module does not need.
Look = Callable[..., Iterator[Said]]


def fault(name: str, what: str, why: str, *cure: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(name, what, why, cure)


def warning(name: str, what: str, why: str, *cure: str) -> Finding:
    """Return a finding of something that works with a loss."""
    return Finding(name, what, why, cure, Severity.WARNING)


def note(name: str, what: str, why: str, *cure: str) -> Finding:
    """Return a finding of something that may be so on purpose."""
    return Finding(name, what, why, cure, Severity.NOTE)


def some(names: list[str], most: int = 8) -> str:
    """Return names, the first few of them and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
