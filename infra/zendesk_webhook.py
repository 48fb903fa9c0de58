"""What the webhook endpoint verifies with: signing secrets, the account, and who this project is there."""

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from infra.function import PythonFunction
from infra.keys import keys_secret
from infra.nag import Acknowledged


def make_keys(scope: Construct) -> secretsmanager.Secret:
    """Make the secret, which the stack and `make zendesk` share."""
    return keys_secret(
        scope,
        "Zendesk webhooks: signing secrets, account id, integration user; see make zendesk",
        WebhookKeys().as_text(),
        Acknowledged.WEBHOOK_KEYS_NOT_ROTATED,
    )


def name_other_bus(function: PythonFunction, bus: str) -> None:
    """Have a function see to it that what comes by another bus as well is one event (K4)."""
    if bus:
        function.function.add_environment("ZENDESK_EVENT_BUS", bus)


def let_read_keys(function: PythonFunction, keys: secretsmanager.ISecret) -> None:
    """Let a function read them."""
    function.allow(["secretsmanager:GetSecretValue"], [keys.secret_arn])
    function.function.add_environment("WEBHOOK_SECRET_ARN", keys.secret_arn)
