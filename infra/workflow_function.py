"""A function that runs workflows: what all of them read from their environment, and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.app_settings import AppSettings
from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.ledger import Ledger
from infra.nag import acknowledge
from infra.queues import Queues, WorkQueue
from infra.zendesk_credentials import ZendeskCredentials

# A claim on a step outlives the function that made it, by this.
LEASE_AFTER_TIMEOUT_SECONDS = 60
# Background work: a contact takes up to half a dozen requests to Zendesk, one after another, of some hundred
# milliseconds each. Five contacts fit the timeout with room for a slow hour, and a failure delays few others.
WORKER_TIMEOUT = Duration.seconds(30)
BATCH = 5


@dataclass(frozen=True)
class Foundation:
    """What the workflows stand on, made once for the stack."""

    context: DeploymentContext
    bus: events.IEventBus
    queues: Queues
    ledger: Ledger
    credentials: ZendeskCredentials
    settings: AppSettings
    layers: Sequence[lambda_.ILayerVersion]


class WorkflowFunction(PythonFunction):
    """A function that reads the app settings, keeps the ledger and speaks to Zendesk.

    `links_tickets`: it may send what that takes, to the queues and the bus. `asks_for_agents`: it may ask who
    an agent is, and `asks_zendesk`: it may sign in there. `connect_actions`: further Amazon Connect actions
    it may take on the instance's contacts.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        foundation: Foundation,
        folder: str,
        handler: str,
        description: str,
        timeout: Duration,
        links_tickets: bool = True,
        asks_for_agents: bool = True,
        asks_zendesk: bool = True,
        connect_actions: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        queues, settings = foundation.queues, foundation.settings
        super().__init__(
            scope,
            id_,
            folder=folder,
            handler=handler,
            description=description,
            timeout=timeout,
            log_retention_days=foundation.context.log_retention_days,
            layers=foundation.layers,
            environment={
                "TABLE_NAME": foundation.ledger.table.table_name,
                "BUS_NAME": foundation.bus.event_bus_name,
                "CONTACT_QUEUE_URL": queues.contacts.queue_url,
                "CUSTOMER_QUEUE_URL": queues.customers.queue_url,
                "DEAD_LETTER_QUEUE_URL": queues.dead_letters.queue_url,
                "ZENDESK_URL": foundation.context.zendesk_url,
                "ZENDESK_SECRET_ARN": foundation.credentials.secret.secret_arn,
                "APP_SETTINGS_APPLICATION": settings.application,
                "APP_SETTINGS_ENVIRONMENT": settings.environment,
                "APP_SETTINGS_PROFILE": settings.profile,
                "CONNECT_INSTANCE_ARN": foundation.context.connect_instance_arn,
                "FORCED_TICKET_WAIT_SECONDS": str(foundation.context.forced_ticket_wait_seconds),
                "CONTACT_FILE_WAIT_SECONDS": str(foundation.context.contact_file_wait_seconds),
                "LEASE_SECONDS": str(int(timeout.to_seconds()) + LEASE_AFTER_TIMEOUT_SECONDS),
                **(environment or {}),
            },
        )
        foundation.ledger.grant_use(self.role)
        settings.grant_read(self.role)
        if asks_zendesk:
            self.allow(["secretsmanager:GetSecretValue"], [foundation.credentials.secret.secret_arn])
        if links_tickets:
            sends_to = [queues.contacts, queues.customers, queues.dead_letters]
            self.allow(["sqs:SendMessage"], [queue.queue_arn for queue in sends_to])
            self.allow(["events:PutEvents"], [foundation.bus.event_bus_arn])
        # An agent's e-mail address finds the agent in Zendesk.
        agent_actions = ["connect:DescribeUser"] if asks_for_agents else []
        if agent_actions or connect_actions:
            self._allow_asking(foundation.context.connect_instance_arn, agent_actions, connect_actions)

    def _allow_asking(
        self, instance_arn: str, agent_actions: Sequence[str], contact_actions: Sequence[str]
    ) -> None:
        """Let the function take actions on agents and contacts: of any instance, where none is named."""
        if instance_arn:
            kinds = {"agent": list(agent_actions), "contact": list(contact_actions)}
            for kind, actions in kinds.items():
                if actions:
                    self.allow(actions, [instance_arn, f"{instance_arn}/{kind}/*"])
                    acknowledge(
                        self.role,
                        f"AwsSolutions-IAM5[Resource::{instance_arn}/{kind}/*]",
                        f"Any {kind} of the instance may be the one.",
                    )
            return
        any_instance = Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        self.allow([*agent_actions, *contact_actions], [any_instance])
        acknowledge(
            self.role,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance/*]",
            "Contacts of any instance of this account and region are accepted when connect_instance_arn is"
            " empty, and any agent may have had them.",
        )


class Worker(WorkflowFunction):
    """A workflow function behind a queue, which works through it in the background."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        foundation: Foundation,
        queue: WorkQueue,
        folder: str,
        handler: str,
        description: str,
        batch: int = BATCH,
        concurrency: int | None = None,
        links_tickets: bool = True,
        asks_for_agents: bool = True,
        asks_zendesk: bool = True,
        connect_actions: Sequence[str] = (),
        timeout: Duration = WORKER_TIMEOUT,
    ) -> None:
        super().__init__(
            scope,
            id_,
            foundation=foundation,
            folder=folder,
            handler=handler,
            description=description,
            timeout=timeout,
            links_tickets=links_tickets,
            asks_for_agents=asks_for_agents,
            asks_zendesk=asks_zendesk,
            connect_actions=connect_actions,
            environment={"OWN_QUEUE_URL": queue.queue_url},
        )
        queue.grant_consume_messages(self.role)
        if not links_tickets:
            self.allow(["sqs:SendMessage"], [foundation.queues.dead_letters.queue_arn])
        mapping = lambda_.EventSourceMapping(
            self,
            "Messages",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=batch,
            report_batch_item_failures=True,
            # Not reserved concurrency: that throttles, and a throttled message counts as received. This keeps
            # background work from using up the requests that the account's Zendesk plan allows.
            max_concurrency=concurrency or foundation.context.background_concurrency,
        )
        mapping.node.add_dependency(foundation.settings.seed, self.role)
