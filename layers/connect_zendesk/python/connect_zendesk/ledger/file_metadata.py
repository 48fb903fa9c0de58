"""What a leg's record told of its files, kept longer than the record itself: it is no personal data.

A file can come, or be tried again, days after the record is forgotten; a raw one must not slip through then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.leg_files import LegFiles
from connect_zendesk.ledger.ledger import KEEP_CLAIM, contact
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.transcripts.transcript_wanted import AttachmentPolicy
from connect_zendesk.workflows.services import Services


@dataclass(frozen=True)
class FileMetadata:
    """What the record of a leg, as of ``updated``, tells of its files, and what its settings say of them."""

    files: LegFiles
    policy: AttachmentPolicy
    updated: datetime

    @staticmethod
    def of(item: Mapping[str, Any]) -> "FileMetadata":
        """Return it from what was kept of it."""
        files = {**item["files"], "unprocessed": frozenset(item["files"]["unprocessed"])}
        return FileMetadata(
            LegFiles(**files), AttachmentPolicy(**item["wishes"]), datetime.fromisoformat(item["updated"])
        )

    def as_item(self) -> dict[str, Any]:
        """Return it as it is kept."""
        files = {**asdict(self.files), "unprocessed": sorted(self.files.unprocessed)}
        return {"files": files, "wishes": asdict(self.policy), "updated": self.updated.isoformat()}


def keep(services: Services, leg: Leg, told: FileMetadata) -> None:
    """Keep what a record told, unless a newer one has."""
    known = recall(services, leg.root_id, leg.contact_id)
    if known is not None and known.updated >= told.updated:
        return

    def newest(other: Any) -> Any:
        newer = other is not None and FileMetadata.of(other).updated > told.updated
        return other if newer else told.as_item()

    services.ledger.change(contact(leg.root_id), _item(leg.contact_id), newest, KEEP_CLAIM)


def recall(services: Services, root: str, leg: str) -> FileMetadata | None:
    """Return what the record of a leg told of its files, or None where none has come."""
    known = services.ledger.recall(contact(root), _item(leg))
    return FileMetadata.of(known.value) if known is not None else None


def _item(leg: str) -> str:
    return f"files#{leg}"
