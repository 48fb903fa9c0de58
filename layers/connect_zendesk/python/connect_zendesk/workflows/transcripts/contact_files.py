"""Which files a contact has, by what their keys say, and the message that has one of them attached (X4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from connect_zendesk.amazon_connect.contact_files import ContactFile, of_key
from connect_zendesk.detail_types import CONTACT_FILE
from connect_zendesk.ledger import files
from connect_zendesk.ledger.files import FilePointer
from connect_zendesk.workflows.services import Services


@dataclass(frozen=True)
class Pointer:
    """A file of a contact, and since when it is known here (aware, in UTC)."""

    file: ContactFile
    since: datetime


def add(services: Services, root: str, file: ContactFile) -> tuple[Pointer, ...]:
    """Add a file to those of its contact; returns all of them, this one included."""
    return _read(files.add(services.ledger, root, place_of(file), file.version, file.size))


def of_contact(services: Services, root: str) -> tuple[Pointer, ...]:
    """Return the files of a contact that have come so far."""
    return _read(files.of_contact(services.ledger, root))


def publish(services: Services, root: str, file: ContactFile) -> None:
    """Publish *Contact File* for one file of a contact, which has it attached. Raises `NotPublished`."""
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


def _read(pointers: Iterable[FilePointer]) -> tuple[Pointer, ...]:
    """Return the files of kinds that are known here; a later release may know more of them."""
    found = []
    for pointer in pointers:
        if (file := of_key(pointer.bucket, pointer.key, pointer.version, pointer.size)) is not None:
            found.append(Pointer(file, pointer.since))
    return tuple(found)
