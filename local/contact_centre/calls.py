"""Stories of calls: who called whom, and where it went (facts/amazon-connect.md 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from local.contact_centre.call_legs import (
    LINE,
    agents_of,
    answer,
    answered_call,
    connected,
    incoming,
    join,
    link,
    outlast,
    queue,
    within,
    wrap_up,
)
from local.contact_centre.legs import Leg, Story
from local.contact_centre.population import QUEUES
from local.contact_centre.workforce import Caller, Workforce

MakeStory = Callable[[Workforce, datetime], Story]


def answered(workforce: Workforce, at: datetime) -> Story:
    """A call is answered."""
    leg = answered_call(workforce, at)
    return Story("answered", (leg,))


def abandoned(workforce: Workforce, at: datetime) -> Story:
    """The caller leaves the queue."""
    leg = incoming(workforce, at)
    leg.ended = queue(workforce, leg) + workforce.seconds(20, 120)
    return Story("abandoned", (leg,))


def left_in_flow(workforce: Workforce, at: datetime) -> Story:
    """The caller hangs up before any queue."""
    leg = incoming(workforce, at)
    leg.ended = at + workforce.seconds(3, 20)
    return Story("left in the flow", (leg,))


def missed(workforce: Workforce, at: datetime) -> Story:
    """An agent does not take the call that is offered, and the caller hangs up."""
    leg = incoming(workforce, at)
    offered = queue(workforce, leg) + workforce.seconds(2, 20)
    agent, slot, offered = workforce.take(offered)
    leg.ended = offered + workforce.seconds(20, 25)
    leg.missed.append((agent, offered, leg.ended))
    workforce.keep(agent, slot, leg.ended)
    return Story("missed", (leg,))


def voicemail(workforce: Workforce, at: datetime) -> Story:
    """The caller leaves a message."""
    leg = incoming(workforce, at)
    leg.ended = queue(workforce, leg) + workforce.seconds(30, 90)
    leg.recorded, leg.attributes = ("IVR",), {**leg.attributes, "voicemail": "true"}
    return Story("voicemail", (leg,))


def outgoing(workforce: Workforce, at: datetime) -> Story:
    """An agent calls a customer, or an unknown number."""
    agent, slot, began = workforce.take(at)
    number = workforce.customer().phone if workforce.hits(0.8) else workforce.stranger()
    leg = Leg(workforce.new_id(), "VOICE", "OUTBOUND", began, began, customer=number, system=LINE)
    leg.queue = QUEUES[0]
    leg.enqueued = began
    leg.agent, leg.connected, leg.offered = agent, began + workforce.seconds(3, 10), began
    leg.reason = "AGENT_DISCONNECT"
    if workforce.hits(0.2):
        leg.reason = "TELECOM_UNANSWERED"
        leg.ended = leg.connected + workforce.seconds(2, 5)
    else:
        leg.ended, leg.recorded = leg.connected + workforce.seconds(40, 300), (None,)
    wrap_up(workforce, leg, slot)
    return Story("outgoing", (leg,))


def cold_transfer(workforce: Workforce, at: datetime) -> Story:
    """An agent hands the call over and leaves."""
    first = answered_call(workforce, at)
    first.transferred, first.reason = first.ended, "AGENT_DISCONNECT"
    second = join(workforce, first, first.ended, but=agents_of(first))
    return Story("cold transfer", (first, second))


def warm_transfer(workforce: Workforce, at: datetime) -> Story:
    """Two agents talk to the customer, until the first leaves."""
    first = answered_call(workforce, at)
    second = join(workforce, first, within(first, 0.6), but=agents_of(first))
    second.ended = max(second.ended, first.ended + workforce.seconds(20, 100))
    wrap_up(workforce, second)
    first.transferred, first.reason = first.ended, "AGENT_DISCONNECT"
    return Story("warm transfer", (first, second))


def consult(workforce: Workforce, at: datetime) -> Story:
    """An agent asks a colleague for a minute, the customer on hold."""
    first = answered_call(workforce, at)
    second = join(workforce, first, within(first, 0.4), but=agents_of(first))
    second.ended = connected(second) + timedelta(seconds=2)
    second.wrapped_up = second.ended + workforce.seconds(2, 5)
    first.held_seconds = 2
    outlast(workforce, first, second)
    return Story("consult", (first, second))


def conference(workforce: Workforce, at: datetime) -> Story:
    """Up to six on one call: the customer and three to five agents."""
    legs = [answered_call(workforce, at)]
    for number in range(workforce.random.randint(2, 4)):
        share = 0.2 + 0.15 * number
        legs.append(join(workforce, legs[0], within(legs[0], share), but=agents_of(*legs)))
    outlast(workforce, legs[0], *legs[1:])
    return Story("conference", tuple(legs))


def external_party(workforce: Workforce, at: datetime) -> Story:
    """An agent adds an external party."""
    first = answered_call(workforce, at)
    began = within(first, 0.4)
    second = Leg(
        workforce.new_id(),
        "VOICE",
        "EXTERNAL_OUTBOUND",
        began,
        began + workforce.seconds(10, 40),
        system=LINE,
    )
    second.customer, second.reason = workforce.stranger(), "THIRD_PARTY_DISCONNECT"
    first.transferred_to = second.customer
    link(first, second)
    outlast(workforce, first, second)
    return Story("external party", (first, second))


def monitored(workforce: Workforce, at: datetime) -> Story:
    """A supervisor listens in, and may barge in."""
    first = answered_call(workforce, at)
    began = within(first, 0.3)
    supervisor, slot, began = workforce.take(began, but=agents_of(first))
    second = Leg(
        workforce.new_id(),
        "VOICE",
        "MONITOR",
        began,
        began + workforce.seconds(15, 40),
        customer=first.customer,
    )
    second.agent, second.connected, second.offered = supervisor, began, began
    half = began + (second.ended - began) / 2
    second.transitions = (("SILENT_MONITOR", began, second.ended),)
    second.reason = "AGENT_DISCONNECT"
    if workforce.hits(0.5):
        second.transitions = (("SILENT_MONITOR", began, half), ("BARGE", half, second.ended))
    workforce.keep(supervisor, slot, second.ended)
    link(first, second)
    outlast(workforce, first, second)
    return Story("monitored", (first, second))


def queue_transfer(workforce: Workforce, at: datetime) -> Story:
    """A flow moves the call from one queue to another, as a leg of its own."""
    first = incoming(workforce, at)
    first.ended, first.reason = queue(workforce, first) + workforce.seconds(10, 30), "OTHER"
    second = Leg(
        workforce.new_id(), "VOICE", "QUEUE_TRANSFER", first.ended, first.ended, customer=first.customer
    )
    second.attributes = first.attributes
    link(first, second)
    answer(workforce, second)
    return Story("queue transfer", (first, second))


def callback(workforce: Workforce, at: datetime) -> Story:
    """The caller asks to be called back, and is."""
    customer = workforce.customer()
    first = incoming(workforce, at, Caller(customer.phone, customer))
    first.ended, first.reason = at + workforce.seconds(20, 40), "CONTACT_FLOW_DISCONNECT"
    began = first.ended + workforce.seconds(20, 300)
    second = Leg(workforce.new_id(), "VOICE", "CALLBACK", began, began, customer=customer.phone)
    second.attributes = first.attributes
    link(first, second)
    answer(workforce, second)
    return Story("callback", (first, second))


#: How many of a hundred calls go which way.
CALLS: Mapping[MakeStory, int] = {
    answered: 48, abandoned: 6, left_in_flow: 3, missed: 4, voicemail: 3, outgoing: 10, callback: 4,
    cold_transfer: 5, warm_transfer: 4, queue_transfer: 2,
    consult: 3, conference: 3, external_party: 2, monitored: 3,
}  # fmt: skip
