"""The ledger's table in memory, for replay and simulation. Held to the same tests as DynamoDB."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from threading import Lock

from connect_zendesk.ledger.items import Beside, Item


class MemoryItems:
    """Items as `connect_zendesk.ledger.items.Items` wants them; what has expired is gone."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._items: dict[str, dict[str, Item]] = {}
        self._lock = Lock()

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item, or None."""
        with self._lock:
            return self._living(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        """Return all items of a partition, by their sort keys."""
        with self._lock:
            found = ((sort, self._living(partition, sort)) for sort in self._items.get(partition, ()))
            return {sort: item for sort, item in found if item is not None}

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was."""
        with self._lock:
            for name, version in ((sort, replacing), *([beside] if beside else ())):
                known = self._living(partition, name)
                if (known["version"] if known is not None else None) != version:
                    return False
            self._items.setdefault(partition, {})[sort] = dict(item)
            return True

    def scan(self) -> Iterator[tuple[str, str, Item]]:
        """Yield every item with its partition and its sort key, as `administration.forget` wants them."""
        with self._lock:
            keys = [(partition, sort) for partition, items in self._items.items() for sort in items]
        for partition, sort in keys:
            if (item := self.get(partition, sort)) is not None:
                yield partition, sort, item

    def delete(self, partition: str, sort: str, *, version: int) -> bool:
        """Delete an item if it is still at that version, and say whether it was."""
        with self._lock:
            known = self._living(partition, sort)
            if known is None or known["version"] != version:
                return False
            del self._items[partition][sort]
            return True

    def _living(self, partition: str, sort: str) -> Item | None:
        item = self._items.get(partition, {}).get(sort)
        return item if item is not None and item["expires_at"] > self._clock().timestamp() else None
