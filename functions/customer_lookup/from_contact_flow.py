"""The look-up block of a contact flow: who is calling, which ticket, whatever the flow asks (F1, F3)."""

from typing import Any

from connect_zendesk import service
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.flows import flow_block
from connect_zendesk.workflows.flows.flow_look_up import look_up
from connect_zendesk.zendesk.patience import seconds_left


@flow_block.always_answers
@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: Any, context: Any) -> dict[str, str]:
    """Answer a block's event within its time limit; raises nothing, as a flow could not tell why."""
    count("FlowLookUp")
    return flow_block.answer(event, seconds_left(context), service.clients, look_up)
