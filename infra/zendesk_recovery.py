"""What Zendesk's webhook could not deliver, fetched: the function, and what starts it."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.workflow_function import Foundation, WorkflowFunction

# Two requests to Zendesk for each delivery that failed: some hundreds in a run, and the next run goes on.
TIMEOUT = Duration.minutes(5)
# A task that comes late is late by this; Zendesk tells of a week.
EVERY = Duration.minutes(15)


class ZendeskRecovery(Construct):
    """The function `zendesk_recovery`.

    Attributes:
        function: the function.
    """

    def __init__(
        self, scope: Construct, id_: str, *, foundation: Foundation, secret: secretsmanager.ISecret
    ) -> None:
        super().__init__(scope, id_)
        self.function = WorkflowFunction(
            self,
            "Recovering",
            foundation=foundation,
            folder="zendesk_recovery",
            handler="on_schedule.handler",
            description="Zendesk's undelivered events to the bus",
            timeout=TIMEOUT,
            links_tickets=False,
            asks_for_agents=False,
            environment={"WEBHOOK_SECRET_ARN": secret.secret_arn},
        )
        self.function.allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])
        self.function.allow(["events:PutEvents"], [foundation.bus.event_bus_arn])
        self.function.allow(["sqs:SendMessage"], [foundation.queues.dead_letters.queue_arn])
        # The next run is soon enough.
        lambda_.EventInvokeConfig(
            self, "NoRetries", function=self.function.function, retry_attempts=0, max_event_age=EVERY
        )
        events.Rule(
            self,
            "Schedule",
            description="Zendesk's undelivered events, every quarter of an hour",
            schedule=events.Schedule.rate(EVERY),
            targets=[targets.LambdaFunction(self.function.function, retry_attempts=0)],
        )
