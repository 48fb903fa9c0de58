"""An hour of twice the calls that a Zendesk plan carries: `python -m tests.simulation.busy_hour`.

The functions of the simulator on its virtual clock, several of each at once, and the stand-in with the limits
of a plan, without any other fault: who gets how much of the plan, and when the last contact is reported.
"""

from __future__ import annotations

import argparse
import heapq
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from statistics import median, quantiles
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table

from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.topology import CONTACT_RECORDS, CONTACTS, TICKET_CREATION
from connect_zendesk.zendesk.pacer import Pacer
from local.contact_centre.contact_events import contact_events
from local.contact_centre.population import Agent
from local.contact_centre.records import record
from local.stand_ins.amazon_connect import AmazonConnect as AmazonConnectStandIn
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import Options, Zendesk
from tests.records import NINE
from tests.simulation.simulator import commands, people
from tests.simulation.simulator.contacts import Maker, know
from tests.simulation.simulator.queues import Message, Queue
from tests.simulation.simulator.scheduler import Scheduler
from tests.simulation.simulator.world import World

#: What a plan has in a minute, and the calls that it carries with the Calls API (docs/calls.md).
REQUESTS, UPDATES, CARRIED = 700, 100, 100
_APP = 735264
_MINUTE = timedelta(minutes=1)
#: What is known of agents is remembered for an hour; the agent map does this more often.
_KNOWN_AGAIN = timedelta(minutes=30)
#: As many agents as are on calls at once, and more: a call and what is before and after take minutes.
_AGENTS_FOR_A_CALL_A_MINUTE = 6
_DISPLAYS = re.compile(r"/api/v2/channels/voice/agents/\d+/tickets/(\d+)/display")
_OWN = "amazon-connect:"


@dataclass(frozen=True)
class Hour:
    """What comes: ``calls`` a minute for so many ``minutes``.

    The plan is ``scale`` times the usual one. Calls are talked in for so many seconds, at least and at most.
    Without ``paced`` the pacer is off.
    """

    minutes: int = 60
    calls: int = 2 * CARRIED
    scale: float = 1.0
    talk: tuple[float, float] = (30, 400)
    paced: bool = True


@dataclass
class Seen:
    """What came of it. Minutes count from the beginning.

    ``asked`` and ``limited`` are requests and 429s by function; ``updates`` of tickets by minute; ``pops``
    how many seconds each agent waited for the ticket; ``backlog`` and ``oldest`` are the contact queue's
    messages and the age of the oldest in seconds, by minute; ``wrong`` are sentences.
    """

    calls: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    updates: Counter[int] = field(default_factory=Counter)
    pops: list[float] = field(default_factory=list)
    backlog: dict[int, int] = field(default_factory=dict)
    oldest: dict[int, float] = field(default_factory=dict)
    received: int = 0
    most_received: int = 0
    ended: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def limited_background(self) -> int:
        """The 429s that background work met."""
        return self.limited[TICKET_CREATION.key]

    @property
    def limited_people(self) -> int:
        """The 429s of those whom people wait for."""
        return self.limited.total() - self.limited_background

    @property
    def limited_share(self) -> float:
        """The 429s that background work met, of a hundred requests."""
        return 100 * self.limited_background / self.asked[TICKET_CREATION.key]

    @property
    def unseen(self) -> int:
        """How many agents were not shown the ticket of their call."""
        return self.calls - len(self.pops)

    @property
    def slow_pop(self) -> float:
        """The 95th percentile of what agents waited, in seconds."""
        return quantiles(self.pops, n=20)[-1]


class _Watched(Zendesk):
    """The stand-in, which says who asked what."""

    seen: Callable[[Request, Response], None]

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        self.seen(request, response)
        return response


class _LargeQueue(Queue):
    """The contact queue, when thousands wait: what is due first is received first."""

    def __init__(self, world: World) -> None:
        super().__init__(world, TICKET_CREATION)
        self.held: dict[int, Message] = {}
        self.done_at = world.clock()
        self.received = self.most_received = 0
        self._due: list[tuple[datetime, int]] = []

    def hide(self, number: int, seconds: float) -> None:
        if (message := self.held.get(number)) is not None:
            message.visible = self.world.clock() + timedelta(seconds=seconds)

    def _keep(self, message: Message) -> None:
        self.held[message.number] = message
        self._wait(message)

    def _wait(self, message: Message) -> None:
        heapq.heappush(self._due, (message.visible, message.number))
        self._poll_at(message.visible)

    def _receive(self, now: datetime) -> list[Message]:
        batch: list[Message] = []
        while self._due and self._due[0][0] <= now and len(batch) < self.worker.batch:
            message = self.held[heapq.heappop(self._due)[1]]
            message.received += 1
            message.in_flight = True
            message.visible = now + timedelta(seconds=self.worker.visibility)
            batch.append(message)
        self.received += len(batch)
        return batch

    def _settle(self, message: Message, *, done: bool) -> None:
        message.in_flight = False
        self.most_received = max(self.most_received, message.received)
        if done:
            del self.held[message.number]
            self.done_at = self.world.clock()
        else:
            self._wait(message)


class _CalmWorld(World):
    """A world in which nothing goes wrong; requests to Zendesk take their time, and nothing else does."""

    def __init__(self, hour: Hour, agents: Sequence[Agent]) -> None:
        settings = replace(commands.settings(), zendesk_app_id=_APP)
        super().__init__(1, (), app_settings=settings, options=Options(), updated={})
        plan = {
            "name": "suite_enterprise",
            "requests_per_minute": round(REQUESTS * hour.scale),
            "ticket_updates_per_minute": round(UPDATES * hour.scale),
        }
        account = people.zendesk_world({})
        staff = [
            {"id": user_of(agent), "name": agent.name, "role": "agent", "email": agent.username}
            for agent in agents
        ]
        account |= {"users": [*account["users"], *staff], "plan": plan}
        self.zendesk = self.watched = _Watched(account, clock=self.clock, options=self.options)
        users = [
            {"Id": agent.user_id, "Arn": agent.arn, "Username": agent.username, "IdentityInfo": {}}
            for agent in agents
        ]
        self.connect = AmazonConnectStandIn({"users": users}, clock=self.clock)
        self.scheduler = Scheduler(self.clock, sys.maxsize)
        self.queues[CONTACTS] = self.contact_queue = _LargeQueue(self)

    def say(self, what: str) -> None:
        """Keep no story: it would be a million lines."""

    def between(self, when: str, what: str) -> None:
        """Let no one die, and no one wait."""


def user_of(agent: Agent) -> int:
    """Return an agent's user id in Zendesk."""
    return 50_000 + int(agent.user_id[1:])


def play(hour: Hour) -> Seen:
    """Play an hour and what is left of it, to the end."""
    seen = Seen(calls=hour.minutes * hour.calls)
    agents = [
        Agent(f"b{number:07}", f"busy{number}@shop.example", f"Busy Agent {number}", chats=False)
        for number in range(hour.calls * _AGENTS_FOR_A_CALL_A_MINUTE)
    ]
    world = _CalmWorld(hour, agents)
    shown: dict[int, datetime] = {}
    accepted: dict[str, datetime] = {}

    def watch(request: Request, response: Response) -> None:
        invocation = world.scheduler.current
        name = invocation.name if invocation is not None else ""
        seen.asked[name] += 1
        seen.limited[name] += response.status == 429
        if response.status >= 300:
            return
        if request.method == "PUT":
            seen.updates[_minute(world)] += 1
        elif (display := _DISPLAYS.fullmatch(request.path)) is not None:
            shown.setdefault(int(display[1]), world.clock())

    world.watched.seen = watch
    with world.on():
        for number in range(seen.calls):
            _call(world, number, agents[number % len(agents)], hour, accepted)
        for number in range(hour.minutes // 30 + 1):
            world.scheduler.at(NINE + number * _KNOWN_AGAIN, lambda: _know(world, agents))
        _look(world, seen, hour)
        off = mock.patch.multiple(Pacer, ask=lambda *_: None, ask_account=lambda *_: None)
        if hour.paced:
            world.scheduler.run()
        else:
            with off:
                world.scheduler.run()
        queue = world.contact_queue
        seen.received, seen.most_received = queue.received, queue.most_received
        seen.ended = (queue.done_at - NINE) / _MINUTE
        _check(world, seen, accepted, shown)
    return seen


def _minute(world: World) -> int:
    return int((world.clock() - NINE) / _MINUTE)


def _call(world: World, number: int, agent: Agent, hour: Hour, accepted: dict[str, datetime]) -> None:
    """Have a call come: one in each moment of a minute, and within it by chance."""
    random = Random(number)  # noqa: S311 - a seed is the point
    began = NINE + _MINUTE * (number + random.random()) / hour.calls
    contact = f"busy-{number:05}"
    maker = Maker(contact, "answered", number % people.FEW, began, random)
    leg = maker.leg(agent=agent)
    assert leg.connected is not None
    leg.ended = leg.connected + maker.seconds(*hour.talk)
    leg.wrapped_up = leg.ended + maker.seconds(2, 60)
    for at, event in contact_events(leg):
        world.scheduler.at(at, lambda at=at, event=event: _event(world, leg, event, at))  # type: ignore[misc]
    accepted[contact] = leg.connected
    updated = leg.over + maker.seconds(5, 70)
    world.scheduler.at(updated, lambda: world.put_record(record(leg, updated)))


def _event(world: World, leg: Any, event: Any, at: datetime) -> None:
    know(world, leg, at)
    world.messages.route(event, "")


def _know(world: World, agents: Sequence[Agent]) -> None:
    """Have every agent looked up, as the agent map does."""
    ledger = world.new_container(CONTACT_RECORDS, 0).services.ledger
    for agent in agents:
        known_agents.remember(ledger, KnownAgent(agent.username, user_of(agent)), agent.arn)


def _look(world: _CalmWorld, seen: Seen, hour: Hour) -> None:
    """Look at the queue each minute, as long as anything waits or comes."""

    def look() -> None:
        now, minute = world.clock(), _minute(world)
        held = world.contact_queue.held.values()
        seen.backlog[minute] = len(held)
        seen.oldest[minute] = max(((now - message.sent).total_seconds() for message in held), default=0.0)
        if held or minute < hour.minutes + 10:
            world.scheduler.at(now + _MINUTE, look)

    world.scheduler.at(NINE, look)


def _check(world: _CalmWorld, seen: Seen, accepted: dict[str, datetime], shown: dict[int, datetime]) -> None:
    """Note what is lost or there twice, and how long each agent waited."""
    if world.contact_queue.held or world.letters or world.lost:
        seen.wrong.append(f"{len(world.contact_queue.held)} messages wait, {len(world.letters)} dead letters")
    tickets: dict[str, list[dict[str, Any]]] = {}
    for ticket in world.tickets().values():
        if (name := ticket["external_id"] or "").startswith(_OWN):
            tickets.setdefault(name.removeprefix(_OWN), []).append(ticket)
    for contact, at in accepted.items():
        mine = tickets.pop(contact, [])
        details = sum("Ended: " in str(comment.get("body")) for one in mine for comment in one["comments"])
        calls = sum(
            (comment.get("data") or {}).get("external_id") == contact
            for one in mine
            for comment in one["comments"]
        )
        if (len(mine), details, calls) != (1, 1, 1):
            seen.wrong.append(f"{contact}: {len(mine)} tickets, {details} details, {calls} calls")
        elif (popped := shown.get(mine[0]["id"])) is not None:
            seen.pops.append((popped - at).total_seconds())
    seen.wrong += [f"a ticket of {contact}" for contact in tickets]


def main() -> int:
    """Play an hour, and minutes of half of what the plan carries; returns 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--calls", type=int, default=2 * CARRIED, help="a minute")
    parser.add_argument("--quiet-minutes", type=int, default=5)
    parser.add_argument("--without-pacer", action="store_true", help="as it was before there was one")
    options = parser.parse_args()
    paced = not options.without_pacer
    quiet = play(Hour(options.quiet_minutes, CARRIED // 2, paced=paced))
    busy = play(Hour(options.minutes, options.calls, paced=paced))
    console = Console(width=120)
    table = Table("", "quiet", "busy")
    for what, of in _FIGURES.items():
        table.add_row(what, of(quiet), of(busy))
    console.print(table)
    for minute in range(0, max(busy.backlog) + 1, 10):
        waiting, age = busy.backlog.get(minute, 0), busy.oldest.get(minute, 0) / 60
        console.print(
            f"minute {minute:4}: {waiting:6,} wait, the oldest for {age:3.0f} min {'#' * (waiting // 150)}"
        )
    for sentence in [*quiet.wrong, *busy.wrong][:20]:
        console.print(f"wrong: {sentence}")
    return 1 if quiet.wrong or busy.wrong else 0


def _fullest(seen: Seen) -> str:
    full = sorted(seen.updates.values(), reverse=True)
    return f"{median(full[: max(1, len(full) // 2)]):.0f}"


_FIGURES: dict[str, Callable[[Seen], str]] = {
    "calls": lambda seen: f"{seen.calls:,}",
    "lost, or there twice": lambda seen: f"{len(seen.wrong):,}",
    "agents who were shown the ticket": lambda seen: f"{len(seen.pops):,}",
    "... after seconds, median and 95 %": lambda seen: f"{median(seen.pops):.1f} and {seen.slow_pop:.1f}",
    "429 of people who wait": lambda seen: f"{seen.limited_people:,}",
    "429 of background work": lambda seen: (
        f"{seen.limited_background:,} of {seen.asked[TICKET_CREATION.key]:,}"
    ),
    "ticket updates in a full minute": _fullest,
    "receives of a message, mean and most": lambda seen: (
        f"{seen.received / seen.calls:.1f} and {seen.most_received}"
    ),
    "most messages waiting": lambda seen: f"{max(seen.backlog.values()):,}",
    "oldest message, minutes": lambda seen: f"{max(seen.oldest.values()) / 60:.0f}",
    "last call reported, minute": lambda seen: f"{seen.ended:.0f}",
}

if __name__ == "__main__":
    sys.exit(main())
