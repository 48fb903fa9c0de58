"""What is known of a fault, in words: for commands, and for a page that shows a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["seconds", "count", "yes or no", "endpoint", "fault", "text", "status", "body"]

#: What an answer that is not the service's own may hold.
BODIES = ("html", "text", "json", "empty")

_LONGEST = 10 * 366 * 86_400  # more than ten years of seconds would leave the calendar


@dataclass(frozen=True)
class Argument:
    """An argument of a fault; one that is not needed may be left out or null."""

    name: str
    kind: Kind
    what: str
    needed: bool = False


@dataclass(frozen=True)
class Known:
    """A fault by the name of its method in `Faults`."""

    name: str
    what: str
    arguments: tuple[Argument, ...] = ()


COUNT = Argument("count", "count", "how many requests it hits; without it, all until it ends")
LASTING = Argument("lasting", "seconds", "how long it lasts by the stand-in's clock")
MATCHING = Argument("matching", "endpoint", "the only endpoint it hits, as the stand-in counts requests")

CLEAR = Known("clear", "End every fault that is on", (Argument("only", "fault", "the only fault that ends"),))
SLOW = Known(
    "slow",
    "Answer late, but do what is asked at once",
    (Argument("seconds", "seconds", "how late", needed=True), COUNT, LASTING, MATCHING),
)
LOSE_ANSWER = Known(
    "lose_answer",
    "Break the connection before the answer",
    (
        Argument("after_write", "yes or no", "whether what was asked is done first", needed=True),
        Argument("count", "count", "how many requests it hits; null: all, absent: one"),
        MATCHING,
    ),
)

HANG = Known("hang", "Take requests, do nothing and say nothing", (COUNT, LASTING, MATCHING))


def as_json(catalogue: tuple[Known, ...]) -> list[dict[str, Any]]:
    """Return faults as JSON values: name, what, and arguments with name, kind, what and needed."""
    return [
        {"name": known.name, "what": known.what, "arguments": [asdict(one) for one in known.arguments]}
        for known in catalogue
    ]


def chosen(catalogue: tuple[Known, ...], commands: Mapping[str, Any]) -> list[tuple[Known, dict[str, Any]]]:
    """Return the faults that `{"outage": {"count": 2}}` names with their arguments, in the catalogue's order.

    An argument list may be null or true where none is needed. ValueError for a name or an argument that does
    not exist or cannot be.
    """
    names = [known.name for known in catalogue]
    if unknown := commands.keys() - set(names):
        raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return [
        (known, _checked(known, commands[known.name], names)) for known in catalogue if known.name in commands
    ]


def _checked(known: Known, given: object, names: list[str]) -> dict[str, Any]:
    if given is None or given is True:
        given = {}
    if not isinstance(given, Mapping):
        raise ValueError(f"{known.name}: expected an object with its arguments")
    arguments = {argument.name: argument for argument in known.arguments}
    if unknown := given.keys() - arguments.keys():
        there = ", ".join(arguments) or "none"
        raise ValueError(f"{known.name}: no argument {', '.join(map(str, unknown))}; there are {there}")
    for argument in known.arguments:
        value = given.get(argument.name)
        if value is None and argument.needed:
            raise ValueError(f"{known.name}: {argument.name} is needed ({argument.what})")
        if value is not None and not _fits(argument.kind, value, names):
            raise ValueError(f"{known.name}: {argument.name}: expected {argument.kind}, got {value!r}")
    return dict(given)


def _fits(kind: Kind, value: object, names: list[str]) -> bool:
    if kind == "endpoint":
        return isinstance(value, str)
    if kind == "fault":
        return value in names
    if kind == "yes or no" or isinstance(value, bool):
        return kind == "yes or no" and isinstance(value, bool)
    if kind == "body":
        return value in BODIES
    if kind == "text":
        return isinstance(value, str | int | float)  # a command line reads digits as a number
    if kind == "status":
        return isinstance(value, int) and 400 <= value <= 599
    return isinstance(value, int if kind == "count" else (int, float)) and 0 <= value <= _LONGEST
