"""The ledger: what is remembered, and changed only where it has not changed meanwhile.

It needs no more of a table than reading items and replacing one that has not changed since (`Items`): so the
same ledger runs on DynamoDB, and in memory for simulation. What it remembers of contacts, agents and
customers is in the modules beside this one, a kind of thing each; its keys are in `schema`.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk import __version__
from connect_zendesk.errors import Conflict
from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.items import Item, Items
from connect_zendesk.ledger.schema import OWN_ATTRIBUTES, SCHEMA, Key
from connect_zendesk.ledger.taking_over import take_over
from connect_zendesk.ledger.view import Change, Outdated, View

_VALUE = "value"
#: So long a container believes what it has read of a flag.
_FLAGS_HOLD = timedelta(seconds=10)


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
        self._own = threading.local()  # an abandoned thread of a flow block lives on beside the next one
        self._flags: dict[Key, tuple[datetime, Remembered | None]] = {}
        self.clock = clock
        self.lease = lease

    # Views

    @contextmanager
    def view(self, partition: str) -> Iterator[None]:
        """Serve this thread's reads of a partition from one Query, until the ``with`` block ends (`View`).

        What is deferred by then is written. Where the block raises, that is tried, and no more.
        """
        if partition in self._views:
            yield
            return
        self._views[partition] = View()
        try:
            try:
                yield
            except Exception:
                with suppress(Exception):
                    self._write_deferred(partition)
                raise
            self._write_deferred(partition)
        finally:
            del self._views[partition]

    def has_view(self, partition: str) -> bool:
        """Return whether reads of a partition are served from a view now."""
        return partition in self._views

    def look_again(self, key: Key) -> None:
        """Have the partition of an item read again if this view has written the item since it was read.

        For what another container leaves there, to be found by the one that has written that item.
        """
        view = self._views.get(key.partition)
        if view is not None and key.sort in view.written:
            view.forget()

    def distrust(self, partition: str) -> None:
        """Have a partition read again: much time has passed, or another container is at it."""
        if (view := self._views.get(partition)) is not None:
            view.forget()

    def renew(self, partition: str) -> None:
        """Have a partition read again if this view has written anything there since it was read.

        For who leaves something there and reads afterwards what concerns it.
        """
        view = self._views.get(partition)
        if view is not None and view.written:
            view.forget()

    def defer(self, key: Key, change: Change) -> None:
        """Change an item of a viewed partition with its next write, or when the view ends."""
        self._views[key.partition].deferred.setdefault(key, []).append(change)

    @contextmanager
    def guard(self, key: Key, change: Change) -> Iterator[None]:
        """Defer a change of an item that no other container may write before this one does in the block.

        The first write of the item raises `Outdated` where one has. What was not written by the end of the
        block is dropped.
        """
        view = self._views[key.partition]
        view.guarded[key.sort] = self._found(key).version
        self.defer(key, change)
        try:
            yield
        finally:
            view.guarded.pop(key.sort, None)
            if change in view.deferred.get(key, ()):
                view.deferred[key].remove(change)

    @property
    def _views(self) -> dict[str, View]:
        views: dict[str, View] | None = getattr(self._own, "views", None)
        if views is None:
            views = self._own.views = {}
        return views

    def _write_deferred(self, partition: str) -> None:
        view = self._views[partition]
        for key in list(view.deferred):
            while (known := self.read(key)).content != self._found(key).content:
                if self.write(key, known.content, known.version):
                    break

    # Items

    def read(self, key: Key) -> Read:
        """Return an item; one that has expired, which DynamoDB takes days to delete, is empty."""
        found = self._found(key)
        view = self._views.get(key.partition)
        return Read(view.changed(key, found.content), found.version) if view is not None else found

    def read_all(self, partition: str) -> Mapping[str, Item]:
        """Return all living items of a partition, by their sort keys, as they are written or will be."""
        living = {sort: item for sort, item in self._query(partition).items() if self._is_living(item)}
        view = self._views.get(partition)
        for key in view.deferred if view is not None else ():
            if (item := living.get(key.sort)) is not None and item["schema"] >= SCHEMA:
                own = {name: value for name, value in item.items() if name in OWN_ATTRIBUTES}
                living[key.sort] = {**self.read(key).content, **own}
        return living

    def _found(self, key: Key) -> Read:
        item = self._get(key)
        self._own.before = None, {}
        if item is not None and item["schema"] >= SCHEMA:
            return self._read(item)
        if (whole := schema_1.needs_partition(key)) or item is not None:
            others = self._query(key.partition) if whole else {}
            self._own.before = key, others
            living = {sort: other for sort, other in others.items() if self._is_living(other)}
            content = schema_1.content(key, item if self._is_living(item) else None, living)
            return Read(content, item["version"] if item is not None else None)
        return Read({}, None)

    def _beside(self, key: Key) -> Mapping[str, Item] | None:
        """Return what there is beside a head or leg that is written; None where that is this release's."""
        read_key, others = getattr(self._own, "before", (None, {}))
        self._own.before = None, {}
        if key.partition in self._views:
            return self._query(key.partition)
        return others if read_key == key else None

    def _get(self, key: Key) -> Item | None:
        if key.partition in self._views:
            return self._query(key.partition).get(key.sort)
        item = self._items.get(key.partition, key.sort)
        if item is not None:
            _refuse_later(item)
        return item

    def _query(self, partition: str) -> Mapping[str, Item]:
        view = self._views.get(partition)
        if view is not None and view.items is not None:
            return view.items
        items = self._items.query(partition)
        for item in items.values():
            _refuse_later(item)
        if view is None:
            return items
        view.read(items)
        return view.items or {}

    def write(
        self, key: Key, content: Mapping[str, Any], version: int | None, keep: timedelta | None = None
    ) -> int | None:
        """Write an item if it is still at that version; returns the version it is then, or None.

        ``content`` is made of what `read` returned with that version, which has what was deferred.

        A new item begins at the time in milliseconds: at a version that no item had there before that has
        expired and that DynamoDB has deleted since it was read.
        """
        others = self._beside(key) if schema_1.needs_partition(key) else None
        beside = take_over(self, key, others) if others is not None else None
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
        self._flags.pop(key, None)
        view = self._views.get(key.partition)
        if view is not None and view.guarded.get(key.sort, version) != version:
            raise Outdated("another container was faster", 1)
        if not self._items.put(key.partition, key.sort, full, replacing=version, beside=beside):
            if view is not None:
                view.forget()
                if key.sort in view.guarded:
                    raise Outdated("another container was faster", 1)
            return None
        if view is not None:
            view.wrote(key, full)
        return new

    def update(self, key: Key, change: Change) -> Mapping[str, Any]:
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

    def remember_new(self, key: Key, value: Any) -> None:
        """Do as `remember` does where there is hardly ever a value before: one request, and no read."""
        if self.write(key, {_VALUE: value}, None) is None:
            self.remember(key, value)

    def recall(self, key: Key) -> Remembered | None:
        """Return a remembered value, or None where there is none or it is too old."""
        item = self._get(key)
        if item is None or not self._is_living(item) or _VALUE not in item:
            return None
        until = datetime.fromtimestamp(item["expires_at"], self.clock().tzinfo)
        return Remembered(item[_VALUE], until)

    def flag(self, key: Key) -> Remembered | None:
        """Return a remembered value as `recall` does, or as it was some seconds ago in this container.

        For what changes seldom, is looked at with everything, and does no harm some seconds late.
        """
        now = self.clock()
        known = self._flags.get(key)
        if known is not None and now - known[0] < _FLAGS_HOLD:
            remembered = known[1]
            return remembered if remembered is None or remembered.until > now else None
        remembered = self.recall(key)
        self._flags[key] = (now, remembered)
        return remembered

    def keep_flag(self, key: Key, remembered: Remembered) -> None:
        """Have `flag` return this for some seconds, which another item has said."""
        self._flags[key] = (self.clock(), remembered)

    def first(self, key: Key) -> bool:
        """Return whether this is the first request: for what is done at most once, and never made up for.

        One conditional write where it is. A container that crashes after it has done the thing, or the
        thing is not done.
        """
        if key.partition in self._views and self._is_living(self._get(key)):
            return False
        if self.write(key, {_VALUE: True}, None):
            return True
        known = self._get(key)
        if self._is_living(known):
            return False
        return self.write(key, {_VALUE: True}, known["version"] if known else None) is not None

    def forget(self, key: Key) -> None:
        """Forget an item: for `first`, that it was asked; the thing was not done."""
        known = self._get(key)
        if known is not None:
            self.write(key, {}, known["version"], timedelta(0))

    def _read(self, item: Item) -> Read:
        content = {name: value for name, value in item.items() if name not in OWN_ATTRIBUTES}
        return Read(content if self._is_living(item) else {}, item["version"])

    def _is_living(self, item: Item | None) -> bool:
        return item is not None and item["expires_at"] > self.clock().timestamp()


def _refuse_later(item: Item) -> None:
    """Leave what a later release wrote to its containers, which replace this one within minutes."""
    if item["schema"] > SCHEMA:
        raise Conflict(f"release {item['release']} has written this, which {__version__} cannot read", 60)
