"""Shows agents tickets and users while contacts ring: behind the agent event stream, where there is one."""

import base64
import os
from typing import Any

from connect_zendesk.amazon_connect import agent_event
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.entrypoints import container
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.contact_events import ring
from connect_zendesk.zendesk.patience import seconds_left


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a batch of the stream. An event that cannot be handled keeps no other from the agents."""
    services = container.services()
    services.zendesk.remaining = seconds_left(context)
    instance = os.environ.get("CONNECT_INSTANCE_ARN")
    for record in event["Records"]:
        count(Metric.AGENT_EVENT)
        try:
            change = agent_event.decode(base64.b64decode(record["kinesis"]["data"]))
            if instance and not (change.agent.arn or "").startswith(f"{instance}/"):
                raise NotAContactRecord("from another Amazon Connect instance")
            ring.follow(services, change)
        except NotAContactRecord as reason:
            # Not a dead letter: what pops is worth nothing by the time anyone reads those.
            count(Metric.AGENT_EVENT_INVALID)
            logger.error("invalid agent event", reason=str(reason))
        except Exception as error:  # noqa: BLE001 - AWS is unavailable: the agent sees the ticket on accepting
            count(Metric.POP_FAILED)
            logger.error("unexpected error", error=type(error).__name__)
