"""The secrets that the stack makes and `make zendesk` fills."""

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.nag import Acknowledged, acknowledge


def keys_secret(
    scope: Construct, description: str, text: str, why_not_rotated: Acknowledged
) -> secretsmanager.Secret:
    """Return a secret of this empty text, which the stack and `make zendesk` share.

    ``why_not_rotated`` says why Secrets Manager does not rotate it.
    """
    secret = secretsmanager.Secret(
        scope,
        "Keys",
        description=description,
        # Written once, and then left to `make zendesk`, as long as this text does not change.
        secret_string_value=SecretValue.unsafe_plain_text(text),
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(secret, why_not_rotated)
    return secret
