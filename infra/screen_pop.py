"""Pops while contacts ring: the agent event stream, where there is one, and the function behind it."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.record_stream import allow_reading
from infra.workflow_function import Foundation, WorkflowFunction

TIMEOUT = Duration.seconds(20)
# An agent waits: few events at a time, and all the lanes that a shard has.
BATCH = 5
LANES = 10
# The least that Lambda takes. A pop is worth nothing after 20 seconds, and the function makes none then.
LATEST = Duration.minutes(1)

# Idle agents send a heartbeat every two minutes; only changes start the function. Nothing finer: whether a
# filter of Lambda's looks into the list of an agent's contacts is documented nowhere, and one that does not
# would let nothing through, silently.
FILTER = {"EventType": ["STATE_CHANGE"]}


class ScreenPop(Construct):
    """The function `screen_pop` and its mapping to the agent event stream.

    An event that fails is not tried again, and goes to no dead letters: by the time that anybody could send
    it again, the agent has long seen the ticket, on accepting the contact.

    Attributes:
        function: the function.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        stream = foundation.context.agent_event_stream_arn
        self.function = WorkflowFunction(
            self,
            "Ringing",
            foundation=foundation,
            folder="screen_pop",
            handler="from_agent_event.handler",
            description="Agent events to pops while contacts ring",
            timeout=TIMEOUT,
            links_tickets=False,
            connect_actions=["connect:DescribeContact"],
        )
        allow_reading(self.function.role, stream)
        mapping = lambda_.EventSourceMapping(
            self,
            "AgentEvents",
            target=self.function.function,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=BATCH,
            parallelization_factor=LANES,
            max_record_age=LATEST,
            retry_attempts=0,
            filters=[lambda_.FilterCriteria.filter({"data": FILTER})],
        )
        mapping.node.add_dependency(foundation.settings.seed, self.function.role)
