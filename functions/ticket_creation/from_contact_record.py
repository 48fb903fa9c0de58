"""Makes tickets behind the contact queue: a message is a record, a deferred event, or a check."""

from collections.abc import Callable, Mapping
from typing import Any

from connect_zendesk import messaging
from connect_zendesk.amazon_connect import contact_event, contact_record
from connect_zendesk.detail_types import CALL_CHECK_DUE, CONTACT_EVENT, CONTACT_RECORD, FORCED_TICKET_DUE
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.errors import Permanent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import TICKET_CREATION
from connect_zendesk.workflows.contact_events.accept import handle
from connect_zendesk.workflows.contact_records.settle import settle
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.call_checks import check


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the contact queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, TICKET_CREATION)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Settle a contact by its record, handle an event that was deferred, or check a call in doubt."""
    services = container.services()
    sent_before = services.zendesk.sent
    contact, handle_it = _work(services, detail_type, detail)
    try:
        handle_it()
    finally:
        count(Metric.ZENDESK_REQUESTS, requests := services.zendesk.sent - sent_before)
        logger.info("message handled", contact=contact, zendesk_requests=requests)


def _work(services: Services, detail_type: str, detail: Mapping[str, Any]) -> tuple[str, Callable[[], None]]:
    """Return which contact a message is about, and what does what it asks for. Raises `Permanent`."""
    if detail_type == CALL_CHECK_DUE:
        return str(detail.get("contact")), lambda: check(services, detail)
    if detail_type == CONTACT_EVENT:
        event = contact_event.parse(detail, detail.get("sent"))
        count(Metric.CONTACT_EVENT)
        return event.leg.root_id, lambda: handle(services, event, live=False)
    if detail_type not in (CONTACT_RECORD, FORCED_TICKET_DUE):
        raise Permanent("no message for this queue")
    leg, due = contact_record.parse(detail), detail_type == FORCED_TICKET_DUE
    count(Metric.CONTACT_RECORD)
    return leg.root_id, lambda: settle(services, leg, detail, forced_ticket_due=due)


make_ready(container.services, messaging.events)
