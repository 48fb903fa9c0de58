"""A day: contacts one after another, and what AWS sends of them, in the order in which it comes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from local.contact_centre.agent_events import Change, Shift, changes
from local.contact_centre.calls import CALLS, MakeStory
from local.contact_centre.contact_events import attributes_updated, contact_events
from local.contact_centre.emissions import Emission, Expectation
from local.contact_centre.files import Output, analyses, transcript
from local.contact_centre.legs import BUCKET, Leg, Story
from local.contact_centre.messages import CHATS, TASKS
from local.contact_centre.population import Population
from local.contact_centre.records import record
from local.contact_centre.workforce import Workforce

_HEARTBEAT = timedelta(seconds=120)


@dataclass(frozen=True)
class Faithfulness:
    """How AWS delivers, as shares of what is sent: what comes twice, late, or never."""

    records_twice: float = 0.05
    records_late: float = 0.05  # by minutes: behind the records of later legs
    records_again: float = 0.08  # with attributes that came after the end, or with the recording
    events_lost: float = 0.01  # contact events are best effort
    events_twice: float = 0.01
    heartbeats_lost: float = 0.05
    poison: float = 0.01  # what is on the record stream and is no contact record


@dataclass
class Day:
    """A day's emissions, in the order of their times; iterating again gives the same again.

    `start`: the first contact comes soon after it. `contacts` contacts come, `rate` a second on average.
    `pace` makes calls so many times shorter than they are. What is due is made as it is asked for, not
    before. `expectations`, `stories` and `legs` (by id) grow meanwhile, and are complete at the end.
    """

    seed: int
    start: datetime
    population: Population
    contacts: int
    rate: float = 2.0
    pace: float = 1.0
    faithfulness: Faithfulness = field(default_factory=Faithfulness)
    expectations: list[Expectation] = field(default_factory=list, init=False)
    stories: list[Story] = field(default_factory=list, init=False)
    legs: dict[str, Leg] = field(default_factory=dict, init=False)

    def __iter__(self) -> Iterator[Emission]:
        self.expectations.clear()
        self.stories.clear()
        self.legs.clear()
        return _Sending(self).emissions()


_OUTPUTS: tuple[Output, ...] = ("raw", "redacted", "both")
#: Of a hundred contacts.
_CHANNELS: Mapping[int, Mapping[MakeStory, int]] = {82: CALLS, 13: CHATS, 5: TASKS}
_POISON = (
    b'{"ContactId": "cut off"',
    b'{"AgentARN": "arn:aws:connect:eu-west-2:111122223333:instance/i/agent/a", "EventType": "HEART_BEAT"}',
    b'{"Channel": "VOICE", "InitiationTimestamp": "2026-11-02T08:00:00Z"}',
)


class _Sending:
    def __init__(self, day: Day) -> None:
        self._day = day
        self._random = Random(f"day {day.seed}")  # noqa: S311 - a seed is the point
        self._workforce = Workforce(day.population, Random(f"floor {day.seed}"), day.pace)  # noqa: S311
        self._numbers = count()
        self._due: list[tuple[datetime, int, Emission | Change | Shift]] = []
        self._heartbeats = 0  # of what is due
        self._now = day.start
        self._shifts = {agent.user_id: Shift(agent, day.start) for agent in day.population.agents}

    def emissions(self) -> Iterator[Emission]:
        """Return everything, in order."""
        for shift in self._shifts.values():
            yield Emission(self._day.start, "agent_event", shift.log_in())
            self._put(self._day.start + _HEARTBEAT, shift)
        at = self._day.start
        for _ in range(self._day.contacts):
            at += timedelta(seconds=self._random.expovariate(self._day.rate))
            yield from self._until(at)
            self._begin(at)
        yield from self._until(None)
        end = max(self._now, *(shift.last for shift in self._shifts.values()))
        for shift in self._shifts.values():
            yield Emission(end, "agent_event", shift.log_out(end))

    def _begin(self, at: datetime) -> None:
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        channel = self._random.choices(list(_CHANNELS.values()), list(_CHANNELS))[0]
        story = self._random.choices(list(channel), list(channel.values()))[0](self._workforce, at)
        versions = {leg.contact_id: self._send(leg) for leg in story.legs}
        self._day.stories.append(story)
        self._day.legs |= {leg.contact_id: leg for leg in story.legs}
        self._day.expectations.append(
            Expectation(
                story.legs[0].contact_id,
                story.kind,
                story.legs[0].channel,
                tuple(leg.contact_id for leg in story.legs),
                frozenset(leg.contact_id for leg in story.legs if leg.agent),
                frozenset(leg.contact_id for leg in story.legs if leg.method == "MONITOR"),
                versions,
            )
        )

    def _send(self, leg: Leg) -> int:
        """Put everything of a leg among what is due; returns how many different records there are."""
        for at, event in contact_events(leg):
            self._event(at, event)
        for change in changes(leg):
            self._put(change.at, change)
        self._files(leg)
        return self._records(leg)

    def _records(self, leg: Leg) -> int:
        faith, random = self._day.faithfulness, self._random
        updated = leg.over + self._workforce.seconds(10, 70)
        again = random.random() < faith.records_again
        first_recorded = not (again and leg.recorded and random.random() < 0.5)
        self._record(updated, record(leg, updated, recordings=first_recorded))
        if random.random() < faith.poison:
            self._put(updated, Emission(updated, "contact_record", random.choice(_POISON)))
        if not again:
            return 1
        later = updated + self._workforce.seconds(60, 600)
        attributes = {} if not first_recorded else {"survey": str(random.randint(1, 5))}
        if attributes:
            self._event(later, attributes_updated(leg, later))
        self._record(later, record(leg, later, attributes))
        return 2

    def _record(self, at: datetime, content: Mapping[str, Any]) -> None:
        faith, random = self._day.faithfulness, self._random
        if random.random() < faith.records_late:
            at += self._workforce.seconds(60, 300)
        self._put(at, Emission(at, "contact_record", content))
        if random.random() < faith.records_twice:
            at += self._workforce.seconds(1, 60)
            self._put(at, Emission(at, "contact_record", content))

    def _event(self, at: datetime, event: Mapping[str, Any]) -> None:
        """Put an event among what is due: a little later, not always in order, perhaps twice or never."""
        faith, random = self._day.faithfulness, self._random
        if random.random() < faith.events_lost:
            return
        for _ in range(2 if random.random() < faith.events_twice else 1):
            late = at + timedelta(milliseconds=random.randint(100, 1500))
            self._put(late, Emission(late, "contact_event", event))

    def _files(self, leg: Leg) -> None:
        if leg.channel == "CHAT":
            written = leg.ended + self._workforce.seconds(2, 20)
            self._file(written, leg.transcript_key, transcript(leg))
        if leg.analysed and leg.agent is not None:
            written = leg.ended + self._workforce.seconds(120, 300)
            for key, body in analyses(leg, self._random.choice(_OUTPUTS)):
                self._file(written, key, body)

    def _file(self, at: datetime, key: str, body: bytes) -> None:
        self._put(at, Emission(at, "s3_object", body, key, BUCKET))

    def _put(self, at: datetime, what: Emission | Change | Shift) -> None:
        self._heartbeats += isinstance(what, Shift)
        heapq.heappush(self._due, (at, next(self._numbers), what))

    def _until(self, end: datetime | None) -> Iterator[Emission]:
        """Return what is due before a time; None: all that is left, but for the heartbeats after it."""
        while len(self._due) > self._heartbeats if end is None else self._due and self._due[0][0] <= end:
            at, _, what = heapq.heappop(self._due)
            self._now = at
            match what:
                case Emission():
                    yield what
                case Change():
                    yield Emission(at, "agent_event", self._shifts[what.agent.user_id].change(what))
                case Shift():
                    self._heartbeats -= 1
                    yield from self._beat(what, at)

    def _beat(self, shift: Shift, at: datetime) -> Iterator[Emission]:
        idle = at - shift.last >= _HEARTBEAT
        if idle and self._random.random() >= self._day.faithfulness.heartbeats_lost:
            yield Emission(at, "agent_event", shift.beat(at))
        self._put((at if idle else shift.last) + _HEARTBEAT, shift)
