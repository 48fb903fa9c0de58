"""From a contact record on the bus to a ticket: the rule, and the worker behind the contact queue.

And from a contact flow, which wants a ticket's number for the caller.
"""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra import bus as event_bus
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
        events.Rule(
            self,
            "ContactRecords",
            description="Contact records to the contact queue",
            event_bus=foundation.bus,
            event_pattern=events.EventPattern(
                source=[event_bus.SOURCE], detail_type=[event_bus.CONTACT_RECORD]
            ),
            targets=[targets.SqsQueue(queues.contacts, dead_letter_queue=queues.dead_letters)],
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
