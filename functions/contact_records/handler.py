"""The consumer of the record stream: publishes contact records from Kinesis on the bus.

Zendesk is never called from here: a limit there would stall everything behind it in the shard.
"""

import os
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

from connect_zendesk import messaging
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, decode
from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.messaging import CannotBeSent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics

SOURCE = "contact_records"


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Forward a batch of the stream; returns which records have to be retried."""
    count(Metric.CONTACT_RECORD_RECEIVED, len(event["Records"]))
    processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=forward, processor=processor, context=context)


def forward(record: KinesisStreamRecord) -> None:
    """Publish one record on the bus, or dead-letter it with its reason."""
    data = record.kinesis.data_as_bytes()
    try:
        contact_record = decode(data)
        instance = os.environ.get("CONNECT_INSTANCE_ARN")
        if instance and contact_record.get("InstanceARN") != instance:
            raise NotAContactRecord("from another Amazon Connect instance")
        messaging.messages().publish(CONTACT_RECORD, contact_record)
    except (NotAContactRecord, CannotBeSent) as reason:
        messaging.messages().dead_letter(SOURCE, str(reason), data)
        count(Metric.DEAD_LETTER)
        logger.error("dead-lettered", source=SOURCE, reason=str(reason))
