"""The files that Amazon Connect leaves in S3 about a contact: which they are, and what they say (X1, X2)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connect_zendesk.rules.conversation import Conversation, Kind


@dataclass(frozen=True)
class ContactFile:
    """A file about one leg, by its place in S3. ``size`` is in bytes, ``stamp`` the time in its name."""

    bucket: str
    key: str
    version: str | None
    size: int | None
    leg: str
    kind: Kind
    redacted: bool
    stamp: datetime | None = None


class NotAContactFile(ValueError):
    """The file is not what its name says. The message is the reason, without personal data."""


def of_key(bucket: str, key: str, version: str | None = None, size: int | None = None) -> ContactFile | None:
    """Return the contact file that an object in S3 is, or None where it is none of ours to read."""
    raise NotImplementedError


def open(file: ContactFile, path: Path) -> Conversation:  # noqa: A001
    """Return what a contact file says; ``path`` is where it was downloaded to. Raises `NotAContactFile`."""
    raise NotImplementedError
