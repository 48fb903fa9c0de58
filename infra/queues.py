"""The queues of the workers, and the queues of dead letters."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from connect_zendesk.function_kinds import RETENTION, Worker
from connect_zendesk.topology import DEAD_LETTERS, WORKERS

_RETENTION = Duration.days(RETENTION.days)


class WorkQueue(sqs.Queue):
    """A worker's queue, which survives an outage of Zendesk, with the dead letters behind it."""

    def __init__(self, scope: Construct, worker: Worker, *, dead_letters: sqs.IQueue) -> None:
        queue = worker.queue
        super().__init__(
            scope,
            queue.id,
            fifo=True if queue.order else None,
            content_based_deduplication=queue.deduplicates or None,
            retention_period=_RETENTION,
            visibility_timeout=Duration.seconds(worker.visibility),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=queue.receives),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )


class Queues(Construct):
    """The queues of dead letters, and the work queues that others than their worker send to.

    Attributes:
        dead_letters: what was dead-lettered, with its reason where a function did it.
        fifo_dead_letters: what SQS moved from FIFO queues, whose dead letters have to keep an order too.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.dead_letters = self._make_dead_letters("DeadLetters")
        self.fifo_dead_letters = self._make_dead_letters("FifoLetters", fifo=True)
        self._shared: dict[str, sqs.IQueue] = {DEAD_LETTERS: self.dead_letters}
        for worker in WORKERS:
            if worker.queue.shared:
                self._shared[worker.queue.name] = self._make(self, worker)

    def named(self, name: str) -> sqs.IQueue:
        """Return the queue of that name: the dead letters, or one that is shared."""
        return self._shared[name]

    def of(self, scope: Construct, worker: Worker) -> WorkQueue:
        """Return a worker's queue, made in `scope` unless it is shared."""
        if worker.queue.shared:
            return cast(WorkQueue, self._shared[worker.queue.name])
        return self._make(scope, worker)

    def _make(self, scope: Construct, worker: Worker) -> WorkQueue:
        return WorkQueue(
            scope,
            worker,
            dead_letters=self.fifo_dead_letters if worker.queue.order else self.dead_letters,
        )

    def _make_dead_letters(self, id_: str, *, fifo: bool = False) -> sqs.Queue:
        return sqs.Queue(
            self,
            id_,
            fifo=fifo or None,
            retention_period=_RETENTION,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
