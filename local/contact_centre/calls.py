"""Stories of calls: who called whom, and where it went (contract sheet of Amazon Connect, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from local.contact_centre.floor import Caller, Floor
from local.contact_centre.legs import Leg, Story
from local.contact_centre.people import QUEUES, Agent

_LINE = "+448001234567"

Tell = Callable[[Floor, datetime], Story]


def answered(floor: Floor, at: datetime) -> Story:
    """A call is answered."""
    leg = _answered(floor, at)
    return Story("answered", (leg,))


def abandoned(floor: Floor, at: datetime) -> Story:
    """The caller leaves the queue."""
    leg = _incoming(floor, at)
    leg.ended = _queued(floor, leg) + floor.seconds(20, 120)
    return Story("abandoned", (leg,))


def left_in_flow(floor: Floor, at: datetime) -> Story:
    """The caller hangs up before any queue."""
    leg = _incoming(floor, at)
    leg.ended = at + floor.seconds(3, 20)
    return Story("left in the flow", (leg,))


def missed(floor: Floor, at: datetime) -> Story:
    """An agent does not take the call that is offered, and the caller gives up."""
    leg = _incoming(floor, at)
    offered = _queued(floor, leg) + floor.seconds(2, 20)
    agent, slot, offered = floor.take(offered)
    leg.ended = offered + floor.seconds(20, 25)
    leg.missed.append((agent, offered, leg.ended))
    floor.keep(agent, slot, leg.ended)
    return Story("missed", (leg,))


def voicemail(floor: Floor, at: datetime) -> Story:
    """The caller leaves a message."""
    leg = _incoming(floor, at)
    leg.ended = _queued(floor, leg) + floor.seconds(30, 90)
    leg.recorded = ("IVR",)
    return Story("voicemail", (leg,))


def outgoing(floor: Floor, at: datetime) -> Story:
    """An agent calls a customer, or somebody whom nobody knows."""
    agent, slot, began = floor.take(at)
    number = floor.customer().phone if floor.hits(0.8) else floor.stranger()
    leg = Leg(floor.new_id(), "VOICE", "OUTBOUND", began, began, customer=number, system=_LINE)
    leg.queue = QUEUES[0]
    leg.enqueued = began
    leg.agent, leg.connected, leg.offered = agent, began + floor.seconds(3, 10), began
    leg.reason = "AGENT_DISCONNECT"
    if floor.hits(0.2):
        leg.reason = "TELECOM_UNANSWERED"
        leg.ended = leg.connected + floor.seconds(2, 5)
    else:
        leg.ended, leg.recorded = leg.connected + floor.seconds(40, 300), (None,)
    _wrap_up(floor, leg, slot)
    return Story("outgoing", (leg,))


def cold_transfer(floor: Floor, at: datetime) -> Story:
    """An agent hands the call over and leaves."""
    first = _answered(floor, at)
    first.transferred, first.reason = first.ended, "AGENT_DISCONNECT"
    second = _joined(floor, first, first.ended, but=_agents(first))
    return Story("cold transfer", (first, second))


def warm_transfer(floor: Floor, at: datetime) -> Story:
    """Two agents talk to the customer, until the first leaves."""
    first = _answered(floor, at)
    second = _joined(floor, first, _within(first, 0.6), but=_agents(first))
    second.ended = max(second.ended, first.ended + floor.seconds(20, 100))
    _wrap_up(floor, second)
    first.transferred, first.reason = first.ended, "AGENT_DISCONNECT"
    return Story("warm transfer", (first, second))


def consult(floor: Floor, at: datetime) -> Story:
    """An agent asks a colleague for a moment, the customer on hold."""
    first = _answered(floor, at)
    second = _joined(floor, first, _within(first, 0.4), but=_agents(first))
    second.ended = _connected(second) + timedelta(seconds=2)
    second.wrapped_up = second.ended + floor.seconds(2, 5)
    first.held_seconds = 2
    _outlast(floor, first, second)
    return Story("consult", (first, second))


def conference(floor: Floor, at: datetime) -> Story:
    """Up to six on one call: the customer and three to five agents."""
    legs = [_answered(floor, at)]
    for number in range(floor.random.randint(2, 4)):
        share = 0.2 + 0.15 * number
        legs.append(_joined(floor, legs[0], _within(legs[0], share), but=_agents(*legs)))
    _outlast(floor, legs[0], *legs[1:])
    return Story("conference", tuple(legs))


def external_party(floor: Floor, at: datetime) -> Story:
    """An agent adds somebody outside."""
    first = _answered(floor, at)
    began = _within(first, 0.4)
    second = Leg(
        floor.new_id(), "VOICE", "EXTERNAL_OUTBOUND", began, began + floor.seconds(10, 40), system=_LINE
    )
    second.customer, second.reason = floor.stranger(), "THIRD_PARTY_DISCONNECT"
    first.transferred_to = second.customer
    _link(first, second)
    _outlast(floor, first, second)
    return Story("external party", (first, second))


def monitored(floor: Floor, at: datetime) -> Story:
    """A supervisor listens in, and may barge in."""
    first = _answered(floor, at)
    began = _within(first, 0.3)
    supervisor, slot, began = floor.take(began, but=_agents(first))
    second = Leg(
        floor.new_id(), "VOICE", "MONITOR", began, began + floor.seconds(15, 40), customer=first.customer
    )
    second.agent, second.connected, second.offered = supervisor, began, began
    half = began + (second.ended - began) / 2
    second.transitions = (("SILENT_MONITOR", began, second.ended),)
    second.reason = "AGENT_DISCONNECT"
    if floor.hits(0.5):
        second.transitions = (("SILENT_MONITOR", began, half), ("BARGE", half, second.ended))
    floor.keep(supervisor, slot, second.ended)
    _link(first, second)
    _outlast(floor, first, second)
    return Story("monitored", (first, second))


def queue_transfer(floor: Floor, at: datetime) -> Story:
    """A flow moves the call from one queue to another, as a leg of its own."""
    first = _incoming(floor, at)
    first.ended, first.reason = _queued(floor, first) + floor.seconds(10, 30), "OTHER"
    second = Leg(floor.new_id(), "VOICE", "QUEUE_TRANSFER", first.ended, first.ended, customer=first.customer)
    second.attributes = first.attributes
    _link(first, second)
    _answer(floor, second)
    return Story("queue transfer", (first, second))


def callback(floor: Floor, at: datetime) -> Story:
    """The caller asks to be called back, and is."""
    customer = floor.customer()
    first = _incoming(floor, at, Caller(customer.phone, customer))
    first.ended, first.reason = at + floor.seconds(20, 40), "CONTACT_FLOW_DISCONNECT"
    began = first.ended + floor.seconds(20, 300)
    second = Leg(floor.new_id(), "VOICE", "CALLBACK", began, began, customer=customer.phone)
    second.attributes = first.attributes
    _link(first, second)
    _answer(floor, second)
    return Story("callback", (first, second))


#: How many of a hundred calls go which way.
CALLS: Mapping[Tell, int] = {
    answered: 48, abandoned: 6, left_in_flow: 3, missed: 4, voicemail: 3, outgoing: 10, callback: 4,
    cold_transfer: 5, warm_transfer: 4, queue_transfer: 2,
    consult: 3, conference: 3, external_party: 2, monitored: 3,
}  # fmt: skip


def _incoming(floor: Floor, at: datetime, caller: Caller | None = None) -> Leg:
    caller = caller or floor.caller()
    leg = Leg(floor.new_id(), "VOICE", "INBOUND", at, at, customer=caller.number, system=_LINE)
    leg.attributes = _attributes(floor, caller)
    return leg


def _attributes(floor: Floor, caller: Caller) -> dict[str, str]:
    """Return what the flow has set, for some."""
    chance = floor.random.random()
    tickets = caller.customer.tickets if caller.customer else ()
    if chance < 0.08 and tickets:
        return {"zendesk_ticket": str(floor.random.choice(tickets))}
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


def _queued(floor: Floor, leg: Leg) -> datetime:
    leg.queue, leg.enqueued = floor.random.choice(QUEUES), leg.began + floor.seconds(3, 20)
    return leg.enqueued


def _answered(floor: Floor, at: datetime) -> Leg:
    leg = _incoming(floor, at)
    _answer(floor, leg)
    return leg


def _answer(floor: Floor, leg: Leg, but: tuple[Agent, ...] = ()) -> None:
    """Have a leg wait in a queue, be answered, and end."""
    offered = (leg.enqueued or _queued(floor, leg)) + floor.seconds(1, 30)
    if floor.hits(0.05):
        agent, slot, offered = floor.take(offered, but=but)
        given_up = offered + floor.seconds(15, 20)
        leg.missed.append((agent, offered, given_up))
        floor.keep(agent, slot, given_up)
        offered = given_up
    leg.agent, slot, leg.offered = floor.take(offered, but=(*but, *(missed[0] for missed in leg.missed)))
    leg.connected = leg.offered + floor.seconds(1, 6)
    leg.ended = leg.connected + floor.seconds(40, 300)
    leg.reason = floor.random.choice(("CUSTOMER_DISCONNECT", "CUSTOMER_DISCONNECT", "AGENT_DISCONNECT"))
    leg.recorded = () if floor.hits(0.1) else (None,)
    leg.analysed = floor.hits(0.3)
    _wrap_up(floor, leg, slot)


def _joined(floor: Floor, first: Leg, at: datetime, but: tuple[Agent, ...]) -> Leg:
    """Return the leg of an agent whom another one has asked to join, by the agent's own queue."""
    agent, slot, offered = floor.take(at, but=but)
    leg = Leg(floor.new_id(), "VOICE", "TRANSFER", at, at, customer=first.customer, system=first.system)
    leg.attributes = first.attributes
    leg.queue, leg.enqueued = (f"agent/{agent.user_id}", ""), at
    leg.agent, leg.offered = agent, offered
    leg.connected = offered + floor.seconds(1, 5)
    leg.ended = leg.connected + floor.seconds(20, 120)
    leg.recorded = (None,)
    _wrap_up(floor, leg, slot)
    _link(first, leg)
    return leg


def _link(first: Leg, second: Leg) -> None:
    second.root_id, second.previous_id = first.root, first.contact_id
    first.next_id = second.contact_id  # with several, the last is the one that stays


def _wrap_up(floor: Floor, leg: Leg, slot: int = 0) -> None:
    leg.wrapped_up = leg.ended + floor.seconds(5, 60)
    if leg.agent is not None:
        floor.keep(leg.agent, slot, leg.wrapped_up)


def _outlast(floor: Floor, first: Leg, *others: Leg) -> None:
    """Have a leg end after all of the others."""
    last = max(other.ended for other in others)
    if last >= first.ended:
        first.ended = last + timedelta(seconds=1)
        _wrap_up(floor, first)


def _within(leg: Leg, share: float) -> datetime:
    return _connected(leg) + (leg.ended - _connected(leg)) * share


def _connected(leg: Leg) -> datetime:
    return leg.connected or leg.began


def _agents(*legs: Leg) -> tuple[Agent, ...]:
    return tuple(leg.agent for leg in legs if leg.agent is not None)
