"""Writes to customers' Zendesk users: behind the queue of such changes, one at a time."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.detail_types import CUSTOMER_UPDATE
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.errors import Permanent
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import CUSTOMER_UPDATES
from connect_zendesk.workflows.customers.customer_update import update_customer


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the customer queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, CUSTOMER_UPDATES)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Make the change of one message."""
    if detail_type != CUSTOMER_UPDATE:
        raise Permanent("no message for this queue")
    update_customer(container.services(), detail)


make_ready(container.services)
