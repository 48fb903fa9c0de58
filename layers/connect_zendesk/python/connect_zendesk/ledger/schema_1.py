"""Reads what release 0.1 wrote (O6): schema 1.

Of a contact it had an item for each step, one for all legs, one for each place that a leg was reported to,
and one for each leg's files. Here those are entries of the contact's head and of its legs: an item is made of
them when it is first written, and is complete from then on. What release 0.1 wrote stays until it expires.
"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.ledger.items import Item
from connect_zendesk.ledger.schema import HEAD, LEG, OWN_ATTRIBUTES, Key, Step

#: Steps of a leg; the others of a contact are the contact's own.
_OF_LEGS = ("details", "voice", "accepted", "file", "files")
#: What release 0.1 locks a contact with to settle it: an item of its own.
LOCK = "step#settle"
_PARTITION = HEAD.partition.partition("{")[0]
_LEG = LEG.sort.partition("{")[0]


def needs_partition(key: Key) -> bool:
    """Return whether what is now one item was several."""
    return key.partition.startswith(_PARTITION) and (key.sort == HEAD.sort or key.sort.startswith(_LEG))


def content(key: Key, item: Item | None, others: Mapping[str, Item]) -> dict[str, Any]:
    """Return an item's content as this release has it. ``others``: the living ones of its partition."""
    if not needs_partition(key):
        return _own_step(item)
    root = key.partition.removeprefix(_PARTITION)
    if key.sort == HEAD.sort:
        head = {"head": _content(item)} if item is not None else {}
        return {**head, **_some("steps", _steps(root, None, others))}
    leg = key.sort.removeprefix(_LEG)
    legs = others.get("legs")
    known = legs["value"].get(leg, {}) if legs is not None else {}
    files = others.get(f"files#{leg}")
    return {
        **known,
        **({"files": files["value"]} if files is not None else {}),
        **_some("reports", _reports(leg, others)),
        **_some("steps", _steps(leg, leg, others)),
    }


def draft(step: Step, item: Item) -> Any:
    """Return what an unfinished step was going to write, from the item that it had."""
    return _parted(step.mark, item.get("body"))[1]


def leg_ids(others: Mapping[str, Item]) -> frozenset[str]:
    """Return the ids of the legs that are in the item for all legs."""
    legs = others.get("legs")
    return frozenset(legs["value"]) if legs is not None else frozenset()


def _reports(leg: str, others: Mapping[str, Item]) -> dict[str, Any]:
    found = {}
    for sort, item in others.items():
        name, _, place = sort.partition("~")
        if name == f"{_LEG}{leg}" and item["schema"] == 1:
            found[place or "0"] = {"fingerprints": item["fingerprints"], "updated": item["updated"]}
    return found


def _steps(name: str, leg: str | None, others: Mapping[str, Item]) -> dict[str, Any]:
    """Return the steps of a leg, or those of the contact; ``name`` is what is left out of their marks."""
    return {
        _mark(sort).replace(name, "", 1): _step(other)
        for sort, other in others.items()
        if _is_step(sort, other) and _leg_of(sort) == leg
    }


def _own_step(item: Item | None) -> dict[str, Any]:
    """Return the content of an item that is one step, or whose layout has not changed."""
    if item is None:
        return {}
    if "steps" in item:  # this release's, which release 0.1 has claimed without being able to read it
        return {"steps": item["steps"]}
    if "status" not in item:
        return _content(item)
    return {"steps": {"step": _step(item)}} if item["status"] != "abandoned" else {}


def _is_step(sort: str, item: Item) -> bool:
    return sort.startswith("step#") and item["schema"] == 1 and item["status"] != "abandoned"


def _step(item: Item) -> dict[str, Any]:
    """Return a step as an entry; ``schema_1`` says that its draft is where it was."""
    if item["status"] == "done":
        return {"status": "done", "result": item["result"]}
    return {
        "status": item["status"],
        "since": item["since"],
        "until": item["until"],
        "unknown": item["doubt"],
        "notes": _parted("", item["body"])[0],
        "expires_at": item["expires_at"],
        "schema_1": True,
    }


def _parted(mark: str, body: Any) -> tuple[Any, Any]:
    """Return notes and content of what was one body: the content is what is written, and personal."""
    if isinstance(body, dict):
        for name in ("text", "change"):
            if name in body:
                return {key: value for key, value in body.items() if key != name}, body[name]
    return None, body


def _leg_of(sort: str) -> str | None:
    kind, _, rest = _mark(sort).partition("#")
    return rest.partition("#")[0].partition("~")[0] if kind in _OF_LEGS else None


def _mark(sort: str) -> str:
    return sort.removeprefix("step#")


def _content(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in OWN_ATTRIBUTES}


def _some(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: values} if values else {}
