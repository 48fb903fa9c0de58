"""What one invocation knows of a partition: what one Query found there, and what it has changed since.

Reads of the partition are served from it; a conditional write fails where another container was faster, and
the partition is then read again. So a view saves requests, and decides nothing that the table would not:
what has to be seen *after* a write of ours is read again (`Ledger.look_again`, `Ledger.renew`).

A change may be *deferred*: it is made with the next write of its item, or when the view ends. That is for
what only says that something is over. A container that is killed before then looks as if it had been killed
a moment earlier, before it could say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger.items import Item
from connect_zendesk.ledger.schema import Key


class Outdated(Conflict):
    """Another container has written an item first of which this one believed that no other would."""


#: Changes an item's content; None leaves it as it is. It may be asked several times.
Change = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


@dataclass
class View:
    """A partition as it was read, None while it was not, or is not believed any more.

    ``written`` are the sort keys of what this invocation has written since; ``deferred`` are the changes
    that are still to be written, by item. ``guarded`` are items that no other container may write before
    this one does, with their versions.
    """

    items: dict[str, Item] | None = None
    written: set[str] = field(default_factory=set)
    deferred: dict[Key, list[Change]] = field(default_factory=dict)
    guarded: dict[str, int | None] = field(default_factory=dict)

    def read(self, items: Mapping[str, Item]) -> None:
        """Take over what a Query found."""
        self.items, self.written = dict(items), set()

    def forget(self) -> None:
        """Believe nothing that was read any more. What is deferred stays."""
        self.items, self.written = None, set()

    def wrote(self, key: Key, item: Item) -> None:
        """Take over an item that was written, with all that was deferred for it."""
        self.deferred.pop(key, None)
        self.guarded.pop(key.sort, None)
        self.written.add(key.sort)
        if self.items is not None:
            self.items[key.sort] = item

    def changed(self, key: Key, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an item's content with what is deferred for it."""
        for change in self.deferred.get(key, ()):
            changed = change(content)
            content = content if changed is None else changed
        return content
