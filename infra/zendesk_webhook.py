"""The door for Zendesk's webhooks: a function URL, its function, and the secret it verifies with."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, SecretValue
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from infra.function import PythonFunction
from infra.nag import acknowledge
from infra.workflow_function import Foundation

# Zendesk waits ten seconds for an answer.
TIMEOUT = Duration.seconds(9)
# What the door keeps in the ledger, and all that it may touch there.
PARTITIONS = "webhook#*"


class ZendeskWebhook(Construct):
    """The function `zendesk_webhook`, open to the internet, since Zendesk signs requests as AWS does not.

    Attributes:
        door: the function.
        url: where Zendesk sends to.
        secret: what the door verifies with: signing secrets, the account, and who this project is there.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        self.secret = secretsmanager.Secret(
            self,
            "Keys",
            description="Zendesk webhooks: signing secrets, account id, integration user; see make zendesk",
            # Written once, and then left to `make zendesk`, as long as this text does not change.
            secret_string_value=SecretValue.unsafe_plain_text(WebhookKeys().as_text()),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            self.secret,
            "AwsSolutions-SMG4",
            "Zendesk makes the signing secrets; `make zendesk` rotates them, both being valid for a while.",
        )
        queues = foundation.queues
        self.door = PythonFunction(
            self,
            "Door",
            folder="zendesk_webhook",
            handler="handler.handler",
            description="Zendesk's events to the bus",
            timeout=TIMEOUT,
            log_retention_days=foundation.context.log_retention_days,
            layers=foundation.layers,
            environment={
                "BUS_NAME": foundation.bus.event_bus_name,
                "DEAD_LETTER_QUEUE_URL": queues.dead_letters.queue_url,
                "TABLE_NAME": foundation.ledger.table.table_name,
                "WEBHOOK_SECRET_ARN": self.secret.secret_arn,
            },
        )
        self.door.allow(["events:PutEvents"], [foundation.bus.event_bus_arn])
        self.door.allow(["sqs:SendMessage"], [queues.dead_letters.queue_arn])
        self.door.allow(["secretsmanager:GetSecretValue"], [self.secret.secret_arn])
        foundation.ledger.grant_use(self.door.role, partitions=PARTITIONS)
        function = cast(lambda_.CfnFunction, self.door.function.node.default_child)
        # Ten do some hundred requests a second, as each takes some hundredths of one. It is also all that
        # somebody who floods the address can make us pay for. An account with a small quota can reserve none.
        function.reserved_concurrent_executions = foundation.context.webhook_concurrency or None
        # Lambda's own three lines for each request would let a flood of forged ones fill the log.
        function.add_property_override("LoggingConfig.LogFormat", "JSON")
        function.add_property_override("LoggingConfig.SystemLogLevel", "WARN")
        address = self.door.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        self.url = address.url
