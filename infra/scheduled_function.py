"""A function that runs every so often: its schedule, and what else starts it."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from connect_zendesk.function_kinds import Scheduled
from infra.deployed_function import DeployedFunction, Foundation
from infra.event_rule import event_rule


class ScheduledFunction(DeployedFunction):
    """A function on a schedule. It is not retried: the next run is soon enough."""

    def __init__(self, scope: Construct, id_: str, row: Scheduled, foundation: Foundation) -> None:
        super().__init__(scope, id_, row, foundation)
        every = Duration.seconds(row.every)
        lambda_.EventInvokeConfig(
            scope, "NoRetries", function=self.function, retry_attempts=0, max_event_age=every
        )
        target = targets.LambdaFunction(self.function, retry_attempts=0)
        events.Rule(
            scope,
            "Schedule",
            description=row.schedule,
            schedule=events.Schedule.rate(every),
            targets=[target],
        )
        for rule in row.rules:
            event_rule(scope, rule, foundation=foundation, target=target)
