"""How a function takes records from a Kinesis stream: one that fails stops no other."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord


def retried(event: dict[str, Any], context: Any, handle: Callable[[bytes], None]) -> Any:
    """Give each record's data to ``handle``; returns which have to be retried, because it raised."""

    def handle_record(record: KinesisStreamRecord) -> None:
        handle(record.kinesis.data_as_bytes())

    processor = BatchProcessor(event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def at_most_once(event: Mapping[str, Any], handle: Callable[[bytes], None]) -> None:
    """Give each record's data to ``handle``, which raises nothing: for what is worth nothing later."""
    for record in event["Records"]:
        handle(base64.b64decode(record["kinesis"]["data"]))
