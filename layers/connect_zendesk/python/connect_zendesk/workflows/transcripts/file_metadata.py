"""What a leg's record told of its files, kept longer than the record itself: it is no personal data.

A file can come, or be tried again, days after the record is forgotten; a raw one must not slip through then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.leg_files import LegFiles
from connect_zendesk.ledger import legs
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.transcripts.attachment_policy import AttachmentPolicy
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
        policy = item.get("policy") or item["wishes"]  # as release 0.1 called it
        updated = datetime.fromisoformat(item["updated"])
        return FileMetadata(LegFiles(**files), AttachmentPolicy(**policy), updated)

    def as_item(self) -> dict[str, Any]:
        """Return it as it is kept."""
        files = {**asdict(self.files), "unprocessed": sorted(self.files.unprocessed)}
        return {"files": files, "policy": asdict(self.policy), "updated": self.updated.isoformat()}


def keep(services: Services, leg: Leg, metadata: FileMetadata) -> None:
    """Keep what a record told, unless a newer one has."""
    legs.keep_file_metadata(services.ledger, leg.root_id, leg.contact_id, metadata.as_item())


def recall(services: Services, root: str, leg: str) -> FileMetadata | None:
    """Return what the record of a leg told of its files, or None where none has come."""
    known = legs.file_metadata(services.ledger, root, leg)
    return FileMetadata.of(known) if known is not None else None
