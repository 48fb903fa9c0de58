"""What the instances hold, from a world of instances, users, contacts, queues and what else `_PARTS` lists.

Everything is in the API's field names; a contact may be a contact record instead. `flows`, `quick_connects`
and `task_templates` need no more than ids: without them, every such id is taken for one that exists.
`voice_id` holds a domain's `speakers` and `sessions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Held = dict[str, Any]

_PARTS = ("instances", "users", "contacts", "queues", "flows", "quick_connects", "task_templates")
_VOICE_ID = {
    "speakers": ("CustomerSpeakerId", "GeneratedSpeakerId"),
    "sessions": ("SessionName", "SessionId"),
}


class WorldError(ValueError):
    """A world that cannot be read; the message says where."""


@dataclass
class World:
    """What there is, each part by id; speakers and sessions of Voice ID by each of their two ids."""

    instances: dict[str, Held] = field(default_factory=dict)
    users: dict[str, Held] = field(default_factory=dict)
    contacts: dict[str, Held] = field(default_factory=dict)
    queues: dict[str, Held] = field(default_factory=dict)
    flows: dict[str, Held] = field(default_factory=dict)
    quick_connects: dict[str, Held] = field(default_factory=dict)
    task_templates: dict[str, Held] = field(default_factory=dict)
    speakers: dict[str, Held] = field(default_factory=dict)
    sessions: dict[str, Held] = field(default_factory=dict)


def world_of(given: Mapping[str, Any]) -> World:
    """Read a world. An entry may be sparse: its id is that of its Arn where it has none.

    WorldError where a part has another name, or an entry is no object or names neither Id nor Arn.
    """
    if unknown := given.keys() - {*_PARTS, "voice_id"}:
        parts = ", ".join((*_PARTS, "voice_id"))
        raise WorldError(f"an Amazon Connect world has {parts}, not {', '.join(sorted(unknown))}")
    world = World(**{part: _by_id(part, [] if given.get(part) is None else given[part]) for part in _PARTS})
    domain = given.get("voice_id") or {}
    if not isinstance(domain, dict) or domain.keys() - _VOICE_ID.keys():
        raise WorldError(f"voice_id of an Amazon Connect world has {', '.join(_VOICE_ID)}")
    world.speakers, world.sessions = (_by_names(part, domain.get(part) or []) for part in _VOICE_ID)
    return world


def in_instance(held: Mapping[str, Any], instance_id: str) -> bool:
    """Return whether an entry is of the instance asked for; one without an ARN is of any."""
    arn = held.get("InstanceARN") or held.get("Arn")
    return not arn or instance_of(str(arn)) == instance_of(instance_id)


def instance_of(text: str) -> str:
    """Return the instance id in an ARN, or the id itself."""
    return text.partition(":instance/")[2].split("/")[0] if ":instance/" in text else text


def _by_id(part: str, entries: Any) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for entry in _objects(part, entries):
        number = (
            entry.get("Id")
            or entry.get(f"{part[:-1].title()}Id")
            or str(entry.get("Arn", "")).rpartition("/")[2]
        )
        if not number or number in found:
            raise WorldError(f"{part} of an Amazon Connect world: every entry has an Id or an Arn of its own")
        found[number] = {**entry, "Id": number}
    return found


def _by_names(part: str, entries: Any) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for entry in _objects(part, entries):
        names = [str(entry[name]) for name in _VOICE_ID[part] if entry.get(name)]
        if not names or found.keys() & names:
            wanted = " or a ".join(_VOICE_ID[part])
            raise WorldError(f"{part} of an Amazon Connect world: every entry has a {wanted} of its own")
        found |= dict.fromkeys(names, entry)
    return found


def _objects(part: str, entries: Any) -> list[Held]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise WorldError(f"{part} of an Amazon Connect world: expected a list of objects")
    return entries
