"""The record door: takes contact records from the stream, puts them on the bus."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.app_settings import AppSettings
from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.record_stream import RecordStream

TIMEOUT = Duration.seconds(60)
# A call to the bus per record, some hundredths of a second each: far within the timeout, retries included.
BATCH = 100
# What cannot be forwarded (the bus refuses, the function dies) is tried again until it is a day old: longer
# than any outage of a region so far, and with six of the stream's seven days left to fetch it by hand, as
# the dead letter carries sequence numbers and not the record. The age bounds the retries; a count would be
# used up in minutes of an outage. A record that cannot be read does not come to this: the door itself gives
# it to the dead letters, with its reason.
GIVE_UP_AFTER = Duration.days(1)
# Records of a contact need no order. Four lanes per shard: one that is stuck leaves three.
LANES = 4


class ContactRecords(Construct):
    """The function `contact_records` and its mapping to the record stream.

    Attributes:
        door: the function.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DeploymentContext,
        stream: RecordStream,
        bus: events.IEventBus,
        dead_letters: sqs.IQueue,
        layers: Sequence[lambda_.ILayerVersion],
        settings: AppSettings,
    ) -> None:
        super().__init__(scope, id_)
        self.door = PythonFunction(
            self,
            "Door",
            folder="contact_records",
            handler="handler.handler",
            description="Contact records from the stream to the bus",
            timeout=TIMEOUT,
            log_retention_days=context.log_retention_days,
            layers=layers,
            environment={
                "BUS_NAME": bus.event_bus_name,
                "DEAD_LETTER_QUEUE_URL": dead_letters.queue_url,
                "CONNECT_INSTANCE_ARN": context.connect_instance_arn,
            },
        )
        stream.grant_read(self.door.role)
        self.door.allow(["events:PutEvents"], [bus.event_bus_arn])
        mapping = lambda_.EventSourceMapping(
            self,
            "Records",
            target=self.door.function,
            event_source_arn=stream.arn,
            # From the oldest record: LATEST begins some minutes after the mapping is made, and loses what
            # comes until then. Records from before the deployment do no harm, as contacts that began before
            # `settle_from` get no ticket; in an existing stream, those over a day old are put away unread
            # (as dead letters with sequence numbers).
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            max_record_age=GIVE_UP_AFTER,
            parallelization_factor=LANES,
            on_failure=sources.SqsDlq(dead_letters),
        )
        # Nothing may be taken in before `settle_from` is known; and Lambda refuses a mapping whose role
        # cannot read the stream yet.
        mapping.node.add_dependency(settings.seed, self.door.role)
