"""Opens a ticket from a contact flow, which reads its number to the caller (F2, F3)."""

from typing import Any

from connect_zendesk.entrypoints import contact_flow, container
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.flows.open_ticket import open_from_flow
from connect_zendesk.zendesk.patience import seconds_left


@contact_flow.always_answers
@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Any, context: Any) -> dict[str, str]:
    """Answer a block's event within its time limit; raises nothing, as a flow could not see why."""
    count(Metric.FLOW_TICKET)
    return contact_flow.answer(event, seconds_left(context), container.services, open_from_flow)


make_ready(container.services)
