"""Which files a contact has, and which contact a file belongs to: pointers, never what is in them (X4).

Whoever has a file adds its pointer first, then reads what the contact has been settled with; whoever links
the contact writes that first, then reads the pointers. So one of the two sees the other; nothing is polled.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.contact_files import ContactFile, of_key
from connect_zendesk.detail_types import CONTACT_FILE
from connect_zendesk.ledger.ledger import KEEP, contact
from connect_zendesk.workflows.services import Services

_FILES = "files"


@dataclass(frozen=True)
class Pointer:
    """Where a file of a contact is, and since when that is known here (aware, in UTC)."""

    file: ContactFile
    since: datetime


def add(services: Services, root: str, file: ContactFile) -> tuple[Pointer, ...]:
    """Add a file to those of its contact; returns all of them, this one included."""
    kept = {"version": file.version, "size": file.size}

    def added(known: Any) -> dict[str, Any]:
        files: dict[str, Any] = dict(known or {})
        since = files.get(place_of(file), {}).get("since") or services.clock().isoformat()
        return {**files, place_of(file): {**kept, "since": since}}

    remembered = services.ledger.recall(contact(root), _FILES)
    files = remembered.value if remembered else {}
    if not kept.items() <= files.get(place_of(file), {}).items():
        files = services.ledger.change(contact(root), _FILES, added, KEEP)
    return _pointers(files)


def of_contact(services: Services, root: str) -> tuple[Pointer, ...]:
    """Return the files of a contact that have come so far."""
    remembered = services.ledger.recall(contact(root), _FILES)
    return _pointers(remembered.value) if remembered else ()


def ask_for(services: Services, root: str, file: ContactFile) -> None:
    """Have one file of a contact looked at, in a message of its own. Raises `NotPublished`."""
    services.messages.publish(
        CONTACT_FILE,
        {
            "contact": root,
            "bucket": file.bucket,
            "key": file.key,
            "version": file.version,
            "size": file.size,
        },
    )


def place_of(file: ContactFile) -> str:
    """Return a file's place as contact records write it."""
    return f"{file.bucket}/{file.key}"


def _pointers(files: dict[str, Any]) -> tuple[Pointer, ...]:
    found = []
    for place, told in files.items():
        bucket, _, key = place.partition("/")
        # A later release may know kinds of files that this one does not.
        if (file := of_key(bucket, key, told["version"], told["size"])) is not None:
            found.append(Pointer(file, datetime.fromisoformat(told["since"])))
    return tuple(found)
