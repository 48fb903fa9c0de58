"""From an agent's acceptance to the ticket on the agent's screen: a rule on contact events, a function."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from infra.workflow_function import Foundation, WorkflowFunction

# What an agent waits for; and as long as a pop may come after what it answers.
TIMEOUT = Duration.seconds(20)
# Nothing is delivered later than this: the contact queue then makes the ticket, without a pop.
LATEST = Duration.minutes(1)
EVENT_TYPES = ["CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]
# Of the events that tell of changes, the ones that make the ledger's copy of a contact old.
ATTRIBUTES_CHANGED = {"eventType": ["CONTACT_DATA_UPDATED"], "updatedProperties": ["UserDefinedAttributes"]}


class Acceptance(Construct):
    """The function behind contact events.

    Contact events come on the account's default bus, since only AWS may put events of `aws.connect` anywhere.
    Whatever is not done at once goes to the contact queue on three ways: the function sends it; Lambda does,
    where the function died or got no turn; EventBridge does, where Lambda did not take it.

    Attributes:
        function: the function.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        self.function = WorkflowFunction(
            self,
            "Accepted",
            foundation=foundation,
            folder="ticket_creation",
            handler="from_contact_event.handler",
            description="Contact events to tickets on agents' screens",
            timeout=TIMEOUT,
            connect_actions=["connect:DescribeContact"],
        )
        lambda_.EventInvokeConfig(
            self,
            "AtOnceOrNever",
            function=self.function.function,
            retry_attempts=0,
            max_event_age=LATEST,
            on_failure=destinations.SqsDestination(foundation.queues.contacts),
        )
        told = {
            "ContactEvents": (
                "Agents who accept contacts, and contacts that end",
                {"eventType": EVENT_TYPES},
            ),
            "AttributesChanged": ("Contacts whose attributes have changed", ATTRIBUTES_CHANGED),
        }
        instance = foundation.context.connect_instance_arn
        for name, (description, detail) in told.items():
            rule = events.Rule(
                self,
                name,
                description=description,
                event_pattern=events.EventPattern(
                    source=["aws.connect"],
                    detail_type=["Amazon Connect Contact Event"],
                    detail={**detail, "instanceArn": [instance]} if instance else detail,
                ),
                targets=[
                    targets.LambdaFunction(
                        self.function.function,
                        dead_letter_queue=foundation.queues.contacts,
                        max_event_age=LATEST,
                    )
                ],
            )
            rule.node.add_dependency(foundation.settings.seed, self.function.role)
