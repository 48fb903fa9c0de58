"""From a contact's files in S3 to its ticket: the rules, the queue, and its worker."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from connect_zendesk.detail_types import CONTACT_FILE, CONTACT_FILES_EXPECTED, NO_TICKET_LINKED, TICKET_LINKED
from infra.bus import to_queue
from infra.function import PythonFunction
from infra.nag import acknowledge
from infra.queues import WorkQueue
from infra.workflow_function import Foundation, Worker

BUCKETS_VARIABLE = "CONTACT_BUCKETS"
# A transcript of 50 MB is read twice, rendered and uploaded in a minute or two; most take a second. The lease
# of its steps follows the timeout, and so does the visibility of its queue.
TIMEOUT = Duration.minutes(5)
# Memory stays flat however long a transcript is. This is for the CPU that comes with it.
MEMORY_MB = 1024
# The file itself, at most 150 MB, and what is made of it, at most four times 45 MB.
DISK_MB = 1024

# Where in its buckets Amazon Connect puts what a function may read. Recordings lie elsewhere.
READABLE = ("*ChatTranscripts/*", "*Analysis/*")
# What of it is worth starting a function for: no redacted recordings, and no analysis of e-mails.
STARTING = ("*ChatTranscripts/*.json", "*Analysis/Voice/*.json", "*Analysis/Chat/*.json")


class TranscriptAttachment(Construct):
    """The function that brings transcripts and analyses to tickets, for deployments that name buckets.

    The buckets exist already and are Amazon Connect's: nothing of them is changed here. That they tell
    EventBridge of their objects is switched on by `make bucket-notifications`. `announcing`: the function
    that tells, by a contact's record, which files there should be.

    Attributes:
        queue: files that are there, and contacts that have been linked, on their way.
        worker: the function behind that queue.
    """

    def __init__(
        self, scope: Construct, id_: str, *, foundation: Foundation, announcing: PythonFunction
    ) -> None:
        super().__init__(scope, id_)
        dead_letters, context = foundation.queues.dead_letters, foundation.context
        buckets = context.contact_buckets
        self.queue = WorkQueue(self, "Transcripts", worker_timeout=TIMEOUT, dead_letters=dead_letters)
        # Events of S3 come on the account's default bus: only AWS may put them anywhere.
        events.Rule(
            self,
            "Files",
            description="Amazon Connect's transcripts and analyses to the transcript queue",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": list(buckets)},
                    "object": {"key": [{"wildcard": pattern} for pattern in STARTING]},
                },
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=dead_letters)],
        )
        to_queue(
            self,
            "Links",
            bus=foundation.bus,
            detail_types=[TICKET_LINKED, NO_TICKET_LINKED, CONTACT_FILE, CONTACT_FILES_EXPECTED],
            queue=self.queue,
            dead_letters=dead_letters,
            description="Contacts that got a ticket, and their files, to the transcript queue",
        )
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=self.queue,
            folder="transcript_attachment",
            handler="from_queue.handler",
            description="Transcripts and analyses to tickets",
            batch=1,
            timeout=TIMEOUT,
            links_tickets=False,
            connect_actions=["connect:DescribeContact"],
        )
        function = cast(lambda_.CfnFunction, self.worker.function.node.default_child)
        function.memory_size = MEMORY_MB
        function.ephemeral_storage = lambda_.CfnFunction.EphemeralStorageProperty(size=DISK_MB)
        # One message for each file of a contact that is linked, and that a ticket has been followed up.
        self.worker.allow(["events:PutEvents"], [foundation.bus.event_bus_arn])
        self._allow_reading(buckets, context.contact_bucket_keys)
        for teller in (self.worker, announcing):
            teller.function.add_environment(BUCKETS_VARIABLE, ",".join(buckets))

    def _allow_reading(self, buckets: Sequence[str], keys: Sequence[str]) -> None:
        """Let the worker read transcripts and analyses, in whichever version, and list them: nothing else."""
        role, stack = self.worker.role, Stack.of(self)
        arns = [f"arn:{stack.partition}:s3:::{bucket}" for bucket in buckets]
        files = [f"{arn}/{pattern}" for arn in arns for pattern in READABLE]
        self.worker.allow(["s3:GetObject", "s3:GetObjectVersion"], files)
        for bucket in buckets:
            for pattern in READABLE:
                acknowledge(
                    role,
                    f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/{pattern}]",
                    "Files are named after contacts; recordings and attachments lie under other names.",
                )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                resources=arns,
                conditions={"StringLike": {"s3:prefix": list(READABLE)}},
            )
        )
        if keys:
            role.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=list(keys),
                    conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
                )
            )
