"""From an agent's command on the bus to an attached contact: the rules, the queue, and its worker."""

from constructs import Construct

from connect_zendesk.detail_types import ATTACHMENT_REQUESTED, ZENDESK_EVENT
from infra.bus import to_queue
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
        to_queue(
            self,
            "Commands",
            bus=foundation.bus,
            detail_types=[ATTACHMENT_REQUESTED],
            queue=self.queue,
            dead_letters=dead_letters,
            description="Agents' attachments to the attachment queue",
        )
        to_queue(
            self,
            "Macros",
            bus=foundation.bus,
            detail_types=[ZENDESK_EVENT],
            detail=MACRO_EVENTS,
            queue=self.queue,
            dead_letters=dead_letters,
            description="Tickets that get a macro's tag to the attachment queue",
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
