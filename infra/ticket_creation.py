"""From a contact record on the bus to a ticket: the rule, and the worker behind the contact queue."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import bus as event_bus
from infra.app_settings import AppSettings
from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.ledger import Ledger
from infra.nag import acknowledge
from infra.queues import Queues
from infra.zendesk_credentials import ZendeskCredentials

TIMEOUT = Duration.seconds(30)
# A contact takes up to half a dozen requests to Zendesk, one after another, of some hundred milliseconds
# each. Five contacts fit the timeout with room for a slow hour, and a failure delays few others.
BATCH = 5
# A claim on a step outlives the function that made it, by this.
LEASE_AFTER_TIMEOUT_SECONDS = 60


class TicketCreation(Construct):
    """The function `ticket_creation`, its queue's mapping, and the rule that fills the queue.

    Attributes:
        worker: the function.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DeploymentContext,
        bus: events.IEventBus,
        queues: Queues,
        ledger: Ledger,
        credentials: ZendeskCredentials,
        settings: AppSettings,
        layers: Sequence[lambda_.ILayerVersion],
    ) -> None:
        super().__init__(scope, id_)
        events.Rule(
            self,
            "ContactRecords",
            description="Contact records to the contact queue",
            event_bus=bus,
            event_pattern=events.EventPattern(
                source=[event_bus.SOURCE], detail_type=[event_bus.CONTACT_RECORD]
            ),
            targets=[targets.SqsQueue(queues.contacts, dead_letter_queue=queues.dead_letters)],
        )
        self.worker = PythonFunction(
            self,
            "Worker",
            folder="ticket_creation",
            handler="from_contact_record.handler",
            description="Contact records to tickets",
            timeout=TIMEOUT,
            log_retention_days=context.log_retention_days,
            layers=layers,
            environment={
                "TABLE_NAME": ledger.table.table_name,
                "BUS_NAME": bus.event_bus_name,
                "CONTACT_QUEUE_URL": queues.contacts.queue_url,
                "DEAD_LETTER_QUEUE_URL": queues.dead_letters.queue_url,
                "ZENDESK_URL": context.zendesk_url,
                "ZENDESK_SECRET_ARN": credentials.secret.secret_arn,
                "APP_SETTINGS_APPLICATION": settings.application,
                "APP_SETTINGS_ENVIRONMENT": settings.environment,
                "APP_SETTINGS_PROFILE": settings.profile,
                "CONNECT_INSTANCE_ARN": context.connect_instance_arn,
                "FORCED_TICKET_WAIT_SECONDS": str(context.forced_ticket_wait_seconds),
                "LEASE_SECONDS": str(int(TIMEOUT.to_seconds()) + LEASE_AFTER_TIMEOUT_SECONDS),
            },
        )
        ledger.grant_use(self.worker.role)
        settings.grant_read(self.worker.role)
        queues.contacts.grant_consume_messages(self.worker.role)
        self.worker.allow(["sqs:SendMessage"], [queues.contacts.queue_arn, queues.dead_letters.queue_arn])
        self.worker.allow(["secretsmanager:GetSecretValue"], [credentials.secret.secret_arn])
        self.worker.allow(["events:PutEvents"], [bus.event_bus_arn])
        self._allow_describing_agents(context.connect_instance_arn)
        mapping = lambda_.EventSourceMapping(
            self,
            "Contacts",
            target=self.worker.function,
            event_source_arn=queues.contacts.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
            # Not reserved concurrency: that throttles, and a throttled message counts as received. This keeps
            # background work from using up the requests that the account's Zendesk plan allows.
            max_concurrency=context.background_concurrency,
        )
        mapping.node.add_dependency(settings.seed, self.worker.role)

    def _allow_describing_agents(self, instance_arn: str) -> None:
        """Let the worker ask who an agent is, whose e-mail address finds the agent in Zendesk."""
        if instance_arn:
            self.worker.allow(["connect:DescribeUser"], [instance_arn, f"{instance_arn}/agent/*"])
            acknowledge(
                self.worker.role,
                f"AwsSolutions-IAM5[Resource::{instance_arn}/agent/*]",
                "Any agent of the instance may have had the contact.",
            )
            return
        any_instance = Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        self.worker.allow(["connect:DescribeUser"], [any_instance])
        acknowledge(
            self.worker.role,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance/*]",
            "Contacts of any instance of this account and region are accepted when connect_instance_arn is"
            " empty, and any agent may have had them.",
        )
