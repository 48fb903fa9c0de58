"""Exclusive locks: one container at a time is in a block. A lock is a step that is claimed and never done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger.claims import (
    SOON_SECONDS,
    Claim,
    change_own,
    claimed,
    entry_in,
    lease_holds,
    seconds,
    token_of,
    with_entry,
    with_own,
)
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import Step
from connect_zendesk.ledger.steps import claim
from connect_zendesk.ledger.view import Outdated


@contextmanager
def exclusive_lock(ledger: Ledger, step: Step) -> Iterator[Callable[[], bool]]:
    """Keep all others from a ``with`` block while we are in it.

    A container that dies in it keeps them out until the lease has run out. One that stands still for longer
    has lost the lock: the block gets a function that returns whether it still has it. Raises `Conflict` where
    another is in it.
    """
    taken = claim(ledger, step)
    if taken.state == "in progress":
        raise Conflict("another container is at this", min(taken.wait, SOON_SECONDS))

    def is_held() -> bool:
        ledger.distrust(step.key.partition)
        entry = entry_in(ledger, ledger.read(step.key).content, step)
        return entry is not None and token_of(entry) == taken.token

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
    entry = entry_in(ledger, ledger.read(step.key).content, step)
    if entry is not None and lease_holds(entry, now):
        ledger.distrust(step.key.partition)
        entry = entry_in(ledger, ledger.read(step.key).content, step)
        if entry is not None and lease_holds(entry, now):
            wait = seconds(datetime.fromisoformat(entry["until"]) - now)
            raise Conflict("another container is at this", min(wait, SOON_SECONDS))
        raise Outdated("another container was at this", 1)
    mine = claimed(ledger, step, {"since": now.isoformat(), "unknown": False, **(entry or {})})
    lock = Claim("new", step, token=token_of(mine))
    with ledger.guard(step.key, lambda content: with_entry(content, step, mine)):
        try:
            yield
        finally:
            ledger.defer(step.key, lambda content: with_own(ledger, lock, content, lambda _: None))


def _unlock(ledger: Ledger, lock: Claim) -> None:
    change_own(ledger, lock, lambda _: None, timedelta(0))
