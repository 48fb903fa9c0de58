"""What the instance holds, from a world `{"users", "contacts", "queues"}` in the API's field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Held = dict[str, Any]

_PARTS = {"users": "agent", "contacts": "contact", "queues": "queue"}


class WorldError(ValueError):
    """A world that cannot be read; the message says where."""


@dataclass
class World:
    """Users, contacts and queues, each by id."""

    users: dict[str, Held] = field(default_factory=dict)
    contacts: dict[str, Held] = field(default_factory=dict)
    queues: dict[str, Held] = field(default_factory=dict)


def world_of(given: Mapping[str, Any]) -> World:
    """Read a world. An entry may be sparse: its id is that of its Arn where it has none.

    WorldError where a part has another name, or an entry is no object or names neither Id nor Arn.
    """
    if unknown := given.keys() - _PARTS.keys():
        raise WorldError(f"an Amazon Connect world has {', '.join(_PARTS)}, not {', '.join(sorted(unknown))}")
    return World(**{part: _by_id(part, [] if given.get(part) is None else given[part]) for part in _PARTS})


def in_instance(held: Mapping[str, Any], instance_id: str) -> bool:
    """Say whether an entry is of the instance asked for; one without an Arn is of any."""
    arn = held.get("Arn")
    return not arn or instance_of(str(arn)) == instance_of(instance_id)


def instance_of(text: str) -> str:
    """Return the instance id in an ARN, or the id itself."""
    return text.partition(":instance/")[2].split("/")[0] if ":instance/" in text else text


def _by_id(part: str, entries: Any) -> dict[str, Held]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise WorldError(f"{part} of an Amazon Connect world: expected a list of objects")
    found: dict[str, Held] = {}
    for entry in entries:
        number = (
            entry.get("Id")
            or entry.get(f"{part[:-1].title()}Id")
            or str(entry.get("Arn", "")).rpartition("/")[2]
        )
        if not number or number in found:
            raise WorldError(f"{part} of an Amazon Connect world: every entry has an Id or an Arn of its own")
        found[number] = {**entry, "Id": number}
    return found
