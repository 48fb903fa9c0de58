"""From what a contact told of a customer to their Zendesk user: the worker behind the customer queue."""

from constructs import Construct

from infra.workflow_function import Foundation, Worker

#: SQS allows no less. Of one user only one message is out at a time; all of them keep one pace.
CONCURRENCY = 2


class CustomerUpdate(Construct):
    """The function that changes customers' users, at Zendesk's pace of one a second.

    Attributes:
        worker: the function behind the customer queue.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        self.worker = Worker(
            self,
            "Worker",
            foundation=foundation,
            queue=foundation.queues.customers,
            folder="customer_update",
            handler="from_queue.handler",
            description="What contacts tell of customers to their Zendesk users",
            batch=1,
            concurrency=CONCURRENCY,
            links_tickets=False,
            asks_for_agents=False,
        )
