"""The queues of the workers, and the queue for all that was given up on."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge

# The longest that SQS keeps anything: the patience of the design.
PATIENCE = Duration.days(14)
# Waiting for an outage to end must not use up a message's receives, and they are the only count there is:
# once each quarter of an hour for 14 days would be 1344 times. SQS allows 1000.
RECEIVES = 1000


class WorkQueue(sqs.Queue):
    """A queue that survives an outage of Zendesk.

    `fifo`: its messages are worked through in their order. `deduplicates`: of messages with one content that
    come within five minutes it takes the first, where the sender cannot say which are the same.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        worker_timeout: Duration,
        dead_letters: sqs.IQueue,
        fifo: bool = False,
        deduplicates: bool = False,
    ) -> None:
        super().__init__(
            scope,
            id_,
            fifo=fifo or None,
            content_based_deduplication=deduplicates or None,
            retention_period=PATIENCE,
            # Six times the function's timeout, as Lambda recommends: its poller retries a throttled
            # invocation within the visibility timeout.
            visibility_timeout=Duration.seconds(6 * int(worker_timeout.to_seconds())),
            # A queue that keeps an order can have no dead-letter queue that keeps none: its worker gives up
            # by itself before the queue's patience ends.
            dead_letter_queue=None
            if fifo
            else sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=RECEIVES),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        if fifo:
            acknowledge(self, "AwsSolutions-SQS3", "Its worker gives up by itself, with a reason.")


class Queues(Construct):
    """The queues that more than one function knows.

    Attributes:
        contacts: contact records on their way to a ticket, and what else a contact needs in its own time.
        customers: what is to be written to customers' users, in order, at the pace that Zendesk allows.
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
        self.contacts = WorkQueue(
            self, "Contacts", worker_timeout=worker_timeout, dead_letters=self.dead_letters
        )
        self.customers = WorkQueue(
            self, "Customers", worker_timeout=worker_timeout, dead_letters=self.dead_letters, fifo=True
        )
