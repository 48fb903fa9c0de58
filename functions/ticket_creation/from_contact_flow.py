"""Opens a ticket from a contact flow, which reads its number to the caller (F2, F3)."""

from typing import Any

from connect_zendesk import service
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.flows import flow_block
from connect_zendesk.workflows.flows.flow_ticket import open_from_flow
from connect_zendesk.zendesk.patience import seconds_left


@flow_block.always_answers
@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Any, context: Any) -> dict[str, str]:
    """Answer a block's event within its time limit; raises nothing, as a flow could not tell why."""
    count("FlowTicket")
    return flow_block.answer(event, seconds_left(context), service.clients, open_from_flow)
