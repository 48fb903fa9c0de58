"""The agent app: pages, and what they ask for. Anyone can call its function URL; Zendesk's agents count."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from connect_zendesk.entrypoints import container, http
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.observability import logger, metrics
from connect_zendesk.workflows.agent_app.endpoint import RETRY_AFTER_SECONDS, AgentApp, answer
from connect_zendesk.workflows.agent_app.pages import ZENDESK_SDK, Pages
from connect_zendesk.zendesk.patience import seconds_left

_SECRETS = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
_PAGES = Path(__file__).parent / "pages"


@cache
def app() -> AgentApp:
    """Return what the function works with, once per container."""
    secrets = boto3.client("secretsmanager", config=_SECRETS)
    zendesk = os.environ["ZENDESK_URL"]
    return AgentApp(
        read_keys=lambda: secrets.get_secret_value(SecretId=os.environ["AGENT_APP_SECRET_ARN"])[
            "SecretString"
        ],
        make_services=lambda: container.services(),  # noqa: PLW0108 - replaced in tests
        pages=Pages(_PAGES, zendesk, os.environ.get("ZENDESK_SDK_URL") or ZENDESK_SDK),
        zendesk_url=zendesk,
        region=os.environ["AWS_REGION"],
        clock=container.now,
    )


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request. Metrics are written where there are any: a flood of forged requests has none."""
    app().remaining = seconds_left(context)
    try:
        return http.respond(event, lambda request: answer(app(), request), retry_after=RETRY_AFTER_SECONDS)
    finally:
        if metrics.provider.metric_set:
            metrics.flush_metrics()


make_ready(app, container.services)
