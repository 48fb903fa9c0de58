"""Makes tickets from contact records: behind the contact queue, one message for each record."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk import service
from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.messaging import CONTACT_RECORD, FORCED_TICKET_DUE
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.worker import work
from connect_zendesk.workflows.settle import settle
from connect_zendesk.zendesk.errors import Permanent

SOURCE = "ticket_creation"


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Work through a batch of the contact queue; returns which messages come again."""
    return work(event, context, service.clients(), do, SOURCE)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Settle the contact of one message."""
    count("ContactRecord")
    if detail_type not in (CONTACT_RECORD, FORCED_TICKET_DUE):
        raise Permanent("no message for this queue")
    leg = contact_record.parse(detail)
    clients = service.clients()
    sent_before = clients.zendesk.sent
    try:
        settle(clients, leg, detail, forced_ticket_due=detail_type == FORCED_TICKET_DUE)
    finally:
        requests = clients.zendesk.sent - sent_before
        count("ZendeskRequests", requests)
        logger.info("worked on", contact=leg.root_id, zendesk_requests=requests)
