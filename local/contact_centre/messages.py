"""Stories of chats and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from local.contact_centre.call_legs import link
from local.contact_centre.calls import Tell
from local.contact_centre.floor import Floor
from local.contact_centre.legs import Leg, Story
from local.contact_centre.people import QUEUES


def chat(floor: Floor, at: datetime) -> Story:
    """A customer chats with a bot, then with an agent who has other chats as well."""
    leg = _chat(floor, at)
    _answer(floor, leg)
    return Story("chat", (leg,))


def chat_with_bot(floor: Floor, at: datetime) -> Story:
    """The bot knew the answer."""
    leg = _chat(floor, at)
    leg.ended, leg.reason = at + floor.seconds(20, 60), "CUSTOMER_DISCONNECT"
    return Story("chat with a bot", (leg,))


def chat_transfer(floor: Floor, at: datetime) -> Story:
    """An agent hands a chat over to another one."""
    first = _chat(floor, at)
    _answer(floor, first)
    first.reason, first.transferred = "AGENT_DISCONNECT", first.ended
    second = Leg(
        floor.new_id(), "CHAT", "TRANSFER", first.ended, first.ended, customer_name=first.customer_name
    )
    second.attributes = first.attributes
    link(first, second)
    _answer(floor, second)
    return Story("chat transfer", (first, second))


def task(floor: Floor, at: datetime) -> Story:
    """An agent works on a task made of a ticket, or on one that names none."""
    leg = Leg(floor.new_id(), "TASK", "API", at, at, name="Call the supplier")
    tickets = [number for customer in floor.people.customers for number in customer.tickets]
    if tickets and floor.hits(0.9):
        number = floor.random.choice(tickets)
        leg.name = f"Zendesk-{number}"
        leg.reference = f"https://acme.zendesk.com/agent/tickets/{number}"
    _answer(floor, leg)
    leg.reason = "AGENT_COMPLETED"
    return Story("task", (leg,))


#: How many of a hundred chats and tasks go which way.
CHATS: Mapping[Tell, int] = {chat: 75, chat_with_bot: 10, chat_transfer: 15}
TASKS: Mapping[Tell, int] = {task: 100}


def _chat(floor: Floor, at: datetime) -> Leg:
    customer, chance = floor.customer(), floor.random.random()
    leg = Leg(floor.new_id(), "CHAT", "API", at, at, customer_name=customer.name, bot=True)
    leg.analysed = floor.hits(0.3)
    if chance < 0.6:
        leg.attributes = {"customer_email": customer.email}
    elif chance < 0.8:
        leg.attributes = {"customer_name": customer.name.upper()}
    elif chance < 0.9:
        leg.attributes = {"customer_email": "nobody@home.example"}
    return leg


def _answer(floor: Floor, leg: Leg) -> None:
    leg.queue, leg.enqueued = QUEUES[0], leg.began + floor.seconds(10, 30)
    leg.agent, slot, leg.offered = floor.take(leg.enqueued + floor.seconds(1, 10), chats=True)
    leg.connected = leg.offered + floor.seconds(1, 6)
    leg.ended = leg.connected + floor.seconds(60, 400)
    leg.wrapped_up = leg.ended + floor.seconds(5, 60)
    floor.keep(leg.agent, slot, leg.wrapped_up)
