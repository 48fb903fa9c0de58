"""Attaches transcripts and analyses to tickets: behind the transcript queue, one message for each file."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk import messaging
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import TRANSCRIPT_ATTACHMENT
from connect_zendesk.workflows.transcripts.file_events import handle


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the transcript queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, TRANSCRIPT_ATTACHMENT)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what one event asks for: S3's that a file is there, or ours that a contact has its ticket."""
    services = container.services()
    sent_before = services.zendesk.sent
    try:
        handle(services, detail_type, detail)
    finally:
        count(Metric.ZENDESK_REQUESTS, requests := services.zendesk.sent - sent_before)
        logger.info("message handled", event=detail_type, zendesk_requests=requests)


make_ready(container.services, messaging.events)
