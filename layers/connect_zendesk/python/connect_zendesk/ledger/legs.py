"""What is known of a contact's legs: when each began and ended (T8), what of it was reported, its files.

Contact events and records report a leg, in any order; either may be lost, and the other then says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import HEAD, LEG, ROOT_OF_LEG
from connect_zendesk.rules.contacts.contact import Leg

#: No chat lasts longer than a week: a leg whose end was not reported has ended by then.
_LONGEST = timedelta(days=8)
_TIMES = ("began", "ended", "joined", "method", "aside")
_SORT = LEG.sort.partition("{")[0]


@dataclass(frozen=True)
class Reported:
    """The states of a leg that have been reported, as fingerprints, and the time of the latest.

    ``aspects`` are digests of what the latest says, by name; none where an earlier release reported it.
    """

    fingerprints: tuple[str, ...]
    updated: datetime | None
    aspects: Mapping[str, str] = field(default_factory=dict)


def began(
    ledger: Ledger, root: str, leg: str, time: datetime, *, aside: bool = False, agent: int | None = None
) -> None:
    """Note that a leg is going on since then, with an ``agent`` (a Zendesk user id), where that is known.

    ``aside``: a task that does not hold the contact up (T8).
    """
    known: dict[str, Any] = {"began": time.isoformat(), **({"aside": "1"} if aside else {})}
    _note(ledger, root, leg, known | ({"agent": agent} if agent is not None else {}))


def ended(
    ledger: Ledger, root: str, leg: str, time: datetime, record: Leg | None = None
) -> Mapping[str, Any]:
    """Note that a leg ended then; returns all that is known of it.

    ``record`` is what its record says of it, where that has come.
    """
    known: dict[str, Any] = {"ended": time.isoformat()}
    if record is not None:
        known["method"] = record.initiation_method
        if _adds_a_person(record):
            joined = record.agent.connected if record.agent else None
            known["joined"] = (joined or record.began).isoformat()
        if record.is_side_task:
            known["aside"] = "1"
    return _note(ledger, root, leg, known)


def agent_of(ledger: Ledger, root: str, leg: str) -> int | None:
    """Return the Zendesk user id of the agent who accepted a leg, or None where it is not known."""
    agent: int | None = _content(ledger, root, leg).get("agent")
    return agent


def _adds_a_person(record: Leg) -> bool:
    """Return whether a leg adds a person to the conversation: an agent, or one outside, but no task (X6)."""
    return record.channel != "TASK" and (record.answered or record.is_external)


def times(ledger: Ledger, root: str) -> dict[str, dict[str, str]]:
    """Return what is known of the contact's legs, by their ids: some of began, ended, joined, method, aside.

    Legs of which neither an event nor a record has come are left out.
    """
    items = ledger.read_all(HEAD.key(root=root).partition)
    found = {
        sort.removeprefix(_SORT): item
        for sort, item in items.items()
        if sort.startswith(_SORT) and item["schema"] > 1
    }
    for leg in schema_1.leg_ids(items) - found.keys():
        found[leg] = schema_1.content(LEG.key(root=root, leg=leg), None, items)
    kept = {leg: {name: item[name] for name in _TIMES if name in item} for leg, item in found.items()}
    return {leg: known for leg, known in kept.items() if known}


def root_of(ledger: Ledger, leg: str) -> str | None:
    """Return the contact that a leg belongs to, or None where no record or event of it has come."""
    if _times(_content(ledger, leg, leg)):
        return leg
    later = ledger.recall(ROOT_OF_LEG.key(leg=leg))
    return str(later.value) if later is not None else None


def belongs(ledger: Ledger, leg: str, root: str) -> None:
    """Note which contact a leg belongs to."""
    ledger.remember_new(ROOT_OF_LEG.key(leg=leg), root)


def going_on(ledger: Ledger, root: str) -> bool:
    """Return whether a leg of the contact has begun and not ended, as far as is known; tasks aside (T8)."""
    oldest = (ledger.clock() - _LONGEST).isoformat()
    legs = times(ledger, root).values()
    return any("ended" not in leg and leg["began"] > oldest for leg in legs if "aside" not in leg)


def last_ended(ledger: Ledger, root: str) -> datetime | None:
    """Return when the last leg that is known to have ended did so, tasks aside, or None (T8)."""
    legs = times(ledger, root).values()
    ends = [leg["ended"] for leg in legs if "ended" in leg and "aside" not in leg]
    return datetime.fromisoformat(max(ends)) if ends else None


def end_of(ledger: Ledger, root: str, leg: str) -> str | None:
    """Return when a leg ended, in ISO 8601, or None where that was not reported."""
    return _times(_content(ledger, root, leg)).get("ended")


def reported(ledger: Ledger, root: str, leg: str, head: Head | None) -> Reported:
    """Return what of a leg has been reported on the ticket that the contact has by its ``head``."""
    known = _content(ledger, root, leg).get("reports", {}).get(_place(head), {})
    updated = known.get("updated")
    return Reported(
        tuple(known.get("fingerprints", ())),
        datetime.fromisoformat(updated) if updated else None,
        known.get("aspects", {}),
    )


def add_report(
    ledger: Ledger,
    root: str,
    leg: str,
    head: Head | None,
    fingerprint: str,
    updated: datetime,
    aspects: Mapping[str, str] | None = None,
) -> None:
    """Remember that this state of a leg, as of ``updated``, has been reported; ``aspects`` see `Reported`."""

    def add(content: Mapping[str, Any]) -> Mapping[str, Any]:
        reports = content.get("reports", {})
        known = reports.get(_place(head), {})
        fingerprints = list(known.get("fingerprints", ()))
        if fingerprint not in fingerprints:
            fingerprints.append(fingerprint)
        latest = max(updated.isoformat(), known.get("updated") or "")
        newest = latest == updated.isoformat() and aspects is not None
        now = {"fingerprints": fingerprints, "updated": latest}
        if (said := aspects if newest else known.get("aspects")) is not None:
            now["aspects"] = said
        steps = {name: _without_aspects(entry, said) for name, entry in content.get("steps", {}).items()}
        added = {**content, "reports": {**reports, _place(head): now}}
        return {**added, "steps": steps} if steps else added

    ledger.update(LEG.key(root=root, leg=leg), add)


def _without_aspects(entry: Mapping[str, Any], said: Mapping[str, str] | None) -> Mapping[str, Any]:
    """Return the entry of a step without what the report says, too."""
    result = entry.get("result")
    if said is None or not isinstance(result, Mapping) or result.get("aspects") != said:
        return entry
    return {**entry, "result": {name: value for name, value in result.items() if name != "aspects"}}


def has_step(ledger: Ledger, root: str, leg: str, kind: str) -> bool:
    """Return whether any step of this kind, such as *files*, has been begun for a leg."""
    return any(name.startswith(f"{kind}#") for name in _content(ledger, root, leg).get("steps", {}))


def file_metadata(ledger: Ledger, root: str, leg: str) -> Mapping[str, Any] | None:
    """Return what a leg's record says of its files, or None where none has come."""
    known: Mapping[str, Any] | None = _content(ledger, root, leg).get("files")
    return known


def keep_file_metadata(ledger: Ledger, root: str, leg: str, metadata: Mapping[str, Any]) -> None:
    """Keep what a record says of its leg's files, ``updated`` then, unless a newer one has."""

    def newest(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        known = content.get("files")
        if known is not None and _time(known) >= _time(metadata):
            return None
        return {**content, "files": metadata}

    ledger.update(LEG.key(root=root, leg=leg), newest)


def _note(ledger: Ledger, root: str, leg: str, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add to what is known of a leg. Of one that is known to others, it is written with what comes next."""
    key = LEG.key(root=root, leg=leg)

    def add(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if known.items() <= content.items():
            return None
        if leg != root and not _times(content):
            belongs(ledger, leg, root)
        return {**content, **known}

    if ledger.has_view(key.partition):
        item = ledger.read_all(key.partition).get(key.sort)
        if item is not None and item["schema"] > 1 and _times(item):
            ledger.defer(key, add)
            return ledger.read(key).content
    return ledger.update(key, add)


def _content(ledger: Ledger, root: str, leg: str) -> Mapping[str, Any]:
    return ledger.read(LEG.key(root=root, leg=leg)).content


def _times(content: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: content[name] for name in _TIMES if name in content}


def _time(metadata: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(metadata["updated"])


def _place(head: Head | None) -> str:
    """Return under what name it is kept that a leg was reported: anew for each ticket of the contact."""
    if head is None:
        return "0"
    return str(head.moved) if head.ticket is not None else "none"
