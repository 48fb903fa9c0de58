"""Shows agents tickets and users while contacts ring: behind the agent event stream, where there is one."""

from typing import Any

from connect_zendesk.amazon_connect import agent_event
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.entrypoints import container, stream
from connect_zendesk.entrypoints.instance import require_own
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.contact_events import ring
from connect_zendesk.zendesk.patience import seconds_left


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a batch of the stream. An event that cannot be handled keeps no other from the agents."""
    container.services().zendesk.remaining = seconds_left(context)
    stream.at_most_once(event, show)


def show(data: bytes) -> None:
    """Show what one agent event asks for. Raises nothing: a pop that is late is worse than none."""
    count(Metric.AGENT_EVENT)
    try:
        change = agent_event.decode(data)
        require_own(change.agent.arn)
        ring.handle(container.services(), change)
    except NotAContactRecord as reason:
        # Not a dead letter: what pops is worth nothing by the time anyone reads those.
        count(Metric.AGENT_EVENT_INVALID)
        logger.error("invalid agent event", reason=str(reason))
    except Exception as error:  # noqa: BLE001 - AWS is unavailable: the agent sees the ticket on accepting
        count(Metric.POP_FAILED)
        logger.error("unexpected error", error=type(error).__name__)


make_ready(container.services)
