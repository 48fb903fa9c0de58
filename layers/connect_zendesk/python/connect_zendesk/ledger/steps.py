"""Idempotent steps: a thing is done once, whatever is redelivered, killed, or lost.

A *step* is claimed with a lease before it is done, and confirmed after. A confirmed step is never repeated; a
fresh claim of another container means *retry later*; only when its lease has run out, or the outcome of an
attempt is unknown, is it looked up whether that attempt got through, before the thing is done again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from connect_zendesk.errors import Conflict, ConnectZendeskError, RetryLater
from connect_zendesk.ledger import drafts
from connect_zendesk.ledger.claims import (
    SOON_SECONDS,
    Claim,
    Draft,
    State,
    change_own,
    claimed,
    entry_in,
    lease_holds,
    put_entry,
    replace_entry,
    seconds,
    time_in,
    token_of,
)
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import Step


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
        raise Conflict("another container is at this step", min(taken.wait, SOON_SECONDS))
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


def claim(ledger: Ledger, step: Step, draft: Callable[[], Draft] = Draft) -> Claim:
    """Claim a step. ``draft`` is asked for by the first claim, and where its draft has been forgotten.

    It is kept once the step is claimed: so there is none that no claim knows of, and one only of each claim.
    """
    looked = False
    while True:
        held, now = ledger.read(step.key), ledger.clock()
        entry = entry_in(ledger, held.content, step)
        if entry is None:
            entry = {"since": now.isoformat(), "life": token_hex(6), "unknown": False}
            made, is_kept = draft(), False
        elif entry["status"] == "done":
            return Claim("done", step, result=entry["result"])
        else:
            if lease_holds(entry, now):
                if ledger.has_view(step.key.partition) and not looked:
                    ledger.distrust(step.key.partition)
                    looked = True
                    continue
                wait = seconds(datetime.fromisoformat(entry["until"]) - now)
                return Claim("in progress", step, wait=wait)
            made, is_kept = drafts.drafted_before(ledger, step, entry, draft)
            if entry["status"] == "claimed":  # by a container that crashed, and may have written
                entry = {**entry, "unknown": True, "doubt_ends": entry["until"]}
        entry = claimed(ledger, step, {**drafts.without_notes(entry), **drafts.kept_of(made)})
        if written := put_entry(ledger, held, step, entry, step.in_progress):
            taken = Claim(
                "unknown" if entry["unknown"] else "new",
                step,
                draft=made,
                since=datetime.fromisoformat(entry["since"]),
                doubt_ends=time_in(entry, "doubt_ends"),
                token=token_of(entry),
                held=written,
            )
            if not is_kept and made.content is not None:
                try:
                    drafts.keep(ledger, step, taken.token[0], made)
                except Exception:
                    release(ledger, taken, outcome_unknown=False)
                    raise
            return taken


def confirm(ledger: Ledger, claim: Claim, result: Any = None) -> None:
    """Note that a claimed step is done.

    Where the lease ran out meanwhile, another container is at it, looks, and finds what we wrote.
    """
    change_own(ledger, claim, lambda _: {"status": "done", "result": result}, claim.step.key.keep)


def release(ledger: Ledger, claim: Claim, *, outcome_unknown: bool) -> None:
    """Give a claim back, so that a retry need not wait."""

    def released(entry: Mapping[str, Any]) -> dict[str, Any]:
        doubt = {"doubt_ends": (ledger.clock() + ledger.lease).isoformat()} if outcome_unknown else {}
        return {**entry, "status": "released", "unknown": entry["unknown"] or outcome_unknown, **doubt}

    change_own(ledger, claim, released, claim.step.in_progress, over=False)


def abandon(ledger: Ledger, claim: Claim) -> None:
    """Forget a step that this claim could not do, so that the next to claim it begins anew.

    Not where another container has claimed it since: that may have done it, or be at it.
    """
    replace_entry(ledger, claim, lambda _: None, timedelta(0))


def redraft(ledger: Ledger, claim: Claim, draft: Draft) -> None:
    """Have a step that this claim could not do write something else.

    In the eyes of others it is begun all the time. Not where another container has claimed it since.
    """
    step, life = claim.step, token_hex(6)

    def anew(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**drafts.without_notes(entry), "life": life, **drafts.kept_of(draft)}

    if replace_entry(ledger, claim, anew, step.in_progress):
        drafts.keep(ledger, step, life, draft)


def forget(ledger: Ledger, step: Step, result: Any) -> None:
    """Forget that a step was done with this result, so that it is done again."""
    while True:
        held = ledger.read(step.key)
        entry = entry_in(ledger, held.content, step)
        if entry is None or entry["status"] != "done" or entry["result"] != result:
            return
        if put_entry(ledger, held, step, None, timedelta(0)):
            return


def intention(ledger: Ledger, step: Step) -> Draft | None:
    """Return what a step is going to write; of one that is done, its result as ``notes``."""
    entry = entry_in(ledger, ledger.read(step.key).content, step)
    if entry is None:
        return None
    if entry["status"] == "done":
        return Draft(entry["result"])
    return drafts.draft_of(ledger, step, entry)


def state_of(ledger: Ledger, step: Step) -> State:
    """Return the state that a claim on a step would have, without claiming it."""
    entry = entry_in(ledger, ledger.read(step.key).content, step)
    if entry is None:
        return "new"
    if entry["status"] == "done":
        return "done"
    if entry["status"] == "claimed":
        return "in progress" if lease_holds(entry, ledger.clock()) else "unknown"
    return "unknown" if entry["unknown"] else "new"


def is_begun(ledger: Ledger, content: Mapping[str, Any], step: Step) -> bool:
    """Return whether, by its item's ``content``, what a step is to write can still be written.

    Not any more where its draft is forgotten, and not where it never came to be kept.
    """
    entry = entry_in(ledger, content, step)
    if entry is None or entry["status"] == "done":
        return False
    return lease_holds(entry, ledger.clock()) or drafts.draft_of(ledger, step, entry).content is not None


def result_of(ledger: Ledger, step: Step) -> Any:
    """Return the result of a step that is done, or None."""
    entry = entry_in(ledger, ledger.read(step.key).content, step)
    return entry["result"] if entry is not None and entry["status"] == "done" else None
