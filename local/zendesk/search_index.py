"""The index that search reads: it sees every change late, so it also shows states that are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Document = dict[str, Any]
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class SearchIndex:
    """Versions of documents by kind ("user", "ticket") and id, each visible from a moment on."""

    def __init__(self, clock: Callable[[], datetime], lag: timedelta) -> None:
        self._clock, self._lag = clock, lag
        self._versions: dict[str, dict[int, list[tuple[datetime, Document | None]]]] = {
            "user": {},
            "ticket": {},
        }

    def record(self, kind: str, number: int, document: Document | None, *, at_once: bool = False) -> None:
        """Keep a copy of `document` (None: it is gone), to be visible after the lag, or from the start."""
        visible = _ALWAYS if at_once else self._clock() + self._lag
        versions = self._versions[kind].setdefault(number, [])
        versions.append((visible, dict(document) if document is not None else None))

    def forget(self, kind: str, number: int) -> None:
        """Drop every version of a document, as if it had never been."""
        self._versions[kind].pop(number, None)

    def visible(self, kind: str) -> Iterator[Document]:
        """Yield the documents of a kind as the index knows them now."""
        now = self._clock()
        for versions in self._versions[kind].values():
            while len(versions) > 1 and versions[1][0] <= now:
                versions.pop(0)
            moment, document = versions[0]
            if moment <= now and document is not None:
                yield document
