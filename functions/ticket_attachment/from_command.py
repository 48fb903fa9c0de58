"""Attaches contacts to tickets as agents ask, and remembers merges: behind the attachment queue."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk import messaging
from connect_zendesk.detail_types import ATTACHMENT_REQUESTED, ZENDESK_EVENT
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.errors import Permanent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.rules.tickets.attachment import NotAnAttachment, parse
from connect_zendesk.topology import TICKET_ATTACHMENT
from connect_zendesk.workflows.attachments.attach import attach
from connect_zendesk.workflows.attachments.attach_by_macro import attach_by_macro
from connect_zendesk.workflows.tasks import zendesk_events
from connect_zendesk.workflows.tickets import merges


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the attachment queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, TICKET_ATTACHMENT)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what one command asks for, one on the bus or a macro's tag, or remember what a ticket has become."""
    services = container.services()
    event = zendesk_events.read(detail) if detail_type == ZENDESK_EVENT else None
    if event is not None and event.type == merges.MERGE:
        merges.remember(services, event)
        return
    count(Metric.ATTACHMENT)
    if event is not None:
        attach_by_macro(services, event)
        return
    if detail_type != ATTACHMENT_REQUESTED:
        raise Permanent("no message for this queue")
    try:
        command = parse(detail, services.clock())
    except NotAnAttachment as error:
        raise Permanent(str(error)) from None
    attach(services, command)


make_ready(container.services, messaging.events)
