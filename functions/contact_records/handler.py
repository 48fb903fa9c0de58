"""The consumer of the record stream: publishes contact records from Kinesis on the bus.

Zendesk is never called from here: a limit there would stall everything behind it in the shard.
"""

from typing import Any

from connect_zendesk import messaging
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, decode
from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.entrypoints import stream
from connect_zendesk.entrypoints.instance import require_own
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.messaging import CannotBeSent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics

SOURCE = "contact_records"


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Forward a batch of the stream; returns which records have to be retried."""
    count(Metric.CONTACT_RECORD_RECEIVED, len(event["Records"]))
    return stream.retried(event, context, forward)


def forward(data: bytes) -> None:
    """Publish one record on the bus, or dead-letter it with its reason."""
    try:
        contact_record = decode(data)
        require_own(contact_record.get("InstanceARN"))
        messaging.messages().publish(CONTACT_RECORD, contact_record)
    except (NotAContactRecord, CannotBeSent) as reason:
        messaging.messages().dead_letter(SOURCE, str(reason), data)
        count(Metric.DEAD_LETTER)
        logger.error("dead-lettered", source=SOURCE, reason=str(reason))


make_ready(messaging.messages, messaging.events)
