"""Makes tickets behind the contact queue: a message is a contact record, or a deferred event."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect import contact_event, contact_record
from connect_zendesk.detail_types import CALL_CHECK_DUE, CONTACT_EVENT, CONTACT_RECORD, FORCED_TICKET_DUE
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.errors import Permanent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import TICKET_CREATION
from connect_zendesk.workflows.contact_events.accept import handle
from connect_zendesk.workflows.contact_records.settle import settle
from connect_zendesk.workflows.tickets.call_checks import check


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the contact queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, TICKET_CREATION)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Settle a contact by its record, handle an event that was deferred, or check a call in doubt."""
    if detail_type == CALL_CHECK_DUE:
        check(container.services(), detail)
        return
    if detail_type not in (CONTACT_RECORD, FORCED_TICKET_DUE, CONTACT_EVENT):
        raise Permanent("no message for this queue")
    event = contact_event.parse(detail, detail.get("sent")) if detail_type == CONTACT_EVENT else None
    leg = event.leg if event else contact_record.parse(detail)
    count(Metric.CONTACT_EVENT if event else Metric.CONTACT_RECORD)
    services = container.services()
    sent_before = services.zendesk.sent
    try:
        if event:
            handle(services, event, live=False)
        else:
            settle(services, leg, detail, forced_ticket_due=detail_type == FORCED_TICKET_DUE)
    finally:
        count(Metric.ZENDESK_REQUESTS, requests := services.zendesk.sent - sent_before)
        logger.info("message handled", contact=leg.root_id, zendesk_requests=requests)
