"""What calls that agents accepted cost Zendesk, and how many of them a plan carries in a minute: counted."""

from __future__ import annotations

from dataclasses import dataclass

from tests.live import alive, contact_event, leave_snapshot
from tests.records import BOBS_NAME, call
from tests.stack import Stack

#: What most plans with telephony allow in a minute (facts/zendesk.md 4).
REQUESTS, UPDATES = 700, 100
#: An app of the account, so that calls go through the Calls API (M5).
APP = 735264
_UPDATE = "PUT /api/v2/tickets/{id}"


@dataclass(frozen=True)
class CallCost:
    """Requests to Zendesk of one call, and the ticket updates among them."""

    requests: int
    updates: int

    @property
    def carried(self) -> tuple[int, int]:
        """How many such calls the updates and the requests of a minute carry."""
        return UPDATES // self.updates, REQUESTS // self.requests


def cost_of_call(app: int | None, legs: int) -> CallCost:
    """Play a call of one leg, or of two; ``app`` is set for the Calls API."""
    stack = Stack(zendesk_app_id=app)
    stack.know_agents()
    leave_snapshot(stack, alive())
    stack.send_contact_event(contact_event())
    records = [call(), call("leg-2", first_leg="contact-1", agent=BOBS_NAME)]
    for leg in range(1, legs):
        stack.send_contact_event(contact_event(contact=f"leg-{leg + 1}", first_leg="contact-1"))
    stack.play_records(*records[:legs])
    made = stack.requests_made()
    return CallCost(sum(made.values()), made[_UPDATE])
