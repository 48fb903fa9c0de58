"""Claims on a step: which container is at it, until when, and how its entry in an item changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from connect_zendesk.ledger.ledger import Ledger, Read
from connect_zendesk.ledger.schema import Step

_NEVER = float("inf")
#: A step is mostly done long before its lease has run out; a queue waits longer each time.
SOON_SECONDS = 5

State = Literal["new", "unknown", "done", "in progress"]


@dataclass(frozen=True)
class Draft:
    """What a step is going to write. ``notes`` (nothing personal) stay with it, ``content`` does not."""

    notes: Mapping[str, Any] | None = None
    content: Any = None


@dataclass(frozen=True)
class Claim:
    """A claim on a step.

    ``state``: *new*, there was no attempt before; *unknown*, an attempt was made whose outcome is not known;
    *done*, with the ``result``; *in progress*, another container's, for ``wait`` seconds more. ``draft`` is
    what the first to claim it was going to write: a retry writes the same. ``since`` is when it was first
    claimed. ``doubt_ends``: a lease after the latest attempt whose outcome is not known.
    """

    state: State
    step: Step
    draft: Draft = Draft()
    result: Any = None
    since: datetime | None = None
    doubt_ends: datetime | None = None
    wait: int = 0
    token: tuple[str, int] = ("", 0)
    held: Read | None = None


def entry_in(ledger: Ledger, content: Mapping[str, Any], step: Step) -> dict[str, Any] | None:
    """Return a step's entry in the ``content`` of its item, or None: never claimed, abandoned, or expired."""
    entry: dict[str, Any] | None = content.get("steps", {}).get(step.name)
    living = entry is not None and entry.get("expires_at", _NEVER) > ledger.clock().timestamp()
    return entry if living else None


def time_in(entry: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time of an entry, or None where it has none by this ``name``."""
    return datetime.fromisoformat(entry[name]) if name in entry else None


def lease_holds(entry: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a container is at a step, and its lease holds."""
    return entry["status"] == "claimed" and datetime.fromisoformat(entry["until"]) > now


def token_of(entry: Mapping[str, Any]) -> tuple[str, int]:
    """Return what distinguishes a claim from others on the same step: its life and its attempt.

    A step that was abandoned begins another life. Release 0.1 had neither.
    """
    return entry.get("life", entry["since"]), entry.get("attempt", 0)


def claimed(ledger: Ledger, step: Step, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step's entry as it is while this container is at it."""
    now = ledger.clock()
    return {
        **entry,
        "status": "claimed",
        "until": (now + ledger.lease).isoformat(),
        "expires_at": int((now + step.in_progress).timestamp()),
        "attempt": entry.get("attempt", 0) + 1,
    }


def put_entry(
    ledger: Ledger, held: Read, step: Step, entry: Mapping[str, Any] | None, own_keep: timedelta
) -> Read | None:
    """Write a step's entry, or None for none, where its item is still as it was.

    An item of its own is kept for ``own_keep``.
    """
    content = with_entry(held.content, step, entry)
    version = ledger.write(step.key, content, held.version, own_keep if step.is_own_item else None)
    return Read(content, version) if version is not None else None


def replace_entry(
    ledger: Ledger,
    claim: Claim,
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
    own_keep: timedelta,
) -> bool:
    """Change a step that no other has claimed since this claim; returns whether it was changed."""
    while True:
        held = ledger.read(claim.step.key)
        entry = entry_in(ledger, held.content, claim.step)
        if entry is None or entry["status"] == "done" or token_of(entry) != claim.token:
            return False
        if put_entry(ledger, held, claim.step, change(entry), own_keep):
            return True


def change_own(
    ledger: Ledger,
    claim: Claim,
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
    own_keep: timedelta,
    *,
    over: bool = True,
) -> None:
    """Change the entry of a claim that is still ours; ``over``: the step is, which can be said later."""
    key, viewed = claim.step.key, ledger.has_view(claim.step.key.partition)
    if viewed and over and not claim.step.is_own_item:
        ledger.defer(key, lambda content: with_own(ledger, claim, content, change))
        return
    held = claim.held if claim.held is not None and not viewed else ledger.read(key)
    while (content := with_own(ledger, claim, held.content, change)) is not None:
        if ledger.write(key, content, held.version, own_keep if claim.step.is_own_item else None):
            return
        held = ledger.read(key)


def with_own(
    ledger: Ledger,
    claim: Claim,
    content: Mapping[str, Any],
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
) -> Mapping[str, Any] | None:
    """Return an item's content with the entry of a claim changed, None where it is not ours any more."""
    entry = entry_in(ledger, content, claim.step)
    if entry is None or entry["status"] != "claimed" or token_of(entry) != claim.token:
        return None
    return with_entry(content, claim.step, change(entry))


def with_entry(content: Mapping[str, Any], step: Step, entry: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return an item's content with a step's entry, or without one."""
    steps = {**content.get("steps", {}), step.name: entry}
    return {**content, "steps": {name: kept for name, kept in steps.items() if kept is not None}}


def seconds(duration: timedelta) -> int:
    """Return a duration in whole seconds, one at least."""
    return max(1, int(duration.total_seconds()))
