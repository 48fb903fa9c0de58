"""The function behind acceptance dies between any two things it does: one ticket, at most one pop."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from connect_zendesk.ledger import agent_contacts, legs
from connect_zendesk.ledger.items import Beside, Item
from tests.functional.test_acceptance import FOUND_ANA, pops, ready
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.records import ADA, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies

_MOST = 60


class Killed(BaseException):
    """The function was stopped; nothing of it runs any more."""


class Mortal:
    """Items and Zendesk's answers that work so many times, and then the function is dead."""

    def __init__(self, stack: Stack, lives: int) -> None:
        self._items, self._zendesk = stack.items, stack.zendesk.handle
        self.lives = lives

    def get(self, partition: str, sort: str) -> Item | None:
        item: Item | None = self._live(lambda: self._items.get(partition, sort))
        return item

    def query(self, partition: str) -> Mapping[str, Item]:
        items: Mapping[str, Item] = self._live(lambda: self._items.query(partition))
        return items

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        return bool(
            self._live(lambda: self._items.put(partition, sort, item, replacing=replacing, beside=beside))
        )

    def handle(self, *arguments: Any) -> Any:
        """Zendesk does it; whether the function hears of it is another matter."""
        answer = self._live(lambda: self._zendesk(*arguments))
        if self.lives == 0:
            raise Killed
        return answer

    def _live(self, do: Callable[[], Any]) -> Any:
        if self.lives == 0:
            raise Killed
        self.lives -= 1
        return do()


def dies_after(stack: Stack, lives: int, event: dict[str, Any]) -> bool:
    """Deliver an event to a function that dies; Lambda sends it to the queue. Returns whether it died."""
    mortal = Mortal(stack, lives)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.services.ledger, "_items", mortal)
        patch.setattr(stack.zendesk, "handle", mortal.handle)
        try:
            stack.send_contact_event(event)
        except Killed:
            stack.messages.send(json.dumps({"version": "1.0", "requestPayload": event}))
            return True
    return False


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param({"answers": FOUND_ANA}, id="a customer whom the flow looked up"),
        pytest.param({"caller": STRANGERS_NUMBER}, id="a customer for whom a user is made"),
    ],
)
def test_one_ticket_and_at_most_one_pop_wherever_it_dies(copy: dict[str, Any]) -> None:
    died = 0
    for lives in range(_MOST):
        stack = ready()
        record = {"caller": copy["caller"]} if "caller" in copy else {}
        leave_snapshot(stack, alive(**record), copy.get("answers"))
        alive_still = not dies_after(stack, lives, contact_event())
        stack.send_contact_event(contact_event())  # EventBridge may deliver it twice
        stack.run(until=None)
        assert len(stack.zendesk.tickets()) == 1, lives
        assert len(pops(stack)) <= 1, lives
        assert stack.messages.dead_letters == [], lives
        assert legs.going_on(stack.services.ledger, "contact-1"), lives
        assert agent_contacts.at(stack.services.ledger, ADA, ANSWERED), lives
        stack.play_records(call(**record))
        assert sum("Ended" in body for body in bodies(stack.ticket())) == 1, lives
        if alive_still:
            break
        died += 1
    else:
        pytest.fail("it never came to its end")
    assert died > 15
