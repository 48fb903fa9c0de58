"""The legs that stories of calls are made of: they wait, are answered, are joined by others, and end."""

from __future__ import annotations

from datetime import datetime, timedelta

from local.contact_centre.legs import Leg
from local.contact_centre.population import QUEUES, Agent
from local.contact_centre.workforce import Caller, Workforce

LINE = "+448001234567"


def incoming(workforce: Workforce, at: datetime, caller: Caller | None = None) -> Leg:
    """Return a first leg that begins now, with what its flow has set; from any caller where none is given."""
    caller = caller or workforce.caller()
    leg = Leg(workforce.new_id(), "VOICE", "INBOUND", at, at, customer=caller.number, system=LINE)
    leg.attributes = _attributes(workforce, caller)
    return leg


def _attributes(workforce: Workforce, caller: Caller) -> dict[str, str]:
    """Return what the flow has set, for some."""
    chance = workforce.random.random()
    tickets = caller.customer.tickets if caller.customer else ()
    if chance < 0.08 and tickets:
        return {"zendesk_ticket": str(workforce.random.choice(tickets))}
    table: tuple[tuple[float, dict[str, str]], ...] = (
        (0.11, {"zendesk_ticket": "0"}),
        (0.15, {"ticket_assignment": "agent"}),
        (0.17, {"ticket_assignment": "agent", "force_ticket_creation": "no"}),
        (0.21, {"recent_ticket_timeout": "30"}),
        (0.24, {"conversation_title": "Delivery of parcel ‹7›", "customer_language": "de"}),
        (0.27, {"voice_comment": "no"}),
        (0.29, {"recent_ticket_timeout": "soon"}),  # cannot be read
        (0.35, {"menu": "2", "language": "en"}),
    )
    return dict(next((given for share, given in table if chance < share), {}))


def queue(workforce: Workforce, leg: Leg) -> datetime:
    """Put a leg into a queue; returns when."""
    leg.queue, leg.enqueued = workforce.random.choice(QUEUES), leg.began + workforce.seconds(3, 20)
    return leg.enqueued


def answered_call(workforce: Workforce, at: datetime) -> Leg:
    """Return the first leg of a call that is answered."""
    leg = incoming(workforce, at)
    answer(workforce, leg)
    return leg


def answer(workforce: Workforce, leg: Leg, but: tuple[Agent, ...] = ()) -> None:
    """Have a leg wait in a queue, be answered, and end."""
    offered = (leg.enqueued or queue(workforce, leg)) + workforce.seconds(1, 30)
    if workforce.hits(0.05):
        agent, slot, offered = workforce.take(offered, but=but)
        missed_at = offered + workforce.seconds(15, 20)
        leg.missed.append((agent, offered, missed_at))
        workforce.keep(agent, slot, missed_at)
        offered = missed_at
    leg.agent, slot, leg.offered = workforce.take(offered, but=(*but, *(missed[0] for missed in leg.missed)))
    leg.connected = leg.offered + workforce.seconds(1, 6)
    leg.ended = leg.connected + workforce.seconds(40, 300)
    leg.reason = workforce.random.choice(("CUSTOMER_DISCONNECT", "CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"))
    leg.recorded = () if workforce.hits(0.1) else (None,)
    leg.analysed = workforce.hits(0.3)
    wrap_up(workforce, leg, slot)


def join(workforce: Workforce, first: Leg, at: datetime, but: tuple[Agent, ...]) -> Leg:
    """Return the leg of an agent whom another one has asked to join, by the agent's own queue."""
    agent, slot, offered = workforce.take(at, but=but)
    leg = Leg(workforce.new_id(), "VOICE", "TRANSFER", at, at, customer=first.customer, system=first.system)
    leg.attributes = first.attributes
    leg.queue, leg.enqueued = (f"agent/{agent.user_id}", ""), at
    leg.agent, leg.offered = agent, offered
    leg.connected = offered + workforce.seconds(1, 5)
    leg.ended = leg.connected + workforce.seconds(20, 120)
    leg.recorded = (None,)
    wrap_up(workforce, leg, slot)
    link(first, leg)
    return leg


def link(first: Leg, second: Leg) -> None:
    """Make a leg a later one of a contact."""
    second.root_id, second.previous_id = first.root, first.contact_id
    first.next_id = second.contact_id  # with several, the last is the one that stays


def wrap_up(workforce: Workforce, leg: Leg, slot: int = 0) -> None:
    """Have a leg's agent be busy with it for a while after its end."""
    leg.wrapped_up = leg.ended + workforce.seconds(5, 60)
    if leg.agent is not None:
        workforce.keep(leg.agent, slot, leg.wrapped_up)


def outlast(workforce: Workforce, first: Leg, *others: Leg) -> None:
    """Have a leg end after all of the others."""
    last = max(other.ended for other in others)
    if last >= first.ended:
        first.ended = last + timedelta(seconds=1)
        wrap_up(workforce, first)


def within(leg: Leg, share: float) -> datetime:
    """Return the time at which so much of a leg's talk is over."""
    return connected(leg) + (leg.ended - connected(leg)) * share


def connected(leg: Leg) -> datetime:
    """Return when a leg's agent was connected, or when it began."""
    return leg.connected or leg.began


def agents_of(*legs: Leg) -> tuple[Agent, ...]:
    """Return the agents of some legs."""
    return tuple(leg.agent for leg in legs if leg.agent is not None)
