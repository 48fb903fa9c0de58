"""What a leg's record told of its files, kept longer than the record itself: it is no personal data.

A file can come, or be tried again, days after the record is forgotten; a raw one must not slip through then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.leg_files import LegFiles
from connect_zendesk.ledger import KEEP_CLAIM, contact
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.transcripts.transcript_wanted import Wishes
from connect_zendesk.workflows.clients import Clients


@dataclass(frozen=True)
class Told:
    """What the record of a leg, as of ``updated``, tells of its files, and what its settings say of them."""

    files: LegFiles
    wishes: Wishes
    updated: datetime

    @staticmethod
    def of(item: Mapping[str, Any]) -> "Told":
        """Return it from what was kept of it."""
        files = {**item["files"], "unprocessed": frozenset(item["files"]["unprocessed"])}
        return Told(LegFiles(**files), Wishes(**item["wishes"]), datetime.fromisoformat(item["updated"]))

    def as_item(self) -> dict[str, Any]:
        """Return it as it is kept."""
        files = {**asdict(self.files), "unprocessed": sorted(self.files.unprocessed)}
        return {"files": files, "wishes": asdict(self.wishes), "updated": self.updated.isoformat()}


def keep(clients: Clients, leg: Leg, told: Told) -> None:
    """Keep what a record told, unless a newer one has."""
    known = recall(clients, leg.root_id, leg.contact_id)
    if known is not None and known.updated >= told.updated:
        return

    def newest(other: Any) -> Any:
        newer = other is not None and Told.of(other).updated > told.updated
        return other if newer else told.as_item()

    clients.ledger.change(contact(leg.root_id), _item(leg.contact_id), newest, KEEP_CLAIM)


def recall(clients: Clients, root: str, leg: str) -> Told | None:
    """Return what the record of a leg told of its files, or None where none has come."""
    known = clients.ledger.recall(contact(root), _item(leg))
    return Told.of(known.value) if known is not None else None


def _item(leg: str) -> str:
    return f"files#{leg}"
