"""Finds out who the agents are in Zendesk, ahead of their first contacts: a few times an hour."""

import os
import time
from typing import Any

from connect_zendesk import service
from connect_zendesk.observability import logger, metrics
from connect_zendesk.workflows.agents.agent_map import fill


@logger.inject_lambda_context
@metrics.log_metrics
def handler(_event: dict[str, Any], context: Any) -> None:
    """Bring what is known of the agents up to date. What fails is tried by the next run."""

    def remaining() -> float:
        seconds: float = context.get_remaining_time_in_millis() / 1000
        return seconds

    clients = service.clients()
    clients.zendesk.remaining = remaining
    fill(clients, os.environ["CONNECT_INSTANCE_ARN"], remaining, time.sleep)
