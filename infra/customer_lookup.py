"""The look-up block of contact flows."""

from constructs import Construct

from infra.flow_block import FlowBlock
from infra.workflow_function import Foundation


class CustomerLookup(Construct):
    """The function that looks customers up for contact flows.

    Attributes:
        block: the function.
    """

    def __init__(self, scope: Construct, id_: str, *, foundation: Foundation) -> None:
        super().__init__(scope, id_)
        self.block = FlowBlock(
            self,
            "Block",
            foundation=foundation,
            folder="customer_lookup",
            description="Customers and tickets for contact flows",
            links_tickets=False,
        )
