"""The endpoint of Zendesk's webhooks: a function URL that anyone can call; only Zendesk's requests count."""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from connect_zendesk import messaging
from connect_zendesk.entrypoints import http
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.observability import logger, metrics
from connect_zendesk.workflows.webhooks.endpoint import RETRY_AFTER_SECONDS, WebhookEndpoint, answer

# Zendesk waits ten seconds for an answer. Rather a 503, which it repeats, than none. An event is published
# without the ledger too, after several requests to it: each has its share of the time, and no second attempt.
_SECRETS = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})
_LEDGER = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


@cache
def endpoint() -> WebhookEndpoint:
    """Return the endpoint, once per container."""
    secrets = boto3.client("secretsmanager", config=_SECRETS)
    items = DynamoItems(boto3.client("dynamodb", config=_LEDGER), os.environ["TABLE_NAME"])
    return WebhookEndpoint(
        read_keys=lambda: secrets.get_secret_value(SecretId=os.environ["WEBHOOK_SECRET_ARN"])["SecretString"],
        ledger=Ledger(items, clock=now, lease=timedelta(minutes=1)),
        messages=messaging.messages,
        clock=now,
        other_ways=bool(os.environ.get("ZENDESK_EVENT_BUS")),
    )


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer one request. Metrics are written where there are any: a flood of forged requests has none."""
    try:
        return http.respond(
            event, lambda request: answer(endpoint(), request), retry_after=RETRY_AFTER_SECONDS
        )
    finally:
        if metrics.provider.metric_set:
            metrics.flush_metrics()


make_ready(endpoint, messaging.messages, messaging.events)
