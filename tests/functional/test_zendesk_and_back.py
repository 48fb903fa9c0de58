"""From a change in Zendesk through webhook, endpoint and bus to Amazon Connect, and back (K, A1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.ledger import heads
from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.tickets.macro_tags import ATTACH
from local.replay.events import InZendesk
from tests.attachments import OTHER, ends, joins
from tests.functional.test_acceptance import pops, ready
from tests.functional.test_tasks_around import accepts, completes, rings
from tests.live import ANSWERED
from tests.records import ADA, BOB
from tests.stack import Stack, bodies
from tests.tasks import FLOW, LAMP, TICKET, rule, rules, tasks

ANY_EVENT = rule(events=list(EVENTS))


def connected(*written: dict[str, Any], **settings: Any) -> Stack:
    """Return the functions with Zendesk's webhook, and a rule for every event unless others are given."""
    stack = ready(tickets=[LAMP, OTHER], task_rules=rules(*(written or (ANY_EVENT,))), **settings)
    stack.connect_webhooks()
    return stack


def in_zendesk(
    stack: Stack, path: str, body: Mapping[str, Any], user: int = BOB, method: str = "PUT"
) -> None:
    """Have somebody do something in Zendesk, and wait for what comes of it at once."""
    stack.take(InZendesk(user, method, path, dict(body)))
    stack.run(until=stack.clock() + timedelta(minutes=2))


def change(stack: Stack, user: int = BOB, **ticket: Any) -> None:
    """Have an agent change the lamp's ticket."""
    in_zendesk(stack, f"/api/v2/tickets/{TICKET}", {"ticket": ticket}, user)


def told(stack: Stack) -> list[tuple[str, bool]]:
    """Return which events reached the bus, and whether they are our own doing."""
    return [
        (detail["type"].removeprefix("ticket."), detail["by_connector"])
        for kind, detail in stack.messages.published
        if kind == ZENDESK_EVENT
    ]


def test_K_a_ticket_becomes_a_task_is_offered_pops_is_accepted_and_completes() -> None:
    urgent = rule(
        "Urgent", events=["priority_changed"], when={"priority": "urgent"}, task={"contact_flow": FLOW}
    )
    stack = connected(urgent)
    change(stack, priority="high")
    assert tasks(stack) == []
    change(stack, priority="urgent")
    (task,) = tasks(stack)
    assert task["ContactDetails"]["Name"] == f"Zendesk-{TICKET}"
    assert task["Attributes"]["zendesk_priority"] == "urgent"
    rings(stack, task["ContactId"])
    assert pops(stack) == [(ADA, "ticket", TICKET)]
    accepts(stack, task["ContactId"])
    completes(stack, task["ContactId"])
    _, accepted, completed = bodies(stack.ticket(TICKET))
    assert "accepted by an agent" in accepted
    assert "Outcome: completed by the agent" in completed
    assert stack.messages.dead_letters == []


def test_K4_what_the_connector_writes_comes_back_by_the_webhook_and_makes_no_task() -> None:
    stack = connected()
    change(stack, priority="urgent")
    (task,) = tasks(stack)
    accepts(stack, task["ContactId"])
    completes(stack, task["ContactId"])
    stack.run(until=None)
    assert len(tasks(stack)) == 1
    assert [kind for kind, ours in told(stack) if ours].count("comment_added") == 2


@pytest.mark.parametrize("shuffled", [False, True])
def test_K4_each_event_of_one_change_is_one_task_in_whatever_order_they_come(shuffled: bool) -> None:
    stack = connected()
    if shuffled:
        object.__setattr__(stack.options, "webhook_order", "reversed")
    change(stack, priority="urgent", status="pending", subject="Both lamps blink")
    kinds = {task["Attributes"]["zendesk_event"] for task in tasks(stack)}
    assert kinds == {"priority_changed", "status_changed", "subject_changed"}
    assert len(tasks(stack)) == 3


def test_A1_a_macro_attaches_a_chat_and_its_tag_comes_off_without_a_loop() -> None:
    stack = connected()
    stack.clock.move_to(ANSWERED)
    joins(stack, agent=BOB)
    path = f"/api/v2/tickets/{TICKET}/tags"
    in_zendesk(stack, path, {"tags": [ATTACH, "lamp"]})
    assert stack.ticket(TICKET)["tags"] == ["lamp"]
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert (head.ticket, head.rule) == (TICKET, "A1")
    made = [task["Attributes"]["zendesk_event"] for task in tasks(stack)]
    assert made == ["tags_changed"]  # for the other tag, not for the macro's
    in_zendesk(stack, path, {"tags": [ATTACH]})
    ends(stack)
    assert len(tasks(stack)) == 1
    assert ("tags_changed", True) in told(stack)
    assert stack.messages.dead_letters == []
