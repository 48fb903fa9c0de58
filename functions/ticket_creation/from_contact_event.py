"""Opens a contact's ticket and shows it when an agent accepts: an event on EventBridge, with somebody waiting.

Nothing is retried here: a ticket that pops late would tear the agent out of something else. What could not be
done at once goes to the contact queue, and is done from there without a pop.
"""

import json
import os
from typing import Any

from connect_zendesk import service
from connect_zendesk.amazon_connect import contact_event
from connect_zendesk.amazon_connect.client import Throttled
from connect_zendesk.amazon_connect.contact_event import CONTACT_EVENT
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.ledger import Busy
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.accept import follow
from connect_zendesk.zendesk.errors import Later

SOURCE = "ticket_creation"


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Follow one contact event. Where even handing it on fails, Lambda sends it to the contact queue."""
    count("ContactEvent")
    clients, detail = service.clients(), event["detail"]
    clients.zendesk.remaining = lambda: context.get_remaining_time_in_millis() / 1000
    sent_before = clients.zendesk.sent
    try:
        told = contact_event.parse(detail, event.get("time"))
        instance = os.environ.get("CONNECT_INSTANCE_ARN")
        if instance and told.leg.instance_arn != instance:
            raise NotAContactRecord("from another Amazon Connect instance")
        follow(clients, told, live=True)
    except NotAContactRecord as reason:
        clients.messages.dead_letter(SOURCE, str(reason), json.dumps(event).encode())
        count("DeadLetter")
        logger.error("given up", source=SOURCE, reason=str(reason))
    except Exception as error:  # noqa: BLE001 - whatever it is, the contact queue has patience
        seconds = error.seconds if isinstance(error, Later | Busy | Throttled) else 0
        clients.messages.send_delayed(CONTACT_EVENT, {**detail, "sent": event.get("time")}, min(seconds, 900))
        count("AcceptanceComesBack")
        logger.warning("goes to the contact queue", error=type(error).__name__, seconds=seconds)
    finally:
        count("ZendeskRequests", clients.zendesk.sent - sent_before)
