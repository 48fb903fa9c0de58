"""What can go wrong, in words: the one registry of faults, for commands and for whoever shows a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["seconds", "count", "yes or no", "endpoint", "fault"]


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


_COUNT = Argument("count", "count", "how many requests it hits; without it, all until it ends")
_LASTING = Argument("lasting", "seconds", "how long it lasts by the stand-in's clock")
_MATCHING = Argument("matching", "endpoint", 'the only endpoint it hits, such as "POST /api/v2/tickets"')

#: In the order in which one command switches them: what clears comes first.
KNOWN = (
    Known("clear", "End every fault that is on", (Argument("only", "fault", "the only fault that ends"),)),
    Known(
        "outage",
        "Answer 503",
        (_COUNT, _LASTING, Argument("retry_after", "seconds", "what Retry-After says"), _MATCHING),
    ),
    Known(
        "rate_limit",
        "Answer 429, with what is left of the time in Retry-After",
        (Argument("seconds", "seconds", "how long it lasts", needed=True), _MATCHING),
    ),
    Known(
        "slow",
        "Answer late, but do what is asked at once",
        (Argument("seconds", "seconds", "how late", needed=True), _COUNT, _LASTING, _MATCHING),
    ),
    Known(
        "lose_answer",
        "Break the connection before the answer",
        (
            Argument("after_write", "yes or no", "whether what was asked is done first", needed=True),
            Argument("count", "count", "how many requests it hits; null: all, absent: one"),
            _MATCHING,
        ),
    ),
    Known(
        "conflict", "Answer writes with 409 DatabaseConflict and do nothing", (_COUNT, _LASTING, _MATCHING)
    ),
    Known("revoke_tokens", "Stop every access token issued so far"),
    Known(
        "index_lag",
        "Let search see changes later or sooner, what is on its way included",
        (Argument("seconds", "seconds", "from a change until search sees it", needed=True), _LASTING),
    ),
    Known("repeat_webhooks", "Send webhook invocations twice", (_COUNT, _LASTING)),
)


def catalogue() -> list[dict[str, Any]]:
    """Return the faults as JSON values: name, what, and arguments with name, kind, what and needed."""
    return [
        {
            "name": known.name,
            "what": known.what,
            "arguments": [
                {"name": a.name, "kind": a.kind, "what": a.what, "needed": a.needed} for a in known.arguments
            ],
        }
        for known in KNOWN
    ]


def checked(known: Known, given: object) -> dict[str, Any]:
    """Return the arguments of a command, {} where it has none; ValueError where one cannot be."""
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
        if value is not None and not _fits(argument.kind, value):
            raise ValueError(f"{known.name}: {argument.name}: expected {argument.kind}, got {value!r}")
    return dict(given)


def _fits(kind: Kind, value: object) -> bool:
    if kind == "endpoint":
        return isinstance(value, str)
    if kind == "fault":
        return value in [known.name for known in KNOWN]
    if kind == "yes or no" or isinstance(value, bool):
        return kind == "yes or no" and isinstance(value, bool)
    # More than ten years of seconds would leave the calendar.
    limit = 10 * 366 * 86_400
    return isinstance(value, int if kind == "count" else (int, float)) and 0 <= value <= limit
