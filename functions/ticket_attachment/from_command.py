"""Attaches contacts to tickets as agents ask: behind the attachment queue, one message for each command."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.detail_types import ATTACHMENT_REQUESTED, ZENDESK_EVENT
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import work
from connect_zendesk.errors import Permanent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.rules.tickets.attachment import NotAnAttachment, parse
from connect_zendesk.topology import TICKET_ATTACHMENT
from connect_zendesk.workflows.attachments.attach import attach
from connect_zendesk.workflows.attachments.attach_by_macro import attach_by_macro
from connect_zendesk.workflows.tasks import zendesk_events


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the attachment queue; returns which messages are to be retried."""
    return work(event, context, container.services(), do, TICKET_ATTACHMENT)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what one command asks for: one on the bus, or a macro's tag."""
    count(Metric.ATTACHMENT)
    services = container.services()
    if detail_type == ZENDESK_EVENT:
        attach_by_macro(services, zendesk_events.read(detail))
        return
    if detail_type != ATTACHMENT_REQUESTED:
        raise Permanent("no message for this queue")
    try:
        command = parse(detail, services.clock())
    except NotAnAttachment as error:
        raise Permanent(str(error)) from None
    attach(services, command)
