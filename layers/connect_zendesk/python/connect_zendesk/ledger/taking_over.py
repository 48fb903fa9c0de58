"""Takes contacts over from containers of release 0.1, which still work while a deployment replaces them (O6).

They know nothing of what this release does, and this release sees what they do only until it has written the
same item. So before it writes a contact's head or legs, or at that moment, it sees to it that they begin
nothing more there, and end what they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger.items import Beside, Item
from connect_zendesk.ledger.schema import HEAD, Key
from connect_zendesk.ledger.schema_1 import LOCK

if TYPE_CHECKING:
    from connect_zendesk.ledger.ledger import Ledger

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC).isoformat()


def take_over(ledger: Ledger, key: Key, items: Mapping[str, Item]) -> Beside | None:
    """Keep release 0.1 from a contact whose head or leg ``key`` is about to be written.

    ``items``: what there is in its partition. Returns what has to stay as it is there until that is written.
    Raises `Conflict` where that release may be at it.
    """
    head = items.get(HEAD.sort)
    if head is None:
        return _take_lock(ledger, key, items.get(LOCK))
    if key.sort != HEAD.sort:
        _take_head(ledger, replace(key, sort=HEAD.sort, keep=HEAD.keep), head)
    return None


def _take_lock(ledger: Ledger, key: Key, lock: Item | None) -> Beside | None:
    """Lock a contact that is not settled yet, where release 0.1 has been at it: it finds the lock held.

    Where it has not, there must be no lock yet as the head is written: release 0.1 reads the head when it
    has the lock, and cannot read this release's.
    """
    if lock is None:
        return (LOCK, None) if key.sort == HEAD.sort else None
    if lock["schema"] != 1:
        return None
    taken = {"status": "claimed", "until": _FOR_EVER}
    is_held = lock["status"] == "claimed" and lock["until"] > ledger.clock().isoformat()
    if is_held or ledger.write(replace(key, sort=LOCK), taken, lock["version"]) is None:
        raise Conflict("the release before settles this contact", 5)
    return None


def _take_head(ledger: Ledger, key: Key, head: Item) -> None:
    """Write a head that release 0.1 has written: it cannot read that. Who has read it ends within a lease."""
    if head["schema"] == 1:
        known = ledger.read(key)
        began = ledger.clock().isoformat()
        ledger.write(key, {**known.content, "taken_over": began}, known.version)
    else:
        began = head.get("taken_over", "")
    if began and (left := datetime.fromisoformat(began) + ledger.lease - ledger.clock()) > timedelta(0):
        raise Conflict("the release before was at this contact", int(left.total_seconds()) + 1)
