"""Stories of chats and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from local.contact_centre.call_legs import link
from local.contact_centre.calls import MakeStory
from local.contact_centre.legs import Leg, Story
from local.contact_centre.population import QUEUES
from local.contact_centre.workforce import Workforce


def chat(workforce: Workforce, at: datetime) -> Story:
    """A customer chats with a bot, then with an agent who has other chats as well."""
    leg = _chat(workforce, at)
    _answer(workforce, leg)
    return Story("chat", (leg,))


def chat_with_bot(workforce: Workforce, at: datetime) -> Story:
    """The bot knew the answer."""
    leg = _chat(workforce, at)
    leg.ended, leg.reason = at + workforce.seconds(20, 60), "CUSTOMER_DISCONNECT"
    return Story("chat with a bot", (leg,))


def chat_transfer(workforce: Workforce, at: datetime) -> Story:
    """An agent hands a chat over to another one."""
    first = _chat(workforce, at)
    _answer(workforce, first)
    first.reason, first.transferred = "AGENT_DISCONNECT", first.ended
    second = Leg(
        workforce.new_id(), "CHAT", "TRANSFER", first.ended, first.ended, customer_name=first.customer_name
    )
    second.attributes = first.attributes
    link(first, second)
    _answer(workforce, second)
    return Story("chat transfer", (first, second))


def task(workforce: Workforce, at: datetime) -> Story:
    """An agent works on a task made of a ticket, or on one that names none."""
    leg = Leg(workforce.new_id(), "TASK", "API", at, at, name="Call the supplier")
    tickets = [number for customer in workforce.population.customers for number in customer.tickets]
    if tickets and workforce.hits(0.9):
        number = workforce.random.choice(tickets)
        leg.name = f"Zendesk-{number}"
        leg.reference = f"https://acme.zendesk.com/agent/tickets/{number}"
    _answer(workforce, leg)
    leg.reason = "AGENT_COMPLETED"
    return Story("task", (leg,))


#: How many of a hundred chats and tasks go which way.
CHATS: Mapping[MakeStory, int] = {chat: 75, chat_with_bot: 10, chat_transfer: 15}
TASKS: Mapping[MakeStory, int] = {task: 100}


def _chat(workforce: Workforce, at: datetime) -> Leg:
    customer, chance = workforce.customer(), workforce.random.random()
    leg = Leg(workforce.new_id(), "CHAT", "API", at, at, customer_name=customer.name, bot=True)
    leg.analysed = workforce.hits(0.3)
    if chance < 0.6:
        leg.attributes = {"customer_email": customer.email}
    elif chance < 0.8:
        leg.attributes = {"customer_name": customer.name.upper()}
    elif chance < 0.9:
        leg.attributes = {"customer_email": "nobody@home.example"}
    return leg


def _answer(workforce: Workforce, leg: Leg) -> None:
    leg.queue, leg.enqueued = QUEUES[0], leg.began + workforce.seconds(10, 30)
    leg.agent, slot, leg.offered = workforce.take(leg.enqueued + workforce.seconds(1, 10), chats=True)
    leg.connected = leg.offered + workforce.seconds(1, 6)
    leg.ended = leg.connected + workforce.seconds(60, 400)
    leg.wrapped_up = leg.ended + workforce.seconds(5, 60)
    workforce.keep(leg.agent, slot, leg.wrapped_up)
