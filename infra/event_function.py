"""A function that EventBridge invokes: its rules, and the queue that gets what it did not do."""

from aws_cdk import Duration
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from connect_zendesk.function_kinds import EventConsumer
from infra.deployed_function import DeployedFunction, Foundation
from infra.event_rule import event_rule


class EventFunction(DeployedFunction):
    """A function that does something at once or never.

    What is not done goes to a queue on three ways: the function sends it; Lambda does, where the function
    crashed or was throttled; EventBridge does, where Lambda did not take it.
    """

    def __init__(self, scope: Construct, id_: str, row: EventConsumer, foundation: Foundation) -> None:
        super().__init__(scope, id_, row, foundation)
        failures, latest = foundation.queues.named(row.failures), Duration.seconds(row.latest)
        lambda_.EventInvokeConfig(
            scope,
            "AtOnceOrNever",
            function=self.function,
            retry_attempts=0,
            max_event_age=latest,
            on_failure=destinations.SqsDestination(failures),
        )
        for rule in row.rules:
            target = targets.LambdaFunction(self.function, dead_letter_queue=failures, max_event_age=latest)
            made = event_rule(scope, rule, foundation=foundation, target=target)
            made.node.add_dependency(foundation.settings.seed, self.role)
