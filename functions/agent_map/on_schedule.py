"""Finds out who the agents are in Zendesk, ahead of their first contacts: a few times an hour."""

import os
import time
from typing import Any

from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.faults import without_words
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.observability import logger, metrics
from connect_zendesk.workflows.agents.agent_map import fill
from connect_zendesk.zendesk.patience import seconds_left


@logger.inject_lambda_context
@metrics.log_metrics
@without_words
def handler(_event: dict[str, Any], context: Any) -> None:
    """Bring the agent map up to date. What fails is retried by the next run."""
    services = container.services()
    services.zendesk.remaining = remaining = seconds_left(context)
    fill(services, os.environ["CONNECT_INSTANCE_ARN"], remaining, time.sleep)


make_ready(container.services)
