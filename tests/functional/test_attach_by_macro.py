"""An agent attaches a contact with a macro: its tag is the command, and is taken off when it is done (A1)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.ledger import heads, snapshots
from connect_zendesk.rules.tickets.macro_tags import ATTACH, MACRO_TAGS, NEW_TICKET, NEW_USER_TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from tests.attachments import LETTER, MANUAL, OTHER, ends, joins
from tests.records import ADA, ANA, BEN, BOB, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies
from tests.tasks import event, rule, rules, tasks

UNTAG = "DELETE /api/v2/tickets/{id}/tags"
TAGGED: dict[str, Any] = {**LETTER, "tags": ["lamp", *MACRO_TAGS]}


def stack_with(*tickets: dict[str, Any], **settings: Any) -> Stack:
    """Return the functions with these tickets, the letter's with every macro's tag."""
    return Stack(tickets=tickets or (TAGGED, OTHER), **settings)


def macro(
    tag: str = ATTACH, name: str = "event-1", *, ticket: int = 4001, minute: float = 1, **fields: Any
) -> ZendeskEvent:
    """Return the event of an agent's use of a macro on a ticket."""
    told = {"id": ticket, "requester": ANA, "tags": ["lamp", tag]}
    fields = {"actor": ADA, "change": {"tags_added": (tag,)}, **fields}
    kind, at = fields.pop("kind", "tags_changed"), NINE + timedelta(minutes=minute)
    return event(name, kind, at=at, ticket=told, **fields)


def uses(stack: Stack, *events: ZendeskEvent) -> None:
    """Have agents use macros, and the functions do what is to be done at once."""
    for one in events:
        moment = max(stack.clock(), NINE + timedelta(minutes=1))
        stack.run(until=moment)
        stack.clock.move_to(moment)
        stack.messages.publish(ZENDESK_EVENT, one.as_detail())
        stack.run(until=stack.clock())


def test_A1_the_contact_is_attached_and_the_tag_is_gone_the_others_are_not() -> None:
    stack = stack_with({**LETTER, "tags": ["lamp", ATTACH]})
    joins(stack)
    uses(stack, macro())
    assert stack.ticket(4001)["tags"] == ["lamp"]
    assert stack.requests_made() == {
        "GET /api/v2/tickets/{id}": 1,
        "GET /api/v2/users/{id}": 1,
        UNTAG: 1,
    }
    ends(stack)
    assert len(bodies(stack.ticket(4001))) == 2
    assert f"A1: Attached by agent {ADA} at 2026-11-02 09:01:00 UTC" in bodies(stack.ticket(4001))[-1]


def test_A1_a_ticket_is_made_for_the_requester() -> None:
    stack = stack_with()
    joins(stack)
    uses(stack, macro(NEW_TICKET))
    made = stack.zendesk.tickets()[-1]
    assert (made["requester_id"], made["assignee_id"]) == (ANA, ADA)
    assert made["id"] not in (4001, 4002)
    assert NEW_TICKET not in stack.ticket(4001)["tags"]


def test_A1_a_ticket_is_made_for_a_new_user() -> None:
    stack = stack_with()
    joins(stack, copied=False)
    snapshots.keep(stack.services.ledger, parse(call(caller=STRANGERS_NUMBER, attributes=MANUAL)))
    uses(stack, macro(NEW_USER_TICKET))
    assert stack.user(stack.zendesk.tickets()[-1]["requester_id"])["phone"] == STRANGERS_NUMBER


def test_A1_a_ticket_that_is_made_with_the_tag_gets_the_contact() -> None:
    stack = stack_with({**LETTER, "tags": [ATTACH]})
    joins(stack)
    uses(stack, macro(kind="created", change={}))
    ends(stack)
    assert len(bodies(stack.ticket(4001))) == 2
    assert stack.ticket(4001)["tags"] == []


def test_A1_on_several_chats_the_one_of_the_tickets_requester_is_meant() -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT", customer=BEN)
    joins(stack, "chat-2", channel="CHAT", customer=ANA)
    uses(stack, macro())
    head = heads.head(stack.services.ledger, "chat-2")
    assert head is not None
    assert head.ticket == 4001
    assert heads.head(stack.services.ledger, "chat-1") is None


@pytest.mark.parametrize("tag", MACRO_TAGS)
def test_A1_in_doubt_the_agent_is_asked_on_the_ticket_with_the_tag_and_can_use_it_again(tag: str) -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT", customer=BEN)
    joins(stack, "chat-2", channel="CHAT", customer=BEN)
    uses(stack, macro(tag))
    question = bodies(stack.ticket(4001))[-1]
    assert "you are on several" in question
    assert "chat-1" in question
    assert tag not in stack.ticket(4001)["tags"]
    assert len(stack.zendesk.tickets()) == 2
    assert heads.head(stack.services.ledger, "chat-1") is None


def test_A1_the_agents_contacts_are_those_at_the_moment_of_the_event() -> None:
    stack = stack_with()
    joins(stack, "early", minute=0)
    stack.clock.move_to(NINE + timedelta(minutes=3))
    joins(stack, "later", minute=2)
    uses(stack, macro(minute=1))
    head = heads.head(stack.services.ledger, "early")
    assert head is not None
    assert head.ticket == 4001


def test_A1_the_agent_is_the_one_who_used_the_macro() -> None:
    stack = stack_with()
    joins(stack, "adas")
    joins(stack, "bobs", BOB)
    uses(stack, macro(actor=BOB))
    assert heads.head(stack.services.ledger, "adas") is None
    assert heads.head(stack.services.ledger, "bobs") is not None


def test_A1_an_event_that_is_quicker_than_the_agents_joining_is_waited_with_and_keeps_the_tag() -> None:
    stack = stack_with()
    uses(stack, macro())
    assert ATTACH in stack.ticket(4001)["tags"]
    joins(stack)
    stack.run(until=stack.clock() + timedelta(seconds=20))
    assert heads.head(stack.services.ledger, "contact-1") is not None
    assert ATTACH not in stack.ticket(4001)["tags"]


def test_A1_an_event_that_is_delivered_again_asks_zendesk_nothing() -> None:
    stack = stack_with()
    joins(stack)
    uses(stack, macro())
    stack.requests_made()
    uses(stack, macro())
    assert stack.requests_made() == {}


@pytest.mark.parametrize("after_write", [False, True])
def test_A1_an_answer_that_is_lost_leaves_the_contact_attached_once_and_the_tag_gone(
    after_write: bool,
) -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT")
    joins(stack, "chat-2", channel="CHAT")
    stack.zendesk.faults.lose_answer(after_write=after_write, matching=UNTAG)
    uses(stack, macro())
    stack.run(until=None)
    assert len(bodies(stack.ticket(4001))) == 2
    assert ATTACH not in stack.ticket(4001)["tags"]


def test_A1_several_tags_at_once_are_one_command_and_all_taken_off() -> None:
    stack = stack_with()
    joins(stack)
    uses(stack, macro(change={"tags_added": tuple(reversed(MACRO_TAGS))}))
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert head.ticket == 4001
    assert stack.ticket(4001)["tags"] == ["lamp"]


def test_A1_a_tag_that_nobody_set_attaches_nothing_and_says_so() -> None:
    stack = stack_with()
    joins(stack)
    uses(stack, macro(actor=None))
    assert "was not set by an agent" in bodies(stack.ticket(4001))[-1]
    assert ATTACH not in stack.ticket(4001)["tags"]
    assert heads.head(stack.services.ledger, "contact-1") is None


@pytest.mark.parametrize("status", ["closed", "deleted"])
def test_A1_a_tag_on_a_ticket_that_cannot_change_any_more_stays(status: str) -> None:
    stack = stack_with({**TAGGED, "status": "closed"}, OTHER)
    joins(stack)
    uses(stack, macro(ticket=4001 if status == "closed" else 99))
    stack.run(until=None)
    assert stack.messages.dead_letters == []
    if status == "closed":
        follow_up = stack.zendesk.tickets()[-1]
        assert follow_up["followup_source_id"] == 4001
        # Zendesk gives it the tags of the closed one. With the macro's, the macro would do nothing there.
        assert "lamp" in follow_up["tags"]
        assert ATTACH not in follow_up["tags"]


def test_A1_a_customers_follow_up_that_inherits_the_tag_asks_nobody_anything() -> None:
    stack = stack_with()
    uses(stack, macro(kind="created", actor=ANA))
    stack.run(until=None)
    assert len(bodies(stack.ticket(4001))) == 1
    assert ATTACH not in stack.ticket(4001)["tags"]


@pytest.mark.parametrize(
    "other",
    [
        macro("vip"),
        macro(by_connector=True),
        macro(change={"tags_removed": (ATTACH,)}),
        macro(change={"tags_added": ("connect_attached",)}),
        macro(kind="status_changed"),
        macro(kind="created", by_connector=True),
    ],
)
def test_A1_no_other_event_reaches_the_worker_nor_does_anything_there(other: ZendeskEvent) -> None:
    stack = stack_with()
    joins(stack)
    uses(stack, other)
    assert stack.messages.waiting == []
    body = {"detail-type": ZENDESK_EVENT, "detail": other.as_detail()}
    stack.messages.send(json.dumps(body), queue="attachments")
    stack.run(until=None)
    assert stack.requests_made() == {}
    assert stack.messages.dead_letters == []


def test_A1_a_command_that_cannot_be_read_is_a_dead_letter() -> None:
    stack = stack_with()
    uses(stack, macro(name="event 1"))
    assert stack.letter()["source"] == "ticket_attachment"
    assert stack.letter()["reason"].startswith("Permanent: id: expected")


def test_K4_a_macro_makes_no_task_and_taking_its_tag_off_makes_none() -> None:
    settings = rules(rule(events=["tags_changed", "comment_added"]))
    stack = stack_with(task_rules=settings)
    joins(stack)
    uses(stack, macro(), macro(name="event-2", by_connector=True, change={"tags_removed": (ATTACH,)}))
    ends(stack)
    assert tasks(stack) == []
