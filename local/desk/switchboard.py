"""One agent's contacts as a visitor plays them: each change reaches the stack as Amazon Connect sends it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from local.contact_centre.agent_events import Change, Shift
from local.contact_centre.contact_events import event_of
from local.contact_centre.legs import Leg
from local.contact_centre.population import QUEUES, Agent
from local.contact_centre.records import record, so_far
from local.stand_ins.amazon_connect import AmazonConnect

_LONG = timedelta(days=1)
_LINE = "+441632960000"
#: What panel and page call a contact's states; *ended* is the agent's work after it.
RINGING, ON, ENDED = "connecting", "connected", "ended"


class Stack(Protocol):
    """Where events go: a laptop, or the functions in this process."""

    def send_contact_event(self, envelope: Mapping[str, Any]) -> object:
        """Deliver a contact event."""

    def put_agent_event(self, content: Mapping[str, Any]) -> object:
        """Put an event on the agent event stream."""

    def put_records(self, records: Iterable[bytes]) -> object:
        """Put contact records on their stream."""


@dataclass
class Held:
    """A contact at the desk: its leg, and the state that the agent sees it in."""

    leg: Leg
    state: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the panel shows it."""
        return {
            "contactId": self.leg.contact_id,
            "type": "voice" if self.leg.channel == "VOICE" else "chat",
            "state": self.state,
            "outbound": self.leg.method == "OUTBOUND",
            "customer": self.leg.customer,
            "name": self.leg.customer_name,
        }


class Switchboard:
    """One agent's contacts. ``clock`` is the time; events are delivered in their order, by a thread."""

    def __init__(
        self, agent: Agent, connect: AmazonConnect, stack: Stack, clock: Callable[[], datetime]
    ) -> None:
        self.agent = agent
        self._connect, self._stack, self._clock = connect, stack, clock
        self._held: dict[str, Held] = {}
        self._lock = threading.RLock()
        self._deliveries = ThreadPoolExecutor(1)
        self._shift = Shift(agent, clock())

    def state(self) -> dict[str, Any]:
        """Return the agent and their contacts, as the panel shows them."""
        with self._lock:
            agent = {"arn": self.agent.arn, "username": self.agent.username, "name": self.agent.name}
            return {"agent": agent, "contacts": [held.as_json() for held in self._held.values()]}

    def offer(
        self, customer: str, name: str, channel: str = "VOICE", attributes: Mapping[str, str] | None = None
    ) -> str:
        """Have a contact come in and ring; returns its id."""
        now = self._clock()
        leg = self._leg(channel, "INBOUND" if channel == "VOICE" else "API", customer, name, now)
        leg.attributes = dict(attributes or {})
        leg.queue, leg.enqueued, leg.offered = QUEUES[0], now, now
        return self._ring(leg)

    def dial(self, number: str) -> str:
        """Have the agent call a number; the customer answers when `accept` is called."""
        leg = self._leg("VOICE", "OUTBOUND", number, number, self._clock())
        leg.queue, leg.enqueued = QUEUES[0], leg.began
        return self._ring(leg)

    def accept(self, contact: str) -> None:
        """Have the agent answer, or the customer who was called."""
        with self._lock:
            held = self._held[contact]
            if held.state != RINGING:
                return
            held.state, held.leg.connected = ON, self._clock()
            held.leg.offered = held.leg.offered or held.leg.began
            recorded = ("AGENT",) if held.leg.channel == "VOICE" else ()
            self._connect.contacts.connect(contact, self.agent.user_id, *recorded)
        self._change(held, "CONNECTED")
        self._send_event(held, "CONNECTED_TO_AGENT", held.leg.connected)

    def end(self, contact: str) -> None:
        """End a contact: the agent still works on it until `clear`."""
        with self._lock:
            held = self._held[contact]
            if held.state == RINGING:
                self._held.pop(contact)
                self._connect.contacts.end(contact)
                return
            if held.state != ON:
                return
            held.state, held.leg.ended = ENDED, self._clock()
            self._connect.contacts.end(contact)
        self._change(held, "ENDED")
        self._send_event(held, "DISCONNECTED", held.leg.ended)

    def clear(self, contact: str) -> None:
        """End the agent's work after a contact: its record comes."""
        with self._lock:
            held = self._held.pop(contact)
            leg = held.leg
            leg.wrapped_up = self._clock()
            if leg.channel == "VOICE":
                leg.recorded = (None,)
        self._change(held, None)
        self._send_event(held, "COMPLETED", leg.wrapped_up)
        # As it is by then: a call that was dialled from a ticket has attributes since.
        known = self._connect.contacts.record(contact).get("Attributes") or {}
        content = record(replace(leg, attributes={**leg.attributes, **known}), self._clock())
        self._deliver(lambda: self._stack.put_records([json.dumps(content).encode()]))

    def close(self) -> None:
        """Deliver what waits, and no more."""
        self._deliveries.shutdown(wait=True)

    def _leg(self, channel: str, method: str, customer: str, name: str, now: datetime) -> Leg:
        leg = Leg(str(uuid4()), channel, method, now, now + _LONG, customer_name=name)
        leg.customer = customer if channel == "VOICE" else None
        leg.system, leg.agent = _LINE if channel == "VOICE" else None, self.agent
        return leg

    def _ring(self, leg: Leg) -> str:
        held = Held(leg, RINGING)
        with self._lock:
            self._connect.contacts.add(so_far(leg, self._clock()))
            self._connect.contacts.offer(leg.contact_id, self.agent.user_id)
            self._held[leg.contact_id] = held
        if leg.method != "OUTBOUND":
            self._change(held, "CONNECTING")
        return leg.contact_id

    def _change(self, held: Held, state: str | None) -> None:
        content = self._shift.change(Change(self._clock(), self.agent, held.leg, state))
        self._deliver(lambda: self._stack.put_agent_event(content))

    def _send_event(self, held: Held, kind: str, at: datetime | None) -> None:
        _, envelope = event_of(held.leg, kind, at or self._clock())
        self._deliver(lambda: self._stack.send_contact_event(envelope))

    def _deliver(self, delivery: Callable[[], object]) -> None:
        self._deliveries.submit(delivery)
