"""The kinds of contacts: what happens in each, and what has to come of it, said without asking the product.

A new kind is a function that returns a `Contact`, and a row in `KINDS` (with how often it comes, beside the
others). What it is due is in `Due`; what `Due` cannot say yet is an invariant more (`invariants.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from local.contact_centre.agent_events import Change, Shift
from local.contact_centre.contact_events import attributes_updated, contact_events
from local.contact_centre.files import analyses
from local.contact_centre.legs import BUCKET, Leg
from local.contact_centre.population import INSTANCE_ID, QUEUES, Agent
from local.contact_centre.records import record, so_far
from tests.contact_files import analysis, chat_file, lens
from tests.simulation.simulator import people

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

Do = Callable[["World"], None]


@dataclass(frozen=True)
class Happening:
    """Something that happens at a time, in words for the story."""

    at: datetime
    what: str
    do: Do


@dataclass
class Due:
    """What a contact has to come to.

    ``ticket``: *own*, one that is made for it; *none*; or the number of one that is there. ``reported`` and
    ``voices``: legs that it reports, and has voice comments of, once each. ``words``: what is said in it, and
    how often that is on its tickets. ``requester``: of its own ticket. ``fields``: what the caller's user
    fields hold in the end. ``tasks``: by rule, how many of the ticket. ``other``: where it goes if that is
    ``asked`` for and done. ``untagged``: a macro's tag, which is on no ticket in the end.
    """

    ticket: Literal["own", "none"] | int = "own"
    reported: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    words: Counter[str] = field(default_factory=Counter)
    requester: Literal["caller", "stranger", "anonymous", "agent", "any"] = "any"
    fields: tuple[str | None, str | None] | None = None
    tasks: Mapping[str, int] = field(default_factory=dict)
    untagged: str | None = None
    other: int | None = None
    asked: bool = False


@dataclass
class Contact:
    """A contact of a kind: its id, the number of its caller, what happens, and what is due.

    ``touched``: what people did to its ticket or its caller meanwhile. ``roots``: the contacts in Amazon
    Connect that it is, where not one of its id. ``wrong``: what was seen to be wrong while it happened.
    ``letters``: what has to be dead-lettered, by source, and with what content where that is known.
    """

    id: str
    kind: str
    number: int
    happenings: list[Happening] = field(default_factory=list)
    due: Due = field(default_factory=Due)
    updated: str | None = None
    touched: set[str] = field(default_factory=set)
    roots: tuple[str, ...] = ()
    wrong: list[str] = field(default_factory=list)
    letters: tuple[tuple[str, bytes | None], ...] = ()

    def at(self, moment: datetime, what: str, do: Do) -> None:
        """Have something happen in it."""
        self.happenings.append(Happening(moment, f"{self.id}: {what}", do))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When it begins and when the last of it happens."""
        times = [happening.at for happening in self.happenings]
        return min(times), max(times)


@dataclass
class Maker:
    """Makes one contact: ``number`` is that of its caller, ``began`` when it begins."""

    id: str
    kind: str
    number: int
    began: datetime
    random: Random
    _agents: list[Agent] = field(default_factory=list)

    def contact(self, **due: Any) -> Contact:
        """Return the contact, without anything that happens yet."""
        return Contact(self.id, self.kind, self.number, due=Due(**due))

    def seconds(self, least: float, most: float) -> timedelta:
        """Return how long something lasts."""
        return timedelta(seconds=round(self.random.uniform(least, most), 3))

    def agent(self) -> Agent:
        """Return an agent who is not in this contact yet."""
        left = [agent for agent in people.shared_agents() if agent not in self._agents]
        self._agents.append(self.random.choice(left))
        return self._agents[-1]

    def leg(self, first: Leg | None = None, **fields: Any) -> Leg:
        """Return a leg that waits in a queue, is answered, and ends; ``fields`` are its own."""
        began = fields.pop("began", self.began if first is None else first.ended)
        name = self.id if first is None else f"{self.id}-leg-{len(self._agents) + 1}"
        own = {"channel": "VOICE", "method": "INBOUND" if first is None else "TRANSFER"}
        agent = fields.pop("agent", None) or self.agent()
        leg = Leg(
            name, **{**own, **{k: fields.pop(k) for k in tuple(fields) if k in own}}, began=began, ended=began
        )
        leg.customer = people.phone(self.number) if leg.channel == "VOICE" else None
        leg.customer_name, leg.system = people.name(self.number), "+448001234567"
        leg.queue, leg.enqueued = QUEUES[0], began + self.seconds(1, 20)
        leg.offered = leg.enqueued + self.seconds(1, 30)
        leg.agent, leg.connected = agent, leg.offered + self.seconds(1, 6)
        leg.ended = leg.connected + self.seconds(30, 400)
        leg.wrapped_up = leg.ended + self.seconds(2, 60)
        leg.recorded = (None,) if leg.channel == "VOICE" else ()
        if first is not None:
            leg.root_id, leg.previous_id = first.root, first.contact_id
            leg.attributes, leg.customer = first.attributes, first.customer
            first.next_id = leg.contact_id
        for name, value in fields.items():
            setattr(leg, name, value)
        return leg


# What a leg sends


def sends(contact: Contact, maker: Maker, leg: Leg, **fields: Any) -> None:
    """Have everything happen that Amazon Connect sends of a leg; ``fields`` are the record's own."""
    for at, event in contact_events(leg):
        contact.at(at, str(event["detail"]["eventType"]), _event(leg, event, at))
    if leg.agent is not None and leg.offered is not None:
        contact.at(leg.offered, "rings", _rings(leg))
    updated = leg.over + maker.seconds(5, 70)
    contact.at(updated, f"record of {leg.contact_id}", _record(leg, updated, fields))


def _event(leg: Leg, event: Mapping[str, Any], at: datetime) -> Do:
    def happen(world: World) -> None:
        know(world, leg, at)
        chance = world.chance
        if chance.hits("Amazon Connect: contact event lost", leg.contact_id):
            return
        for number in range(2 if chance.hits("Amazon Connect: contact event twice", leg.contact_id) else 1):
            late = number * chance.between("event twice", 0, 100)
            if chance.hits("Amazon Connect: contact event late", leg.contact_id):
                late += chance.between("event late", 30, 1800)
            world.scheduler.after(late, lambda: world.messages.route(event, ""))

    return happen


def _rings(leg: Leg) -> Do:
    assert leg.agent is not None
    agent, at = leg.agent, leg.offered
    assert at is not None
    shift = Shift(agent, at - timedelta(hours=1))
    shift.log_in()
    event = shift.change(Change(at, agent, leg, "CONNECTING"))

    def happen(world: World) -> None:
        know(world, leg, at)
        world.put_agent_event(event)

    return happen


def _record(leg: Leg, updated: datetime, fields: Mapping[str, Any]) -> Do:
    def happen(world: World) -> None:
        know(world, leg, updated)
        chance = world.chance
        content = {**record(leg, updated), **fields}
        late = chance.between("record late", 60, 3000) if chance.hits("Kinesis: record late") else 0.0
        world.scheduler.after(late, lambda: world.put_record(content))
        if chance.hits("Kinesis: record twice", leg.contact_id):
            again = chance.one_of("record twice", (1, 60, 3600, 90_000))
            world.scheduler.after(late + again, lambda: world.put_record(content))
        if chance.hits("Amazon Connect: record sent again", leg.contact_id):
            days = chance.between("sent again", 0.01, 6)
            again_at = updated + timedelta(days=days)
            more = {**record(leg, again_at, {"survey": "5"}), **fields}
            world.scheduler.at(again_at, lambda: world.put_record(more))
            event = attributes_updated(leg, again_at)
            world.scheduler.at(again_at, lambda: world.messages.route(event, ""))

    return happen


def know(world: World, leg: Leg, at: datetime) -> None:
    """Have Amazon Connect know a leg as it is at a time, but for what was changed there meanwhile."""
    contacts, known = world.connect.contacts, so_far(leg, at)
    if contacts.held(leg.contact_id) is None:
        contacts.add(known)
    else:
        kept = ("ContactId", "Attributes", "LastUpdateTimestamp")
        contacts.change(leg.contact_id, **{name: known[name] for name in known.keys() - kept})
    recording = contacts.recording(leg.contact_id)
    if leg.ended <= at:
        recording.clear()
    elif leg.recorded and leg.connected and leg.connected <= at:
        recording.setdefault("AGENT", "on")


# Calls


def answered(maker: Maker) -> Contact:
    """A call of a customer whom Zendesk knows."""
    leg = maker.leg()
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    return contact


def from_a_stranger(maker: Maker) -> Contact:
    """A call from a number that Zendesk does not know; the flow has asked for a name."""
    leg = maker.leg(customer=people.stranger(maker.number))
    leg.attributes = maker.random.choice(({}, {"customer_name": f"Mxqz Stranger {maker.number}"}))
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="stranger")
    sends(contact, maker, leg)
    return contact


def strangers_twice(maker: Maker) -> Contact:
    """Two calls from one unknown number, seconds apart: one user (C8)."""
    first = maker.leg(customer=people.stranger(maker.number))
    second = maker.leg(customer=first.customer, began=maker.began + maker.seconds(1, 20))
    second.contact_id = f"{maker.id}-again"
    both = (first.contact_id, second.contact_id)
    contact = maker.contact(reported=both, voices=both, requester="stranger")
    for leg in (first, second):
        sends(contact, maker, leg)
    return contact


def withheld(maker: Maker) -> Contact:
    """A call whose number is withheld."""
    leg = maker.leg(customer=maker.random.choice(("anonymous", None)))
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="anonymous")
    sends(contact, maker, leg)
    return contact


def recent(maker: Maker) -> Contact:
    """A call of a customer whose ticket was changed minutes ago (T3)."""
    leg = maker.leg(attributes={"recent_ticket_timeout": "30"})
    contact = maker.contact(
        ticket=people.ticket(maker.number), reported=(leg.contact_id,), voices=(leg.contact_id,)
    )
    contact.updated = (maker.began - timedelta(minutes=10)).isoformat()
    sends(contact, maker, leg)
    return contact


def given(maker: Maker) -> Contact:
    """A call for which the flow names a ticket (T1)."""
    number = people.ticket(maker.number)
    leg = maker.leg(attributes={"zendesk_ticket": str(number)})
    contact = maker.contact(ticket=number, reported=(leg.contact_id,), voices=(leg.contact_id,))
    sends(contact, maker, leg)
    return contact


def manual(maker: Maker) -> Contact:
    """A call that is left to its agent, who does nothing: a forced ticket (T8)."""
    leg = maker.leg(attributes={"ticket_assignment": "agent"})
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    return contact


def not_forced(maker: Maker) -> Contact:
    """A call that is left to its agent, and no ticket is forced."""
    leg = maker.leg(attributes={"ticket_assignment": "agent", "force_ticket_creation": "no"})
    contact = maker.contact(ticket="none")
    sends(contact, maker, leg)
    return contact


def abandoned(maker: Maker) -> Contact:
    """A caller leaves the queue (T13)."""
    leg = maker.leg()
    leg.agent = leg.offered = leg.connected = leg.wrapped_up = None
    leg.recorded = ()
    contact = maker.contact(ticket="none")
    sends(contact, maker, leg)
    return contact


def voicemail(maker: Maker) -> Contact:
    """A caller leaves a message."""
    leg = maker.leg(attributes={"voicemail": "true"})
    leg.agent = leg.offered = leg.connected = leg.wrapped_up = None
    leg.recorded = ("IVR",)
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    return contact


def outgoing(maker: Maker) -> Contact:
    """An agent calls a customer (T7)."""
    leg = maker.leg(method="OUTBOUND")
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    return contact


def transferred(maker: Maker) -> Contact:
    """A call that is handed on, once or twice, by agents who stay for a while or leave."""
    legs = [maker.leg()]
    for _ in range(maker.random.randint(1, 2)):
        last = legs[-1]
        assert last.connected is not None
        share = maker.random.choice((0.5, 1.0))
        legs.append(maker.leg(legs[0], began=last.connected + (last.ended - last.connected) * share))
        last.transferred = last.ended
    return _of_legs(maker, legs)


def conference(maker: Maker) -> Contact:
    """Up to six on one call (T12)."""
    legs = [maker.leg()]
    for number in range(maker.random.randint(2, 4)):
        legs.append(
            maker.leg(legs[0], began=(legs[0].connected or maker.began) + timedelta(seconds=5 + number))
        )
    legs[0].ended = max(leg.ended for leg in legs) + timedelta(seconds=1)
    legs[0].wrapped_up = legs[0].ended + timedelta(seconds=5)
    return _of_legs(maker, legs)


def monitored(maker: Maker) -> Contact:
    """A supervisor listens in (T11, P4)."""
    first = maker.leg()
    assert first.connected is not None
    began = first.connected + timedelta(seconds=5)
    second = maker.leg(first, method="MONITOR", began=began)
    second.queue = second.enqueued = None
    second.offered, second.connected = began, began
    second.ended = min(first.ended, began + timedelta(seconds=20))
    second.transitions = (("SILENT_MONITOR", began, second.ended),)
    second.recorded, second.wrapped_up = (), None
    contact = maker.contact(reported=(first.contact_id,), voices=(first.contact_id,), requester="caller")
    for leg in (first, second):
        sends(contact, maker, leg)
    return contact


def _of_legs(maker: Maker, legs: list[Leg]) -> Contact:
    names = tuple(leg.contact_id for leg in legs)
    contact = maker.contact(reported=names, voices=names, requester="caller")
    for leg in legs:
        sends(contact, maker, leg)
    return contact


# Files


def said(leg: str, *, redacted: bool = False) -> str:
    """Return what is said in a leg: on its ticket once, but never raw where it is redacted."""
    return f"{'REDACTED' if redacted else 'RAW'} mxqz words of {leg}."


def chat(maker: Maker) -> Contact:
    """A chat with its transcript (X1)."""
    legs = [_chat_leg(maker)]
    if maker.random.random() < 0.3:
        legs.append(_chat_leg(maker, legs[0]))
    names = tuple(leg.contact_id for leg in legs)
    contact = maker.contact(reported=names, requester="caller")
    for leg in legs:
        sends(contact, maker, leg)
        contact.due.words[said(leg.contact_id)] = 1
        _writes_transcript(contact, maker, leg)
    return contact


def analysed_chat(maker: Maker) -> Contact:
    """A chat that Contact Lens analyses; where it redacts, nothing raw is told (X2)."""
    leg = _chat_leg(maker)
    policy = maker.random.choice(("None", "RedactedOnly", "RedactedAndOriginal"))
    contact = maker.contact(reported=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg, **lens(policy))
    _writes_transcript(contact, maker, leg)
    _writes_analyses(contact, maker, leg, policy)
    contact.due.words[said(leg.contact_id, redacted=policy != "None")] = 1
    return contact


def analysed_call(maker: Maker) -> Contact:
    """A call that Contact Lens analyses."""
    leg = maker.leg()
    policy = maker.random.choice(("None", "RedactedOnly", "RedactedAndOriginal"))
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg, **lens(policy))
    _writes_analyses(contact, maker, leg, policy)
    contact.due.words[said(leg.contact_id, redacted=policy != "None")] = 1
    return contact


def _chat_leg(maker: Maker, first: Leg | None = None) -> Leg:
    leg = maker.leg(first, channel="CHAT", method="API" if first is None else "TRANSFER")
    if first is None:
        leg.attributes = {"customer_email": people.email(maker.number)}
    return leg


def _writes_transcript(contact: Contact, maker: Maker, leg: Leg) -> None:
    body = chat_file(leg.contact_id, first_leg=leg.root, said=[said(leg.contact_id)], instance=INSTANCE_ID)
    at = leg.ended + maker.seconds(2, 300)
    contact.at(at, f"transcript of {leg.contact_id}", _file(leg.transcript_key, body))


def _writes_analyses(contact: Contact, maker: Maker, leg: Leg, policy: str) -> None:
    output: Any = {"None": "raw", "RedactedOnly": "redacted", "RedactedAndOriginal": "both"}[policy]
    kind = "Voice" if leg.channel == "VOICE" else "Chat"
    for key, _ in analyses(leg, output):
        redacted = "_redacted_" in key
        words = said(leg.contact_id, redacted=redacted)
        body = analysis(leg.contact_id, kind, redacted=redacted, said=words, instance=INSTANCE_ID)
        at = leg.ended + maker.seconds(30, 500)
        contact.at(at, f"{'redacted ' if redacted else ''}analysis of {leg.contact_id}", _file(key, body))


def _file(key: str, body: bytes) -> Do:
    return lambda world: world.put_file(BUCKET, key, body)
