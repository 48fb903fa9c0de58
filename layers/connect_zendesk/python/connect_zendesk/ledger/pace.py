"""Keeps the pace of what an account allows so many of a second, whichever container asks; and pauses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import Ledger, Remembered
from connect_zendesk.ledger.schema import PACE, PAUSE

#: No one answer stops all background work for longer.
LONGEST_PAUSE = timedelta(hours=1)


def wait_for_turn(ledger: Ledger, queue: str, spacing: timedelta, sleep: Callable[[float], None]) -> None:
    """Wait until it is our turn. Turns of one ``queue``, such as customers, are ``spacing`` apart.

    A turn is taken in the ledger: one change of an item. Where many take turns at once, each waits for all
    before it, so let few run at once.
    """
    turn = ledger.clock()

    def after(last: Any) -> str:
        nonlocal turn
        turn = ledger.clock()
        if last is not None:
            turn = max(turn, datetime.fromisoformat(last) + spacing)
        return turn.isoformat()

    ledger.change(PACE.key(queue=queue), after)
    if (wait := (turn - ledger.clock()).total_seconds()) > 0:
        sleep(wait)


def pause(ledger: Ledger, seconds: int) -> None:
    """Have all background work wait, an hour at most: callers keep their share of the limit.

    A longer pause that another container was asked for stays.
    """
    if seconds > _seconds_of(ledger, ledger.recall(PAUSE.key())):
        keep = timedelta(seconds=min(seconds, LONGEST_PAUSE.total_seconds()))
        ledger.remember(PAUSE.key(), True, keep)


def paused_for(ledger: Ledger) -> int:
    """Return for how many seconds more background work has to wait, 0 where it has not.

    A longer pause than there can be is not one: the release before this one had no bound.
    """
    return _seconds_of(ledger, ledger.flag(PAUSE.key()))


def _seconds_of(ledger: Ledger, known: Remembered | None) -> int:
    if known is None or (left := known.until - ledger.clock()) > LONGEST_PAUSE:
        return 0
    return max(1, int(left.total_seconds()))
