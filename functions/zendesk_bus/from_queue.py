"""Puts Zendesk's ticket events of another bus on the stack's own: behind a queue, one message for each."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk import messaging
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import ZENDESK_BUS
from connect_zendesk.workflows.webhooks.other_bus import publish_from_other_bus


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, ZENDESK_BUS)


def do(_detail_type: str, envelope: Mapping[str, Any]) -> None:
    """Publish the event in one envelope."""
    publish_from_other_bus(container.services(), envelope)


make_ready(container.services, messaging.events)
