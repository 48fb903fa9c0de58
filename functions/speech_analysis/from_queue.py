"""Has recordings transcribed: behind the recording queue, one message for each until it is over."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import SPEECH_ANALYSIS
from connect_zendesk.workflows.speech.events import handle


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the recording queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, SPEECH_ANALYSIS)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what one event asks for: a recording to be transcribed, or something that has come of one."""
    handle(container.services(), detail_type, detail)
    logger.info("message handled", event=detail_type)


make_ready(container.services)
