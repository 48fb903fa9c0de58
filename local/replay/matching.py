"""Whether an event matches a pattern, as EventBridge has it: as much of that as the stack's rules use."""

from collections.abc import Mapping
from typing import Any

_EITHER = "$or"


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Tell whether an event, or a part of one, has what a pattern asks for.

    A list in the pattern is what a value may be; of a list in the event one value is enough. `$or` takes any
    of several patterns. Raises ValueError for an operator that is not known here.
    """
    if not isinstance(event, Mapping):
        return False
    return all(_fits(name, wanted, event) for name, wanted in pattern.items())


def _fits(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == _EITHER:
        return any(matches(alternative, event) for alternative in wanted)
    if isinstance(wanted, Mapping):
        return matches(wanted, event.get(name))
    if any(isinstance(value, Mapping | list) for value in wanted):
        raise ValueError(f"{name}: an operator of EventBridge that is not known here")
    if name not in event:
        return False
    found = event[name] if isinstance(event[name], list | tuple) else [event[name]]
    # True is not 1: their types tell them apart.
    return any(type(value) is type(one) and value == one for value in wanted for one in found)
