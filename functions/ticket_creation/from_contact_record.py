"""Makes tickets behind the contact queue: a message is a contact record, or an event that was left."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect import contact_event, contact_record
from connect_zendesk.detail_types import CONTACT_EVENT, CONTACT_RECORD, FORCED_TICKET_DUE
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import work
from connect_zendesk.errors import Permanent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import TICKET_CREATION
from connect_zendesk.workflows.contact_events.accept import follow
from connect_zendesk.workflows.contact_records.settle import settle


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Work through a batch of the contact queue; returns which messages come again."""
    return work(event, context, container.services(), do, TICKET_CREATION)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Settle a contact by its record, or do what one of its events has left undone."""
    if detail_type not in (CONTACT_RECORD, FORCED_TICKET_DUE, CONTACT_EVENT):
        raise Permanent("no message for this queue")
    told = contact_event.parse(detail, detail.get("sent")) if detail_type == CONTACT_EVENT else None
    leg = told.leg if told else contact_record.parse(detail)
    count(Metric.CONTACT_EVENT if told else Metric.CONTACT_RECORD)
    services = container.services()
    sent_before = services.zendesk.sent
    try:
        if told:
            follow(services, told, live=False)
        else:
            settle(services, leg, detail, forced_ticket_due=detail_type == FORCED_TICKET_DUE)
    finally:
        count(Metric.ZENDESK_REQUESTS, requests := services.zendesk.sent - sent_before)
        logger.info("message handled", contact=leg.root_id, zendesk_requests=requests)
