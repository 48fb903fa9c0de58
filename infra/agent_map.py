"""Who the agents are in Zendesk, found out ahead: the function, and what starts it."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.workflow_function import Foundation, WorkflowFunction

# Most of a run is waiting between two DescribeUser, one a second: some 850 agents are asked for in one.
TIMEOUT = Duration.minutes(15)
# What is known is remembered for an hour: each agent is known again well before that. A new deployment has no
# OAuth client yet; once it has, the map is filled within this time.
EVERY = Duration.minutes(15)


class AgentMap(Construct):
    """The function `agent_map`: run every quarter of an hour, and when a deployment has ended.

    Attributes:
        function: the function.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        self.function = WorkflowFunction(
            self,
            "Listing",
            foundation=foundation,
            folder="agent_map",
            handler="on_schedule.handler",
            description="Amazon Connect's agents to their Zendesk ids",
            timeout=TIMEOUT,
            links_tickets=False,
        )
        self.function.allow(["connect:ListUsers"], [foundation.context.connect_instance_arn])
        # The next run is soon enough.
        lambda_.EventInvokeConfig(
            self, "NoRetries", function=self.function.function, retry_attempts=0, max_event_age=EVERY
        )
        target = targets.LambdaFunction(self.function.function, retry_attempts=0)
        events.Rule(
            self,
            "Schedule",
            description="Who the agents are, every quarter of an hour",
            schedule=events.Schedule.rate(EVERY),
            targets=[target],
        )
        # CloudFormation tells the default bus: no custom resource, whose failure would undo a deployment.
        events.Rule(
            self,
            "Deployed",
            description="Who the agents are, when a deployment has ended",
            event_pattern=events.EventPattern(
                source=["aws.cloudformation"],
                detail_type=["CloudFormation Stack Status Change"],
                detail={
                    "stack-id": [Stack.of(self).stack_id],
                    "status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]},
                },
            ),
            targets=[target],
        )
