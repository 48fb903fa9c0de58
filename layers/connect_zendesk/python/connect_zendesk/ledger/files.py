"""Where a contact's transcripts and analyses are: pointers, never what is in them (X4).

A file's pointer is added first, then it is read what the contact has been settled with; who links the contact
writes that first, then reads the pointers. So one of the two sees the other; nothing is polled.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import FILES, FIRST_FILE


@dataclass(frozen=True)
class FilePointer:
    """Where a file is in S3, its ``size`` in bytes, and since when that is known here."""

    bucket: str
    key: str
    version: str | None
    size: int | None
    since: datetime

    @property
    def place(self) -> str:
        """Where it is, as contact records write it."""
        return f"{self.bucket}/{self.key}"


def add(
    ledger: Ledger, root: str, place: str, version: str | None, size: int | None
) -> tuple[FilePointer, ...]:
    """Add a file to those of its contact; returns all of them, this one included."""
    kept = {"version": version, "size": size}

    def added(known: Any) -> dict[str, Any]:
        files: dict[str, Any] = dict(known or {})
        since = files.get(place, {}).get("since") or ledger.clock().isoformat()
        return {**files, place: {**kept, "since": since}}

    remembered = ledger.recall(FILES.key(root=root))
    files = remembered.value if remembered else {}
    if not kept.items() <= files.get(place, {}).items():
        files = ledger.change(FILES.key(root=root), added)
    return _pointers(files)


def of_contact(ledger: Ledger, root: str) -> tuple[FilePointer, ...]:
    """Return the files of a contact that have come so far."""
    remembered = ledger.recall(FILES.key(root=root))
    return _pointers(remembered.value) if remembered else ()


def is_first(ledger: Ledger, root: str, leg: str, ticket: int | None, place: str) -> bool:
    """Return whether this file is the first of a leg's on that ticket: the one that has the words there."""
    key = FIRST_FILE.key(root=root, leg=leg, ticket=ticket)
    return bool(ledger.change(key, lambda first: first or place) == place)


def _pointers(files: dict[str, Any]) -> tuple[FilePointer, ...]:
    found = []
    for place, known in files.items():
        bucket, _, key = place.partition("/")
        since = datetime.fromisoformat(known["since"])
        found.append(FilePointer(bucket, key, known["version"], known["size"], since))
    return tuple(found)
