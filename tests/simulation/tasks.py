"""A day of Zendesk events, delivered twice, late, in any order, and the tasks that must come of them (K4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.zendesk_events.task_content import Task
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, TicketState, ZendeskEvent
from connect_zendesk.topology import TASK_CREATION
from local.stand_ins.amazon_connect.options import Options
from tests.records import NINE, ZENDESK
from tests.simulation.day import Day

FLOW = "11111111-2222-3333-4444-555555555555"
KINDS = (
    "created",
    "status_changed",
    "priority_changed",
    "tags_changed",
    "comment_added",
    "permanently_deleted",
)
RULES: Sequence[Mapping[str, Any]] = (
    {"name": "Off", "enabled": False, "events": ["created"], "task": {"contact_flow": FLOW}},
    {
        "name": "Urgent",
        "events": ["created", "priority_changed"],
        "when": {"priority": ["high", "urgent"], "tags_none": "no_task"},
        "task": {"contact_flow": FLOW},
    },
    {
        "name": "Later",
        "events": ["created", "comment_added"],
        "when": {"status": ["new", "open"], "tags_any": ["callback", "vip"]},
        "task": {"contact_flow": FLOW, "schedule_in_minutes": 30},
    },
    {
        "name": "Tagged",
        "events": ["tags_changed"],
        "when": {"tags_all": ["vip", "callback"]},
        "task": {"contact_flow": FLOW},
    },
)
SETTINGS = app_settings.read({"task_rules": list(RULES)})[0]
#: Of how many requests to Amazon Connect one goes wrong.
_FAILS = 0.05
TAGS = ("vip", "callback", "no_task", "lamp", "connect_attach", "amazon_connect")


def events(seed: int, count: int) -> list[ZendeskEvent]:
    """Return a day's events, each a second after the one before."""
    random = Random(seed)  # noqa: S311 - a seed is the point
    return [_event(f"event-{number}", NINE + timedelta(seconds=number), random) for number in range(count)]


def _event(name: str, at: datetime, random: Random) -> ZendeskEvent:
    tags = tuple(random.sample(TAGS, random.randint(0, 4)))
    kind = random.choice(KINDS)
    return ZendeskEvent(
        id=name,
        type=f"ticket.{kind}",
        account=22129848,
        time=at.isoformat(),
        ticket=TicketState(
            id=random.randint(1, 500),
            subject="<b>Where</b> is it? " * random.randint(0, 400),
            status=random.choice(("new", "open", "pending", "closed", None)),
            priority=random.choice(("low", "normal", "high", "urgent", None)),
            tags=tags,
            requester=random.choice((101, 102, None)),
            external_id=random.choice((None, None, None, "T1", "amazon-connect:contact-1")),
            channel="web",
        ),
        actor=random.choice((101, 901)),
        by_connector=random.random() < 0.2,
        change=Change(tags_added=tags[: random.randint(0, 4)]) if kind == "tags_changed" else Change(),
    )


def ruled(event: ZendeskEvent) -> str | None:
    """Return the name of the rule that makes a task of an event, said once more in plain conditions."""
    ticket, kind, tags = event.ticket, event.type.removeprefix("ticket."), set(event.ticket.tags)
    changed = set(event.change.tags_added)
    own = {"connect_attach", "amazon_connect"}
    if event.by_connector or (kind == "created" and (ticket.external_id or "").startswith("amazon-connect:")):
        return None
    if kind == "tags_changed":
        return "Tagged" if {"vip", "callback"} <= tags and not (changed and changed <= own) else None
    if (
        kind in ("created", "priority_changed")
        and ticket.priority in ("high", "urgent")
        and "no_task" not in tags
    ):
        return "Urgent"
    if (
        kind in ("created", "comment_added")
        and ticket.status in ("new", "open")
        and tags & {"vip", "callback"}
    ):
        return "Later"
    return None


class TaskDay(Day):
    """A day on which Amazon Connect throttles, loses answers and breaks down, and functions die.

    ``most`` is how much goes wrong at most. The events go to the task queue alone.
    """

    def __init__(self, seed: int | None, most: int = 0, **connect: Any) -> None:
        super().__init__(seed, zendesk_world=ZENDESK, app_settings=SETTINGS)
        self.chance._left = most
        self.messages.workers = (TASK_CREATION,)
        object.__setattr__(self.connect._tasks, "options", Options(active_tasks=1_000_000, **connect))
        self._start = self._amazon_connect.start_task
        self._amazon_connect.start_task = self._start_badly  # type: ignore[method-assign]

    def _start_badly(self, instance_arn: str, task: Task) -> str:
        faults = self.connect.faults
        if self.chance.hits(_FAILS):
            self.chance.one_of(
                partial(faults.throttle, 1),
                partial(faults.throttle, lasting=20),
                partial(faults.outage, 1),
                partial(faults.lose_answer, after_write=True),
                partial(faults.lose_answer, after_write=False),
            )()
        with self.effect():
            return self._start(instance_arn, task)

    def _let_another_work(self) -> None:
        """Nobody else is at work: SQS hands out no second message of a group meanwhile."""


def play(day: Day, told: Sequence[ZendeskEvent], seed: int) -> int:
    """Deliver the events, some late and some again and again; returns how many deliveries that were."""
    random = Random(-seed)  # noqa: S311 - a seed is the point
    happenings = []
    for event in told:
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            late = timedelta(seconds=random.choice((0, 5, 60, 4000)) * random.random())
            moment = datetime.fromisoformat(event.time) + late
            happenings.append((moment, partial(_arrive, day, event)))
    day.happen(happenings)
    return len(happenings)


def _arrive(day: Day, event: ZendeskEvent) -> None:
    with day.nothing_wrong():
        day.messages.publish(ZENDESK_EVENT, event.as_detail())


def check(day: Day, told: Sequence[ZendeskEvent]) -> list[str]:
    """Return what is wrong at the end of a day, as sentences."""
    wrong = [f"dead letter: {letter['reason']}" for letter in day.messages.dead_letters]
    if day.messages.waiting:
        wrong.append("messages still wait")
    made = [day.connect.contacts.record(number) for number in day.connect.contacts]
    tasks = Counter(
        (
            task["ContactDetails"]["Name"],
            task["Attributes"]["zendesk_rule"],
            task["Attributes"]["zendesk_event"],
        )
        for task in made
        if task["Channel"] == "TASK"
    )
    expected = Counter(
        (f"Zendesk-{event.ticket.id}", rule, event.type.removeprefix("ticket."))
        for event in told
        if (rule := ruled(event)) is not None
    )
    wrong += [
        f"{key}: {tasks[key]} made, {expected[key]} ruled"
        for key in tasks.keys() | expected.keys()
        if tasks[key] != expected[key]
    ]
    asked = sum(day.zendesk.requests.values())
    if asked:
        wrong.append(f"{asked} requests to Zendesk")
    return wrong
