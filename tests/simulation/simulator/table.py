"""The ledger's table as DynamoDB has it: what has expired stays for days, and requests can go wrong.

Held to the same tests as DynamoDB in moto, operation by operation (`tests/functional/test_ledger.py`).
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Mapping
from datetime import datetime

from connect_zendesk.ledger.items import Beside, Item

#: DynamoDB deletes what has expired within a few days.
DELETED_AFTER = 2 * 24 * 3600


class Table:
    """Items by partition and sort key. ``deletes`` says whether an item that has expired is deleted now."""

    def __init__(self, clock: Callable[[], datetime], deletes: Callable[[], bool] = lambda: False) -> None:
        self._clock, self._deletes = clock, deletes
        self.items: dict[str, dict[str, bytes]] = {}
        self._expires: dict[tuple[str, str], int] = {}

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now, also one that has expired and is not deleted yet; or None."""
        self._expire(partition)
        kept = self.items.get(partition, {}).get(sort)
        return None if kept is None else marshal.loads(kept)  # noqa: S302 - it is our own

    def query(self, partition: str) -> Mapping[str, Item]:
        """Return all items of a partition, by their sort keys."""
        self._expire(partition)
        found = sorted(self.items.get(partition, {}).items())
        return {sort: marshal.loads(kept) for sort, kept in found}  # noqa: S302 - it is our own

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was."""
        for name, version in ((sort, replacing), *([beside] if beside else ())):
            known = self.get(partition, name)
            if (known["version"] if known is not None else None) != version:
                return False
        # Kept as bytes: what is read can be changed by no one; and what cannot be kept is refused at once.
        self.items.setdefault(partition, {})[sort] = marshal.dumps(json.loads(json.dumps(item)))
        self._expires[partition, sort] = item["expires_at"]
        return True

    def _expire(self, partition: str) -> None:
        now = self._clock().timestamp()
        for sort in list(self.items.get(partition, ())):
            late = now - self._expires[partition, sort]
            if late > DELETED_AFTER or (late > 0 and self._deletes()):
                del self.items[partition][sort]
