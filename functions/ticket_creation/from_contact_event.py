"""Opens a contact's ticket and shows it when an agent accepts: an EventBridge event; the agent waits."""

from typing import Any

from connect_zendesk import messaging
from connect_zendesk.amazon_connect import contact_event
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.event import handle
from connect_zendesk.entrypoints.faults import without_words
from connect_zendesk.entrypoints.instance import require_own
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.topology import ACCEPTANCE
from connect_zendesk.workflows.contact_events.accept import handle_at_once


@logger.inject_lambda_context
@metrics.log_metrics
@without_words
def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one contact event. Where the function crashes, Lambda sends the event to the contact queue."""
    count(Metric.CONTACT_EVENT)
    services = container.services()

    def follow() -> None:
        contact = contact_event.parse(event["detail"], event.get("time"))
        require_own(contact.leg.instance_arn)
        handle_at_once(services, contact, event["detail"])

    handle(event, context, services, follow, ACCEPTANCE)


make_ready(container.services, messaging.events)
