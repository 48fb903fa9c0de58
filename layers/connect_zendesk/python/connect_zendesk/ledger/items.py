"""What the ledger needs of a table: reading items, and replacing one that has not changed since."""

from collections.abc import Mapping
from typing import Any, Protocol

#: An item's attributes: text, whole numbers, booleans, None, and lists and maps of these. Every item has
#: ``schema``, ``version`` (which a change must name), ``expires_at`` (seconds since 1970) and, since the
#: second schema, ``release``.
Item = Mapping[str, Any]
#: Another item of the partition: its sort key, and the version that it must have (None: there must be none).
Beside = tuple[str, int | None]


class Items(Protocol):
    """A table of items with a partition and a sort key."""

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now (a consistent read), or None."""

    def query(self, partition: str) -> Mapping[str, Item]:
        """Return all items of a partition as they are now, by their sort keys."""

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was.

        With ``beside`` only if that other item, too, is at its version at the moment of the write.
        """
