"""Puts on the bus what Zendesk's webhook could not deliver: a few times an hour."""

import os
from typing import Any

import boto3
from botocore.config import Config

from connect_zendesk import messaging
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.faults import without_words
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger, metrics
from connect_zendesk.workflows.webhooks.recovery import recover
from connect_zendesk.zendesk.errors import ZendeskLater
from connect_zendesk.zendesk.patience import seconds_left
from connect_zendesk.zendesk.webhook_keys import WebhookKeys

_CONFIG = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def keys() -> WebhookKeys:
    """Return the signing secrets and ids of the webhooks."""
    secrets = boto3.client("secretsmanager", config=_CONFIG)
    return WebhookKeys.of(secrets.get_secret_value(SecretId=os.environ["WEBHOOK_SECRET_ARN"])["SecretString"])


@logger.inject_lambda_context
@metrics.log_metrics
@without_words
def handler(_event: dict[str, Any], context: Any) -> None:
    """Recover undelivered events. What fails is retried by the next run."""
    services = container.services()
    services.zendesk.remaining = remaining = seconds_left(context)
    known = keys()
    count(Metric.WEBHOOKS_CHECKED, len(known.webhooks))
    try:
        recover(services, known, remaining, other_ways=bool(os.environ.get("ZENDESK_EVENT_BUS")))
    except ZendeskLater as error:
        logger.info("run stopped: the next one goes on", reason=str(error))


make_ready(container.services, messaging.events)
