"""The newest record of each leg, kept for a while: for the forced ticket (T8), and for moving (A1)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import RECORD

#: Kept anew when no more than this is left, for as long as its message is still retried.
_RENEW = timedelta(hours=12)


def keep(ledger: Ledger, root: str, leg: str, updated: datetime, record: Mapping[str, Any]) -> None:
    """Keep the record of a leg, as of ``updated``, unless a newer one is kept."""
    key = RECORD.key(root=root, leg=leg)
    known = ledger.recall(key)
    if known is not None and (
        datetime.fromisoformat(known.value["updated"]) > updated
        or (known.value["updated"] == updated.isoformat() and known.until - ledger.clock() > _RENEW)
    ):
        return
    kept = {"updated": updated.isoformat(), "record": json.dumps(record)}

    def newest(other: Any) -> Any:
        newer = other is not None and datetime.fromisoformat(other["updated"]) > updated
        return other if newer else kept

    ledger.change(key, newest)


def newest(ledger: Ledger, root: str, leg: str) -> Mapping[str, Any] | None:
    """Return the newest record of a leg, or None where none is kept, or none any more."""
    known = ledger.recall(RECORD.key(root=root, leg=leg))
    if known is None:
        return None
    record = known.value["record"]  # release 0.1 kept it as it is, not as text
    kept: Mapping[str, Any] = json.loads(record) if isinstance(record, str) else record
    return kept
