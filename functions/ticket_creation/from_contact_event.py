"""Opens a contact's ticket and shows it when an agent accepts: an EventBridge event; the agent waits."""

import json
import os
from typing import Any

from connect_zendesk.amazon_connect import contact_event
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.entrypoints import container
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import ACCEPTANCE
from connect_zendesk.workflows.contact_events.accept import handle_at_once
from connect_zendesk.zendesk.patience import seconds_left


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Follow one contact event. Where the function crashes, Lambda sends the event to the contact queue."""
    count(Metric.CONTACT_EVENT)
    services = container.services()
    services.zendesk.remaining = seconds_left(context)
    sent_before = services.zendesk.sent
    try:
        contact = contact_event.parse(event["detail"], event.get("time"))
        instance = os.environ.get("CONNECT_INSTANCE_ARN")
        if instance and contact.leg.instance_arn != instance:
            raise NotAContactRecord("from another Amazon Connect instance")
        handle_at_once(services, contact, event["detail"])
    except NotAContactRecord as reason:
        services.messages.dead_letter(ACCEPTANCE.folder, str(reason), json.dumps(event).encode())
        count(Metric.DEAD_LETTER)
        logger.error("dead-lettered", source=ACCEPTANCE.folder, reason=str(reason))
    finally:
        count(Metric.ZENDESK_REQUESTS, services.zendesk.sent - sent_before)
