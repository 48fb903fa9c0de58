"""A worker: its queue and the rules that fill it, the function behind it, its alarm and its output."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from connect_zendesk.function_kinds import Worker
from infra.deployed_function import DeployedFunction, Foundation
from infra.event_rule import event_rule
from infra.queues import WorkQueue

#: SQS allows no less. Of a message group only one message is out at a time.
_FIFO_CONCURRENCY = 2


class QueueWorker(DeployedFunction):
    """A function that works through a queue in the background.

    Attributes:
        queue: its queue.
    """

    def __init__(self, scope: Construct, id_: str, worker: Worker, foundation: Foundation) -> None:
        self.queue = foundation.queues.of(scope, worker)
        super().__init__(scope, id_, worker, foundation, environment={"OWN_QUEUE_URL": self.queue.queue_url})
        target = _target(worker, self.queue, foundation)
        for rule in worker.queue.rules:
            event_rule(scope, rule, foundation=foundation, target=target)
        self.queue.grant_consume_messages(self.role)
        concurrency = _FIFO_CONCURRENCY if worker.queue.order else foundation.context.background_concurrency
        mapping = lambda_.EventSourceMapping(
            self,
            "Messages",
            target=self.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=worker.batch,
            report_batch_item_failures=True,
            # Not reserved concurrency: that throttles, and a throttled message counts as received. This keeps
            # background work from using up the requests that the account's Zendesk plan allows.
            max_concurrency=concurrency,
        )
        mapping.node.add_dependency(foundation.settings.seed, self.role)
        foundation.alarms.on_age(worker.queue.waits, self.queue)
        self.put_out(worker.queue.output, self.queue.queue_url)


def _target(worker: Worker, queue: WorkQueue, foundation: Foundation) -> targets.SqsQueue:
    """Return the queue as its rules' target. What EventBridge cannot deliver there is dead-lettered."""
    order = worker.queue.order
    envelope = {
        "detail-type": events.EventField.from_path("$.detail-type"),
        "detail": events.EventField.from_path("$.detail"),
    }
    # The whole envelope has an id of its own each time: without it, the same event is the same message.
    message = events.RuleTargetInput.from_object(envelope) if worker.queue.deduplicates else None
    return targets.SqsQueue(
        queue,
        message=message,
        message_group_id=order.group if order else None,
        dead_letter_queue=foundation.queues.dead_letters,
    )
