"""Doing a thing once, whatever is delivered again, killed, or lost on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from connect_zendesk.ledger.ledger import KEEP, Claim, Ledger, NotReady
from connect_zendesk.zendesk.errors import Later, ZendeskError

#: Whoever is at a step is mostly done with it long before the claim runs out; a queue waits longer each time.
_SOON_SECONDS = 5


def run_once(
    ledger: Ledger,
    partition: str,
    step: str,
    *,
    write: Callable[[Claim], Any],
    body: Callable[[], Any] = lambda: None,
    find: Callable[[Claim], Any] = lambda _: None,
    keep: timedelta = KEEP,
) -> Any:
    """Do a step unless it has been done, and return its result, which must not be None.

    ``write`` writes it and returns the result. ``body`` makes what is to be written, where that must not
    change: a retry gets what the first attempt made, as ``claim.body``. ``find`` is asked when an earlier
    attempt may have got through: it returns that attempt's result, or None where there is no trace of one;
    without it the thing is done again, which has to do no harm.

    Raises `NotReady` where somebody else is at it, and what ``write`` and ``find`` raise.
    """
    claim = ledger.claim(partition, step, body)
    if claim.state == "done":
        return claim.result
    if claim.state == "busy":
        raise NotReady("somebody else is at this step", min(claim.wait, _SOON_SECONDS))
    try:
        result = find(claim) if claim.state == "doubtful" else None
        if result is None:
            result = write(claim)
    except Exception as error:
        # Of Zendesk's errors it is known whether they may have been written all the same; of others nothing.
        doubtful = error.doubtful if isinstance(error, Later) else not isinstance(error, ZendeskError)
        ledger.release(claim, doubtful=doubtful)
        raise
    ledger.confirm(claim, result, keep)
    return result


@contextmanager
def exclusive_lock(ledger: Ledger, partition: str, step: str) -> Iterator[None]:
    """Keep everybody else from a ``with`` block while we are in it.

    Whoever dies in it keeps the others out until the lease has run out. Raises `NotReady` where somebody is
    in.
    """
    claim = ledger.claim(partition, step)
    if claim.state == "busy":
        raise NotReady("somebody else is at this", min(claim.wait, _SOON_SECONDS))
    try:
        yield
    except Exception:
        ledger.release(claim, doubtful=False)
        raise
    ledger.release(claim, doubtful=False)
