"""From an agent's command on the bus to an attached contact: the rules, the queue, and its worker."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra import bus as event_bus
from infra.event_patterns import MACRO_EVENTS
from infra.queues import WorkQueue
from infra.workflow_function import WORKER_TIMEOUT, Foundation, Worker


class TicketAttachment(Construct):
    """The function that attaches contacts by hand.

    It has a queue of its own: an agent waits for it, and contact records can be many.

    Attributes:
        queue: the commands on their way.
        worker: the function behind that queue.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        dead_letters = foundation.queues.dead_letters
        self.queue = WorkQueue(self, "Attachments", worker_timeout=WORKER_TIMEOUT, dead_letters=dead_letters)
        events.Rule(
            self,
            "Commands",
            description="Agents' attachments to the attachment queue",
            event_bus=foundation.bus,
            event_pattern=events.EventPattern(
                source=[event_bus.SOURCE], detail_type=[event_bus.ATTACHMENT_REQUESTED]
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=dead_letters)],
        )
        events.Rule(
            self,
            "Macros",
            description="Tickets that get a macro's tag to the attachment queue",
            event_bus=foundation.bus,
            event_pattern=events.EventPattern(
                source=[event_bus.SOURCE], detail_type=[event_bus.ZENDESK_EVENT], detail=MACRO_EVENTS
            ),
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=dead_letters)],
        )
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=self.queue,
            folder="ticket_attachment",
            handler="from_command.handler",
            description="Agents' attachments to tickets",
        )
