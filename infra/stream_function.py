"""A function that reads a Kinesis stream: its mapping, its alarm and its output."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from connect_zendesk.function_kinds import StreamConsumer
from connect_zendesk.topology import RECORD_STREAM
from infra.deployed_function import DeployedFunction, Foundation
from infra.record_stream import allow_reading


class StreamFunction(DeployedFunction):
    """A function behind the stream of contact records, or the agent event stream that the context names."""

    def __init__(self, scope: Construct, id_: str, row: StreamConsumer, foundation: Foundation) -> None:
        super().__init__(
            scope,
            id_,
            row,
            foundation,
            environment={"CONNECT_INSTANCE_ARN": foundation.context.connect_instance_arn},
        )
        if row.stream == RECORD_STREAM:
            arn, name = foundation.stream.arn, foundation.stream.name
            foundation.stream.grant_read(self.role)
        else:
            arn, name = foundation.context.agent_event_stream_arn, ""
            allow_reading(self.role, arn)
        start = lambda_.StartingPosition
        mapping = lambda_.EventSourceMapping(
            scope,
            row.mapping,
            target=self.function,
            event_source_arn=arn,
            starting_position=start.TRIM_HORIZON if row.from_beginning else start.LATEST,
            batch_size=row.batch,
            parallelization_factor=row.lanes,
            max_record_age=Duration.seconds(row.oldest),
            retry_attempts=None if row.retried else 0,
            report_batch_item_failures=row.retried or None,
            bisect_batch_on_error=row.retried or None,
            on_failure=sources.SqsDlq(foundation.queues.dead_letters) if row.retried else None,
            filters=[lambda_.FilterCriteria.filter({"data": dict(row.pattern)})] if row.pattern else None,
        )
        # Nothing may be taken in before `settle_from` is known; and Lambda refuses a mapping whose role
        # cannot read the stream yet.
        mapping.node.add_dependency(foundation.settings.seed, self.role)
        if row.waits:
            foundation.alarms.on_age(row.waits, self.function)
        if row.output:
            self.put_out(row.output, name)
