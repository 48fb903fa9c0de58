"""From a contact record on the bus to a ticket: the rule, and the worker behind the contact queue.

And from a contact flow, which wants a ticket's number for the caller.
"""

from constructs import Construct

from connect_zendesk.detail_types import CONTACT_RECORD
from infra.bus import to_queue
from infra.flow_block import FlowBlock
from infra.workflow_function import Foundation, Worker


class TicketCreation(Construct):
    """The functions of `ticket_creation`, and what brings contacts to them.

    Attributes:
        worker: the function behind the contact queue.
        block: the function that contact flows call.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        queues = foundation.queues
        to_queue(
            self,
            "ContactRecords",
            bus=foundation.bus,
            detail_types=[CONTACT_RECORD],
            queue=queues.contacts,
            dead_letters=queues.dead_letters,
            description="Contact records to the contact queue",
        )
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=queues.contacts,
            folder="ticket_creation",
            handler="from_contact_record.handler",
            description="Contact records to tickets",
            connect_actions=["connect:DescribeContact"],
        )
        self.block = FlowBlock(
            self,
            "Block",
            foundation=foundation,
            folder="ticket_creation",
            description="Tickets from contact flows",
            links_tickets=True,
            connect_actions=["connect:DescribeContact"],
        )
