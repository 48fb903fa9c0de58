"""Whether an event matches a pattern, as EventBridge has it: as much of that as the stack's rules use."""

import re
from collections.abc import Mapping
from typing import Any

_ABSENT = {"exists": False}
_EITHER, _WILDCARD, _PREFIX = "$or", "wildcard", "prefix"


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Return whether an event, or a part of one, has what a pattern asks for.

    A list in the pattern is what a value may be, a wildcard that it matches, what it begins with, or that
    there is none; of a list in the event one value is enough. `$or` takes any of several patterns.

    Raises ValueError for any other operator.
    """
    if not isinstance(event, Mapping):
        return False
    return all(_fits(name, wanted, event) for name, wanted in pattern.items())


def _fits(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == _EITHER:
        return any(matches(alternative, event) for alternative in wanted)
    if isinstance(wanted, Mapping):
        return matches(wanted, event.get(name))
    if any(isinstance(value, Mapping | list) and not _is_operator(value) for value in wanted):
        raise ValueError(f"{name}: an operator of EventBridge that is not known here")
    if _ABSENT in wanted:
        return name not in event
    if name not in event:
        return False
    found = event[name] if isinstance(event[name], list | tuple) else [event[name]]
    return any(_is_one(value, one) for value in wanted for one in found)


def _is_operator(value: Any) -> bool:
    return isinstance(value, Mapping) and (list(value) in ([_WILDCARD], [_PREFIX]) or value == _ABSENT)


def _is_one(wanted: Any, found: Any) -> bool:
    if _is_operator(wanted) and _PREFIX in wanted:
        return isinstance(found, str) and found.startswith(wanted[_PREFIX])
    if _is_operator(wanted):
        pattern = ".*".join(map(re.escape, wanted[_WILDCARD].split("*")))
        return isinstance(found, str) and re.fullmatch(pattern, found, re.DOTALL) is not None
    # True is not 1: their types distinguish them.
    return type(wanted) is type(found) and bool(wanted == found)
