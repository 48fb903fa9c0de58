"""The contact queue, and the queue for all that was given up on."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# The longest that SQS keeps anything: the patience of the design.
PATIENCE = Duration.days(14)
# Waiting for an outage to end must not use up a message's receives, and they are the only count there is:
# once each quarter of an hour for 14 days would be 1344 times. SQS allows 1000.
RECEIVES = 1000


class Queues(Construct):
    """Queues that survive an outage of Zendesk.

    Attributes:
        contacts: contact records on their way to a ticket, and delayed messages of the worker itself.
        dead_letters: what was given up on, with its reason where we gave up ourselves.
    """

    def __init__(self, scope: Construct, id_: str, *, worker_timeout: Duration) -> None:
        super().__init__(scope, id_)
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            retention_period=PATIENCE,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.contacts = sqs.Queue(
            self,
            "Contacts",
            retention_period=PATIENCE,
            # Six times the function's timeout, as Lambda recommends: its poller retries a throttled
            # invocation within the visibility timeout.
            visibility_timeout=Duration.seconds(6 * int(worker_timeout.to_seconds())),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=RECEIVES),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
