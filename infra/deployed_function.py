"""A function of the topology as it is deployed: what all of them read from their environment, and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from connect_zendesk.function_kinds import Function
from connect_zendesk.topology import CONTACTS, CUSTOMERS
from infra.alarms import Alarms
from infra.app_settings import AppSettings
from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.ledger import Ledger
from infra.nag import Acknowledged, acknowledge
from infra.queues import Queues
from infra.record_stream import RecordStream
from infra.speech_analysis import SpeechAnalysis
from infra.zendesk_credentials import ZendeskCredentials

# A claim on a step outlives the function that made it, by this.
LEASE_AFTER_TIMEOUT_SECONDS = 60
# Whom or what an action of Amazon Connect is about, which its resource names.
_ASKED_ABOUT = {"DescribeUser": "agent", "DescribeContact": "contact", "DescribeInstance": None}


@dataclass(frozen=True)
class Foundation:
    """What the functions stand on, made once for the stack."""

    context: DeploymentContext
    bus: events.IEventBus
    stream: RecordStream
    queues: Queues
    ledger: Ledger
    credentials: ZendeskCredentials
    webhook_keys: secretsmanager.ISecret
    settings: AppSettings
    layers: Sequence[lambda_.ILayerVersion]
    alarms: Alarms
    speech: SpeechAnalysis | None = None


class DeployedFunction(PythonFunction):
    """A function with the environment, the permissions and the alarms that its row asks for."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        row: Function,
        foundation: Foundation,
        *,
        environment: Mapping[str, str] | None = None,
        code: Path | None = None,
    ) -> None:
        super().__init__(
            scope,
            id_,
            code=code,
            row=row,
            log_retention_days=foundation.context.log_retention_days,
            tracing=foundation.context.tracing,
            layers=foundation.layers,
            environment={
                "BUS_NAME": foundation.bus.event_bus_name,
                "DEAD_LETTER_QUEUE_URL": foundation.queues.dead_letters.queue_url,
                **(_workflow_environment(row, foundation) if row.runs_workflows else {}),
                **(environment or {}),
            },
        )
        if foundation.context.tracing:
            acknowledge(
                self.role,
                Acknowledged.ANY_TRACE,
                "Resource::*",
            )
        if row.runs_workflows:
            foundation.ledger.grant_use(self.role)
            foundation.settings.grant_read(self.role)
        if row.asks_zendesk:
            self.allow(["secretsmanager:GetSecretValue"], [foundation.credentials.secret.secret_arn])
        if row.sends_to:
            queues = [foundation.queues.named(name).queue_arn for name in row.sends_to]
            self.allow(["sqs:SendMessage"], queues)
        if row.publishes:
            self.allow(["events:PutEvents"], [foundation.bus.event_bus_arn])
        if row.asks_connect:
            self._allow_asking(foundation.context.connect_instance_arn, row.asks_connect)
        foundation.alarms.watch(self)

    def put_out(self, name: str, value: str) -> None:
        """Make an output of the stack."""
        CfnOutput(Stack.of(self), name, value=value)

    def _allow_asking(self, instance_arn: str, names: Sequence[str]) -> None:
        """Let the function take actions on agents and contacts: of any instance, where none is named."""
        if instance_arn:
            for name in names:
                kind = _ASKED_ABOUT[name]
                if kind is None:  # the instance itself
                    self.allow([f"connect:{name}"], [instance_arn])
                    continue
                self.allow([f"connect:{name}"], [instance_arn, f"{instance_arn}/{kind}/*"])
                acknowledge(
                    self.role,
                    Acknowledged.ANY_AGENT_OR_CONTACT,
                    f"Resource::{instance_arn}/{kind}/*",
                )
            return
        any_instance = Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        self.allow([f"connect:{name}" for name in names], [any_instance])
        acknowledge(
            self.role,
            Acknowledged.ANY_INSTANCE,
            "Resource::arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance/*",
        )


def _workflow_environment(row: Function, foundation: Foundation) -> dict[str, str]:
    """Return what a function that reads the app settings and keeps the ledger has in its environment."""
    queues, settings, context = foundation.queues, foundation.settings, foundation.context
    return {
        "TABLE_NAME": foundation.ledger.table.table_name,
        "CONTACT_QUEUE_URL": queues.named(CONTACTS).queue_url,
        "CUSTOMER_QUEUE_URL": queues.named(CUSTOMERS).queue_url,
        "ZENDESK_URL": context.zendesk_url,
        "ZENDESK_SECRET_ARN": foundation.credentials.secret.secret_arn,
        "APP_SETTINGS_APPLICATION": settings.application,
        "APP_SETTINGS_ENVIRONMENT": settings.environment,
        "APP_SETTINGS_PROFILE": settings.profile,
        "CONNECT_INSTANCE_ARN": context.connect_instance_arn,
        "FORCED_TICKET_WAIT_SECONDS": str(context.forced_ticket_wait_seconds),
        "CONTACT_FILE_WAIT_SECONDS": str(context.contact_file_wait_seconds),
        "LEASE_SECONDS": str(row.timeout + LEASE_AFTER_TIMEOUT_SECONDS),
    }
