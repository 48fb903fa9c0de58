"""The index that search reads: it sees every change late, so it also shows states that are over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Document = dict[str, Any]
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_LAST_DIGITS = 7
#: Exact fields whose values lead straight to documents: of users and of tickets.
_FIELDS = ("external_id", "email", "requester_id", "assignee_id")


class _Version:
    __slots__ = ("document", "made", "visible")

    def __init__(self, made: datetime, visible: datetime, document: Document | None) -> None:
        self.made, self.visible, self.document = made, visible, document


class SearchIndex:
    """Versions of documents by kind ("user", "ticket") and id, each visible from some time on."""

    def __init__(self, clock: Callable[[], datetime], lag: Callable[[], timedelta]) -> None:
        self._clock, self._lag = clock, lag
        self._versions: dict[str, dict[int, list[_Version]]] = {"user": {}, "ticket": {}}
        # Which documents ever had a value: few enough to look at each, which then says whether it has it now.
        self._had: dict[tuple[str, str, str], set[int]] = defaultdict(set)

    def record(self, kind: str, number: int, document: Document | None, *, at_once: bool = False) -> None:
        """Keep a copy of `document` (None: it is gone), to be visible after the lag, or from the start."""
        now = self._clock()
        versions = self._versions[kind].setdefault(number, [])
        _drop_old(versions, now)
        copied = dict(document) if document is not None else None
        versions.append(_Version(now, _ALWAYS if at_once else now + self._lag(), copied))
        for key in _keys(copied) if copied else ():
            self._had[(kind, *key)].add(number)

    def retime(self) -> None:
        """Let what is not visible yet become so after the lag that holds now."""
        now, lag = self._clock(), self._lag()
        for versions in (v for kind in self._versions.values() for v in kind.values()):
            for version in versions:
                if version.visible > now:
                    version.visible = version.made + lag

    def forget(self, kind: str, number: int) -> None:
        """Drop every version of a document, as if it had never been."""
        self._versions[kind].pop(number, None)

    def visible(self, kind: str) -> Iterator[Document]:
        """Yield the documents of a kind as the index knows them now."""
        return self._shown(kind, self._versions[kind])

    def having(self, kind: str, field: str, *values: str) -> Iterator[Document]:
        """Yield every visible document whose field may have one of the values (lower case), and few others.

        `field` is an exact one ("external_id") or "phone", where seven digits in a row decide.
        """
        had = (self._had.get((kind, field, value), ()) for value in values)
        return self._shown(kind, sorted(set().union(*had)))

    def _shown(self, kind: str, numbers: Any) -> Iterator[Document]:
        now, known = self._clock(), self._versions[kind]
        for number in numbers:
            versions = known.get(number)
            if not versions:
                continue
            _drop_old(versions, now)
            if versions[0].visible <= now and versions[0].document is not None:
                yield versions[0].document


def last_digits(number: object) -> str | None:
    """Return the digits a phone number is found by; None where it has too few."""
    digits = re.sub(r"\D", "", str(number))
    return digits[-_LAST_DIGITS:] if len(digits) >= _LAST_DIGITS else None


def narrowed_by(field: str) -> bool:
    """Return whether `having` knows an exact field."""
    return field in _FIELDS


def _keys(document: Document) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        if document.get(field) is not None:
            yield field, str(document[field]).lower()
    for number in (document.get("phone"), *document.get("_phone_identities", ())):
        digits = re.sub(r"\D", "", str(number or ""))
        for start in range(len(digits) - _LAST_DIGITS + 1):
            yield "phone", digits[start : start + _LAST_DIGITS]


def _drop_old(versions: list[_Version], now: datetime) -> None:
    while len(versions) > 1 and versions[1].visible <= now:
        versions.pop(0)
