"""Keeps the pace of what an account allows so many of a second, whoever of us is at it."""

from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.workflows.services import Services

#: Longer than a turn is ever ahead: what is older holds nobody up.
_KEEP = timedelta(minutes=5)


def wait_for_turn(services: Services, queue: str, spacing: timedelta) -> None:
    """Wait until it is our turn. Turns of one ``queue``, such as customers, are ``spacing`` apart.

    A turn is taken in the ledger: one change of an item. Where many take turns at once, each waits for all
    before it, so let few run at once.
    """
    turn = services.clock()

    def after(last: Any) -> str:
        nonlocal turn
        turn = services.clock()
        if last is not None:
            turn = max(turn, datetime.fromisoformat(last) + spacing)
        return turn.isoformat()

    services.ledger.change("pace", queue, after, _KEEP)
    if (wait := (turn - services.clock()).total_seconds()) > 0:
        services.sleep(wait)
