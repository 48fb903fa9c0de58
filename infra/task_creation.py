"""From a Zendesk event on the bus to a task in Amazon Connect: the rule, the queue, and its worker."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from constructs import Construct

from connect_zendesk.detail_types import ZENDESK_EVENT
from infra.bus import to_queue
from infra.event_patterns import TASK_EVENTS
from infra.nag import acknowledge
from infra.queues import WorkQueue
from infra.workflow_function import WORKER_TIMEOUT, Foundation, Worker

#: All messages have one order: tasks are made one after the other, two a second.
GROUP = "tasks"
#: SQS allows no less. There is one group, of which only one message is out at a time.
CONCURRENCY = 2
#: What StartTaskContact is asked to use: where the task starts, and the contact that it makes.
_KINDS = ("contact", "contact-flow", "transfer-destination", "task-template")


class TaskCreation(Construct):
    """The function that makes tasks of Zendesk events, at Amazon Connect's pace.

    Attributes:
        queue: the events on their way.
        worker: the function behind that queue.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        dead_letters = foundation.queues.dead_letters
        self.queue = WorkQueue(
            self,
            "Tasks",
            worker_timeout=WORKER_TIMEOUT,
            dead_letters=dead_letters,
            fifo=True,
            deduplicates=True,
        )
        # The envelope has an id of its own each time: without it, the same event is the same message.
        message = {
            "detail-type": events.EventField.from_path("$.detail-type"),
            "detail": events.EventField.from_path("$.detail"),
        }
        to_queue(
            self,
            "Events",
            bus=foundation.bus,
            detail_types=[ZENDESK_EVENT],
            detail=TASK_EVENTS,
            queue=self.queue,
            dead_letters=dead_letters,
            description="Zendesk events that task rules can name to the task queue",
            message=events.RuleTargetInput.from_object(message),
            group=GROUP,
        )
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=self.queue,
            folder="task_creation",
            handler="from_zendesk_event.handler",
            description="Zendesk events to tasks in Amazon Connect",
            batch=1,
            concurrency=CONCURRENCY,
            links_tickets=False,
            asks_for_agents=False,
            asks_zendesk=False,
        )
        self._allow_tasks(foundation.context.connect_instance_arn)

    def _allow_tasks(self, instance: str) -> None:
        """Let the worker start tasks in the instance; without one, in those that rules name."""
        arn = instance or Stack.of(self).format_arn(service="connect", resource="instance", resource_name="*")
        self.worker.allow(["connect:StartTaskContact"], [arn, *(f"{arn}/{kind}/*" for kind in _KINDS)])
        shown = instance or "arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance/*"
        wildcards = [f"{shown}/{kind}/*" for kind in _KINDS] + ([] if instance else [shown])
        for resource in wildcards:
            acknowledge(
                self.worker.role,
                f"AwsSolutions-IAM5[Resource::{resource}]",
                "The task rules choose where a task starts, and the task is a new contact.",
            )
