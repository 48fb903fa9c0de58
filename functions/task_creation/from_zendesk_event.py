"""Makes tasks of Zendesk events: behind the task queue, one message after the other."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.errors import Permanent
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import TASK_CREATION
from connect_zendesk.workflows.tasks import zendesk_events
from connect_zendesk.workflows.tasks.create_task import create_task


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the task queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, TASK_CREATION)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Make the task of one event, if any."""
    if detail_type != ZENDESK_EVENT:
        raise Permanent("no message for this queue")
    create_task(container.services(), zendesk_events.read(detail))


make_ready(container.services)
