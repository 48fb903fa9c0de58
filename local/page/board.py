"""What the page shows: rows in sections, each with the number of its change, so that only changes travel."""

import itertools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

Row = Mapping[str, Any]

#: How many rows that are gone are remembered in a section; who has not looked for longer gets everything.
_GONE_KEPT: Final = 1000


@dataclass
class _Section:
    limit: int
    rows: dict[str, tuple[int, int, Row]] = field(default_factory=dict)  # to its change, its place, itself
    gone: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0  # the latest change among the rows gone that are not remembered


class Board:
    """Rows by section and key. A section keeps its newest rows only, as many as `limits` says.

    Every change has a number. What has changed since one can be asked for, and waited for.
    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._sections = {name: _Section(limit) for name, limit in limits.items()}
        self._changed = threading.Condition()
        self._number = 0
        self._places = itertools.count(1)
        self._closed = False
        #: Names this board: numbers of another one say nothing here.
        self.name = uuid4().hex[:8]

    def put(self, section: str, key: str, row: Row, *, newest: bool = False) -> None:
        """Put a row, in the place of an earlier one of that key; `newest` has it count as just arrived."""
        with self._changed:
            shown = self._sections[section]
            before = shown.rows.get(key)
            if before is not None and before[2] == row:
                return
            place = next(self._places) if before is None or newest else before[1]
            if newest:
                shown.rows.pop(key, None)  # the oldest come first
            shown.rows[key] = (self._next(), place, row)
            shown.gone.pop(key, None)
            while len(shown.rows) > shown.limit:
                self._drop(shown, next(iter(shown.rows)))
            self._changed.notify_all()

    def update(self, section: str, key: str, row: Row) -> None:
        """Put a row in the place of the one of that key; nothing where that is no longer shown."""
        with self._changed:
            if key in self._sections[section].rows:
                self.put(section, key, row)

    def keep_only(self, section: str, keys: Iterable[str]) -> None:
        """Remove the rows whose keys are not among these."""
        with self._changed:
            shown = self._sections[section]
            for key in shown.rows.keys() - set(keys):
                self._drop(shown, key)
            self._changed.notify_all()

    def limit(self, section: str) -> int:
        """Return how many rows a section keeps."""
        return self._sections[section].limit

    def since(self, number: int) -> dict[str, Any]:
        """Return what has changed since a change: `{"number", "full", "sections"}`.

        By section, the rows that are `set`, each with its key as "id" and its "place" (the newest has the
        highest), and the keys that are `gone`. `full`: this is everything, and nothing else holds.
        """
        with self._changed:
            full = number <= 0 or any(number < shown.forgotten for shown in self._sections.values())
            sections = {}
            for name, shown in self._sections.items():
                rows = [
                    {**row, "id": key, "place": place}
                    for key, (change, place, row) in shown.rows.items()
                    if full or change > number
                ]
                gone = [] if full else [key for key, change in shown.gone.items() if change > number]
                if rows or gone:
                    sections[name] = {"set": rows, "gone": gone}
            return {"number": self._number, "full": full, "sections": sections}

    def wait(self, number: int, seconds: float) -> bool:
        """Wait until there is a change after this one, at most so long; return whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self._number > number, seconds)

    def close(self) -> None:
        """Have everybody stop waiting, for good."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether nothing will change any more."""
        return self._closed

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _drop(self, shown: _Section, key: str) -> None:
        del shown.rows[key]
        shown.gone.pop(key, None)
        shown.gone[key] = self._next()
        while len(shown.gone) > _GONE_KEPT:
            shown.forgotten = shown.gone.pop(next(iter(shown.gone)))
