"""Opens a ticket from a contact flow, which reads its number to the caller (F2, F3)."""

from typing import Any

from connect_zendesk import service
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.flows import flow_block
from connect_zendesk.workflows.flows.flow_ticket import open_from_flow


def handler(event: Any, context: Any) -> dict[str, str]:
    """Answer a block's event within its time limit; raises nothing, as a flow could not tell why."""
    try:
        answer: dict[str, str] = _answered(event, context)
    except Exception:  # noqa: BLE001 - logging or metrics in disorder is no reason against an answer
        return {"status": "server error"}
    return answer


@logger.inject_lambda_context
@metrics.log_metrics
def _answered(event: Any, context: Any) -> dict[str, str]:
    count("FlowTicket")
    return flow_block.answer(
        event, lambda: context.get_remaining_time_in_millis() / 1000, service.clients, open_from_flow
    )
