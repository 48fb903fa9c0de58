"""The ledger: what is remembered, and changed only where it has not changed meanwhile.

It needs no more of a table than reading items and replacing one that has not changed since (`Items`): so the
same ledger runs on DynamoDB, and in memory for simulation. What it remembers of contacts, agents and
customers is in the modules beside this one, a kind of thing each; its keys are in `schema`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk import __version__
from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.items import Item, Items
from connect_zendesk.ledger.schema import OWN_ATTRIBUTES, SCHEMA, Key

_VALUE = "value"


@dataclass(frozen=True)
class Remembered:
    """A remembered value and when it is forgotten."""

    value: Any
    until: datetime


@dataclass(frozen=True)
class Read:
    """An item's ``content`` as it was read, by this release's schema, and its ``version``; None: no item."""

    content: Mapping[str, Any]
    version: int | None


class Ledger:
    """What is remembered, on a table. ``lease``: longer than any container works on one thing."""

    def __init__(self, items: Items, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._items = items
        self.clock = clock
        self.lease = lease

    # Items

    def read(self, key: Key) -> Read:
        """Return an item; one that has expired, which DynamoDB takes days to delete, is empty."""
        item = self._items.get(key.partition, key.sort)
        if item is not None and item["schema"] >= SCHEMA:
            return self._read(item)
        if (whole := schema_1.needs_partition(key)) or item is not None:
            others = self._items.query(key.partition) if whole else {}
            living = {sort: other for sort, other in others.items() if self._is_living(other)}
            content = schema_1.content(key, item if self._is_living(item) else None, living)
            return Read(content, item["version"] if item is not None else None)
        return Read({}, None)

    def read_all(self, partition: str) -> Mapping[str, Item]:
        """Return all living items of a partition, by their sort keys, as they are written."""
        return {sort: item for sort, item in self._items.query(partition).items() if self._is_living(item)}

    def write(
        self, key: Key, content: Mapping[str, Any], version: int | None, keep: timedelta | None = None
    ) -> int | None:
        """Write an item if it is still at that version; returns the version it is then, or None.

        A new item begins at the time in milliseconds: at a version that no item had there before that has
        expired and that DynamoDB has deleted since it was read.
        """
        now = self.clock()
        expires = now + (key.keep if keep is None else keep)
        new = int(now.timestamp() * 1000) if version is None else version + 1
        full = {
            **content,
            "schema": SCHEMA,
            "release": __version__,
            "version": new,
            "expires_at": int(expires.timestamp()),
        }
        return new if self._items.put(key.partition, key.sort, full, replacing=version) else None

    def update(
        self, key: Key, change: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    ) -> Mapping[str, Any]:
        """Change an item, whatever other containers do at the same time; returns what it is now.

        ``change`` gets its content, empty where there is none, and may be asked several times; None leaves
        it as it is.
        """
        while True:
            known = self.read(key)
            content = change(known.content)
            if content is None:
                return known.content
            if self.write(key, content, known.version):
                return content

    # Values that are remembered for a while

    def change(self, key: Key, change: Callable[[Any], Any], keep: timedelta | None = None) -> Any:
        """Change a remembered value, whatever other containers do at the same time; returns what it is now.

        ``change`` gets the value, None where there is none, and may be asked several times.
        """
        while True:
            known = self.read(key)
            value = change(known.content.get(_VALUE))
            if self.write(key, {_VALUE: value}, known.version, keep):
                return value

    def remember(self, key: Key, value: Any, keep: timedelta | None = None) -> None:
        """Remember a value for a while. The last one to write wins."""
        self.change(key, lambda _: value, keep)

    def recall(self, key: Key) -> Remembered | None:
        """Return a remembered value, or None where there is none or it is too old."""
        item = self._items.get(key.partition, key.sort)
        if item is None or not self._is_living(item) or _VALUE not in item:
            return None
        until = datetime.fromtimestamp(item["expires_at"], self.clock().tzinfo)
        return Remembered(item[_VALUE], until)

    def first(self, key: Key) -> bool:
        """Return whether this is the first request: for what is done at most once, and never made up for.

        One conditional write where it is. A container that crashes after it has done the thing, or the
        thing is not done.
        """
        if self.write(key, {_VALUE: True}, None):
            return True
        known = self._items.get(key.partition, key.sort)
        if self._is_living(known):
            return False
        return self.write(key, {_VALUE: True}, known["version"] if known else None) is not None

    def forget(self, key: Key) -> None:
        """Forget an item: for `first`, that it was asked; the thing was not done."""
        known = self._items.get(key.partition, key.sort)
        if known is not None:
            self.write(key, {}, known["version"], timedelta(0))

    def _read(self, item: Item) -> Read:
        content = {name: value for name, value in item.items() if name not in OWN_ATTRIBUTES}
        return Read(content if self._is_living(item) else {}, item["version"])

    def _is_living(self, item: Item | None) -> bool:
        return item is not None and item["expires_at"] > self.clock().timestamp()
