"""The ledger of a laptop, to read from."""

from datetime import UTC, datetime, timedelta

from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from local.emulator.laptop import Laptop


def ledger_of(laptop: Laptop) -> Ledger:
    """Return the ledger of a laptop's stack. It is only read, so no lease is ever taken."""
    return Ledger(
        DynamoItems(laptop.clients.dynamodb, laptop.outputs["TableName"]),
        clock=lambda: datetime.now(UTC),
        lease=timedelta(0),
    )
