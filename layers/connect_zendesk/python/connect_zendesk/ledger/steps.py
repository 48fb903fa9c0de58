"""Idempotent steps and exclusive locks: a thing is done once, whatever is redelivered, killed, or lost.

A *step* is claimed with a lease before it is done, and confirmed after. A confirmed step is never repeated; a
fresh claim of another container means *retry later*; only when its lease has run out, or the outcome of an
attempt is unknown, is it looked up whether that attempt got through, before the thing is done again.

What an unfinished step is going to write can be personal: it has an item of its own (`schema.DRAFT`), which
is kept for a week. A step that is still unfinished then is drafted anew.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Literal

from connect_zendesk.errors import Conflict, ConnectZendeskError, RetryLater
from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.ledger import Ledger, Read
from connect_zendesk.ledger.schema import Step
from connect_zendesk.ledger.view import Outdated

_NEVER = float("inf")
#: A step is mostly done long before its lease has run out; a queue waits longer each time.
_SOON_SECONDS = 5


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


def run_once(
    ledger: Ledger,
    step: Step,
    *,
    write: Callable[[Claim], Any],
    draft: Callable[[], Draft] = Draft,
    find: Callable[[Claim], Any] = lambda _: None,
    draft_again: bool = False,
) -> Any:
    """Do a step unless it has been done, and return its result, which must not be None.

    ``write`` writes it and returns the result. ``draft`` makes what is to be written, where that must not
    change: a retry gets what the first attempt made, as ``claim.draft``; but with ``draft_again`` only where
    that may have got through. ``find`` is asked when the outcome of an earlier attempt is unknown: it returns
    that attempt's result, or None where there is no trace of one; without it the thing is done again, which
    has to do no harm.

    Raises `Conflict` where another container is at it, and what ``write`` and ``find`` raise.
    """
    taken = claim(ledger, step, draft)
    if taken.state == "done":
        return taken.result
    if taken.state == "in progress":
        raise Conflict("another container is at this step", min(taken.wait, _SOON_SECONDS))
    try:
        result = find(taken) if taken.state == "unknown" else None
        if result is None:
            result = write(taken)
    except Exception as error:
        # Of an error of ours it is known whether the thing may be done all the same; of others nothing.
        unknown = not isinstance(error, ConnectZendeskError)
        if isinstance(error, RetryLater):
            unknown = error.outcome_unknown
        if draft_again and not unknown and taken.state == "new":
            abandon(ledger, taken)
        else:
            release(ledger, taken, outcome_unknown=unknown)
        raise
    confirm(ledger, taken, result)
    return result


@contextmanager
def exclusive_lock(ledger: Ledger, step: Step) -> Iterator[Callable[[], bool]]:
    """Keep all others from a ``with`` block while we are in it.

    A container that dies in it keeps them out until the lease has run out. One that stands still for longer
    has lost the lock: the block gets a function that returns whether it still has it. Raises `Conflict` where
    another is in it.
    """
    taken = claim(ledger, step)
    if taken.state == "in progress":
        raise Conflict("another container is at this", min(taken.wait, _SOON_SECONDS))

    def is_held() -> bool:
        ledger.distrust(step.key.partition)
        entry = _entry(ledger, ledger.read(step.key).content, step)
        return entry is not None and _token(entry) == taken.token

    try:
        yield is_held
    except Exception:
        _unlock(ledger, taken)
        raise
    _unlock(ledger, taken)


@contextmanager
def lock_with_next_write(ledger: Ledger, step: Step) -> Iterator[None]:
    """Do as `exclusive_lock` does, in a view, without a request of its own.

    The lock is written with the first write of its item in the ``with`` block, which succeeds only if nothing
    has been written there since the view was read. Raises `Outdated` where something was, or where another
    container was in it when the view was read: what was decided until then may be wrong. And `Conflict` where
    another is in it.
    """
    now = ledger.clock()
    entry = _entry(ledger, ledger.read(step.key).content, step)
    if entry is not None and _is_held(entry, now):
        ledger.distrust(step.key.partition)
        entry = _entry(ledger, ledger.read(step.key).content, step)
        if entry is not None and _is_held(entry, now):
            wait = _seconds(datetime.fromisoformat(entry["until"]) - now)
            raise Conflict("another container is at this", min(wait, _SOON_SECONDS))
        raise Outdated("another container was at this", 1)
    mine = _claimed(ledger, step, {"since": now.isoformat(), "unknown": False, **(entry or {})})
    lock = Claim("new", step, token=_token(mine))
    with ledger.guard(step.key, lambda content: _with(content, step, mine)):
        try:
            yield
        finally:
            ledger.defer(step.key, lambda content: _with_own(ledger, lock, content, lambda _: None))


def claim(ledger: Ledger, step: Step, draft: Callable[[], Draft] = Draft) -> Claim:
    """Claim a step. ``draft`` is asked for by the first claim, and where its draft has been forgotten.

    It is kept once the step is claimed: so there is none that no claim knows of, and one only of each claim.
    """
    looked = False
    while True:
        held, now = ledger.read(step.key), ledger.clock()
        entry = _entry(ledger, held.content, step)
        if entry is None:
            entry = {"since": now.isoformat(), "life": token_hex(6), "unknown": False}
            made, is_kept = draft(), False
        elif entry["status"] == "done":
            return Claim("done", step, result=entry["result"])
        else:
            if _is_held(entry, now):
                if ledger.has_view(step.key.partition) and not looked:
                    ledger.distrust(step.key.partition)
                    looked = True
                    continue
                wait = _seconds(datetime.fromisoformat(entry["until"]) - now)
                return Claim("in progress", step, wait=wait)
            made, is_kept = _drafted_before(ledger, step, entry, draft)
            if entry["status"] == "claimed":  # by a container that crashed, and may have written
                entry = {**entry, "unknown": True, "doubt_ends": entry["until"]}
        entry = _claimed(ledger, step, {**_without_notes(entry), **_kept_of(made)})
        if written := _write(ledger, held, step, entry, step.in_progress):
            taken = Claim(
                "unknown" if entry["unknown"] else "new",
                step,
                draft=made,
                since=datetime.fromisoformat(entry["since"]),
                doubt_ends=_time_in(entry, "doubt_ends"),
                token=_token(entry),
                held=written,
            )
            if not is_kept and made.content is not None:
                try:
                    _keep(ledger, step, taken.token[0], made)
                except Exception:
                    release(ledger, taken, outcome_unknown=False)
                    raise
            return taken


def confirm(ledger: Ledger, claim: Claim, result: Any = None) -> None:
    """Note that a claimed step is done.

    Where the lease ran out meanwhile, another container is at it, looks, and finds what we wrote.
    """
    _change_own(ledger, claim, lambda _: {"status": "done", "result": result}, claim.step.key.keep)


def release(ledger: Ledger, claim: Claim, *, outcome_unknown: bool) -> None:
    """Give a claim back, so that a retry need not wait."""

    def released(entry: Mapping[str, Any]) -> dict[str, Any]:
        doubt = {"doubt_ends": (ledger.clock() + ledger.lease).isoformat()} if outcome_unknown else {}
        return {**entry, "status": "released", "unknown": entry["unknown"] or outcome_unknown, **doubt}

    _change_own(ledger, claim, released, claim.step.in_progress, over=False)


def abandon(ledger: Ledger, claim: Claim) -> None:
    """Forget a step that this claim could not do, so that the next to claim it begins anew.

    Not where another container has claimed it since: that may have done it, or be at it.
    """
    _replace(ledger, claim, lambda _: None, timedelta(0))


def redraft(ledger: Ledger, claim: Claim, draft: Draft) -> None:
    """Have a step that this claim could not do write something else.

    In the eyes of others it is begun all the time. Not where another container has claimed it since.
    """
    step, life = claim.step, token_hex(6)

    def anew(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**_without_notes(entry), "life": life, **_kept_of(draft)}

    if _replace(ledger, claim, anew, step.in_progress):
        _keep(ledger, step, life, draft)


def forget(ledger: Ledger, step: Step, result: Any) -> None:
    """Forget that a step was done with this result, so that it is done again."""
    while True:
        held = ledger.read(step.key)
        entry = _entry(ledger, held.content, step)
        if entry is None or entry["status"] != "done" or entry["result"] != result:
            return
        if _write(ledger, held, step, None, timedelta(0)):
            return


def intention(ledger: Ledger, step: Step) -> Draft | None:
    """Return what a step is going to write; of one that is done, its result as ``notes``."""
    entry = _entry(ledger, ledger.read(step.key).content, step)
    if entry is None:
        return None
    if entry["status"] == "done":
        return Draft(entry["result"])
    return _draft_of(ledger, step, entry)


def state_of(ledger: Ledger, step: Step) -> State:
    """Return the state that a claim on a step would have, without claiming it."""
    entry = _entry(ledger, ledger.read(step.key).content, step)
    if entry is None:
        return "new"
    if entry["status"] == "done":
        return "done"
    if entry["status"] == "claimed":
        return "in progress" if _is_held(entry, ledger.clock()) else "unknown"
    return "unknown" if entry["unknown"] else "new"


def is_begun(ledger: Ledger, content: Mapping[str, Any], step: Step) -> bool:
    """Return whether, by its item's ``content``, what a step is to write can still be written.

    Not any more where its draft is forgotten, and not where it never came to be kept.
    """
    entry = _entry(ledger, content, step)
    if entry is None or entry["status"] == "done":
        return False
    return _is_held(entry, ledger.clock()) or _draft_of(ledger, step, entry).content is not None


def result_of(ledger: Ledger, step: Step) -> Any:
    """Return the result of a step that is done, or None."""
    entry = _entry(ledger, ledger.read(step.key).content, step)
    return entry["result"] if entry is not None and entry["status"] == "done" else None


def _entry(ledger: Ledger, content: Mapping[str, Any], step: Step) -> dict[str, Any] | None:
    entry: dict[str, Any] | None = content.get("steps", {}).get(step.name)
    living = entry is not None and entry.get("expires_at", _NEVER) > ledger.clock().timestamp()
    return entry if living else None


def _time_in(entry: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(entry[name]) if name in entry else None


def _is_held(entry: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a container is at a step, and its lease holds."""
    return entry["status"] == "claimed" and datetime.fromisoformat(entry["until"]) > now


def _write(
    ledger: Ledger, held: Read, step: Step, entry: Mapping[str, Any] | None, own_keep: timedelta
) -> Read | None:
    """Write a step's entry, or None for none, where its item is still as it was.

    An item of its own is kept for ``own_keep``.
    """
    content = _with(held.content, step, entry)
    version = ledger.write(step.key, content, held.version, own_keep if step.is_own_item else None)
    return Read(content, version) if version is not None else None


def _with(content: Mapping[str, Any], step: Step, entry: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return an item's content with a step's entry, or without one."""
    steps = {**content.get("steps", {}), step.name: entry}
    return {**content, "steps": {name: kept for name, kept in steps.items() if kept is not None}}


def _replace(
    ledger: Ledger,
    claim: Claim,
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
    own_keep: timedelta,
) -> bool:
    """Change a step that no other has claimed since this claim; returns whether it was changed."""
    while True:
        held = ledger.read(claim.step.key)
        entry = _entry(ledger, held.content, claim.step)
        if entry is None or entry["status"] == "done" or _token(entry) != claim.token:
            return False
        if _write(ledger, held, claim.step, change(entry), own_keep):
            return True


def _change_own(
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
        ledger.defer(key, lambda content: _with_own(ledger, claim, content, change))
        return
    held = claim.held if claim.held is not None and not viewed else ledger.read(key)
    while (content := _with_own(ledger, claim, held.content, change)) is not None:
        if ledger.write(key, content, held.version, own_keep if claim.step.is_own_item else None):
            return
        held = ledger.read(key)


def _with_own(
    ledger: Ledger,
    claim: Claim,
    content: Mapping[str, Any],
    change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None],
) -> Mapping[str, Any] | None:
    """Return an item's content with the entry of a claim changed, None where it is not ours any more."""
    entry = _entry(ledger, content, claim.step)
    if entry is None or entry["status"] != "claimed" or _token(entry) != claim.token:
        return None
    return _with(content, claim.step, change(entry))


def _claimed(ledger: Ledger, step: Step, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step's entry as it is while this container is at it."""
    now = ledger.clock()
    return {
        **entry,
        "status": "claimed",
        "until": (now + ledger.lease).isoformat(),
        "expires_at": int((now + step.in_progress).timestamp()),
        "attempt": entry.get("attempt", 0) + 1,
    }


def _token(entry: Mapping[str, Any]) -> tuple[str, int]:
    """Return what distinguishes a claim from others on the same step: its life and its attempt.

    A step that was abandoned begins another life. Release 0.1 had neither.
    """
    return entry.get("life", entry["since"]), entry.get("attempt", 0)


def _unlock(ledger: Ledger, lock: Claim) -> None:
    _change_own(ledger, lock, lambda _: None, timedelta(0))


def _keep(ledger: Ledger, step: Step, life: str, draft: Draft) -> None:
    """Keep what a step is going to write in this life of it. Raises `Conflict` where another container has.

    What an earlier life has left there is replaced.
    """
    kept = {"life": life, "notes": draft.notes, "text": json.dumps(draft.content)}
    version = None
    while not ledger.write(step.draft, kept, version):
        known = ledger.read(step.draft)
        if known.content == kept:
            return
        if known.content.get("life") == life:
            raise Conflict("another container has taken over this step", _SOON_SECONDS)
        version = known.version


def _drafted_before(
    ledger: Ledger, step: Step, entry: Mapping[str, Any], draft: Callable[[], Draft]
) -> tuple[Draft, bool]:
    """Return the draft of a step's first claim, and whether it is kept; another one where it is forgotten.

    What release 0.1 drafted is kept before the claim, which can be written over it.
    """
    before = _draft_of(ledger, step, entry)
    if before.content is None:
        is_forgotten = entry.get("draft") or entry.get("schema_1")
        return (draft(), False) if is_forgotten else (before, True)
    if entry.get("schema_1"):
        _keep(ledger, step, _token(entry)[0], before)
    return before, True


def _without_notes(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("schema_1", "notes", "draft")}


def _kept_of(draft: Draft) -> dict[str, Any]:
    """Return what a step's entry says of its draft."""
    notes = {"notes": draft.notes} if draft.notes is not None else {}
    return notes | ({"draft": True} if draft.content is not None else {})


def _draft_of(ledger: Ledger, step: Step, entry: Mapping[str, Any]) -> Draft:
    """Return the draft of a step that is not done, without content where that is forgotten."""
    known = ledger.read(step.draft).content if entry.get("draft") else {}
    if known.get("life") == _token(entry)[0]:
        return Draft(known["notes"], json.loads(known["text"]))
    content = None
    if entry.get("schema_1"):
        item = ledger.read_all(step.key.partition).get(step.sort_in_schema_1)
        content = schema_1.draft(step, item) if item is not None and item["schema"] == 1 else None
    return Draft(entry.get("notes"), content)


def _seconds(duration: timedelta) -> int:
    return max(1, int(duration.total_seconds()))
