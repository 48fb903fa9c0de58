"""The ledger while several containers work on one contact, and any of them crashes between any two requests.

Each run is one order of events, made from a seed: containers take turns at the table, request by request; a
turn may be a container's last; time passes between turns, and leases run out. DynamoDB keeps what has
expired for as long as it likes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from threading import Semaphore, Thread, current_thread
from typing import Any

import pytest

from connect_zendesk.errors import Conflict, Permanent, RetryLater
from connect_zendesk.ledger import heads, legs
from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.items import Beside, Item
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import TASK as TASK_KIND
from connect_zendesk.ledger.schema import Step, contact_step, leg_step, own_step
from connect_zendesk.ledger.steps import claim, result_of, run_once
from local.replay.clock import VirtualClock
from tests.records import NINE

LEASE = timedelta(seconds=90)
ROOT, LEGS = "c0ffee00-0000-4000-8000-000000000001", ("c0ffee00-0000-4000-8000-000000000001", "leg-2")
TICKET = contact_step(ROOT, f"create#amazon-connect:{ROOT}")
LINKED = contact_step(ROOT, "linked#4711#")
LOCK = contact_step(ROOT, "settle")
DETAILS = tuple(leg_step(ROOT, leg, f"details#{leg}") for leg in LEGS)
TASK = own_step(TASK_KIND.key(account=1, event="e"))
STEPS = (TICKET, LINKED, *DETAILS, TASK)
SHORT = range(1030, 1065)
LONG = [pytest.param(range(first, first + 500), marks=pytest.mark.long) for first in range(2000, 4000, 500)]


class Crash(BaseException):
    """A container is killed."""


class NoAnswer(RetryLater):
    """What was to be written may have been written."""

    outcome_unknown = True


class Table:
    """A table that keeps what has expired, as DynamoDB does for days, and deletes some of it at any time."""

    def __init__(self, clock: VirtualClock, chance: random.Random) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self._clock, self._chance = clock, chance

    def get(self, partition: str, sort: str) -> Item | None:
        self._delete_some()
        return self.items.get((partition, sort))

    def query(self, partition: str) -> Mapping[str, Item]:
        self._delete_some()
        return {sort: item for (where, sort), item in self.items.items() if where == partition}

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        self._delete_some()
        for name, version in ((sort, replacing), *([beside] if beside else ())):
            known = self.items.get((partition, name))
            if (known["version"] if known is not None else None) != version:
                return False
        self.items[partition, sort] = item
        return True

    def _delete_some(self) -> None:
        some_time_ago = self._clock().timestamp() - 1
        for key, item in list(self.items.items()):
            if item["expires_at"] < some_time_ago and self._chance.random() < 0.3:
                del self.items[key]


class Container:
    """What runs in a thread of its own, and waits for its turn before each request to the table."""

    def __init__(self, world: World, work: Callable[[Ledger], None]) -> None:
        self.table, self.killed, self.over = world.table, False, False
        self.mine, self.others = Semaphore(0), Semaphore(0)
        self.error: BaseException | None = None
        self._thread = Thread(target=self._run, args=(Ledger(self, clock=world.clock, lease=LEASE), work))
        self._thread.start()

    def turn(self) -> None:
        self.others.release()
        self.mine.acquire()
        if self.killed:
            raise Crash

    def go_on(self, *, crash: bool) -> None:
        self.killed = self.killed or crash
        self.mine.release()
        self.others.acquire()

    def _run(self, ledger: Ledger, work: Callable[[Ledger], None]) -> None:
        try:
            self.mine.acquire()
            if not self.killed:
                work(ledger)
        except (Conflict, RetryLater, Permanent, Crash):
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            self.error = error
        finally:
            self.over = True
            self.others.release()

    # What a ledger needs of a table

    def get(self, partition: str, sort: str) -> Item | None:
        self.turn()
        return self.table.get(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        self.turn()
        return self.table.query(partition)

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        self.turn()
        return self.table.put(partition, sort, item, replacing=replacing, beside=beside)


@dataclass
class World:
    """A contact that containers work on, what they did, and what has to be known of it for ever."""

    chance: random.Random
    #: Whether a lease can run out while its container still works.
    stalls: bool
    #: Whether a container works on what it has read once, as far as that holds.
    viewed: bool = False
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NINE))
    numbers: Iterator[int] = field(default_factory=count)
    written: dict[Step, list[Any]] = field(default_factory=dict)
    done: dict[Step, Any] = field(default_factory=dict)
    drafts: dict[Step, Any] = field(default_factory=dict)
    #: Until when each step that a container is at, or was at when it crashed, is not to be claimed.
    held: dict[Step, datetime] = field(default_factory=dict)
    unknown: set[Step] = field(default_factory=set)
    ticket: int | None = None
    fingerprints: set[tuple[str, str]] = field(default_factory=set)
    times: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    promised: dict[Thread, list[tuple[str, str, str]]] = field(default_factory=dict)
    in_lock: int = 0

    def __post_init__(self) -> None:
        self.table = Table(self.clock, self.chance)

    def begin_with_schema_1(self) -> None:
        """Have release 0.1 begin: any of what it could have known by now, or none of it."""
        for step in STEPS:
            if (state := self.chance.choice(("none", "done", "claimed", "released"))) != "none":
                self.keep_in_schema_1(
                    step.key.partition, step.sort_in_schema_1, self.step_in_schema_1(step, state)
                )
        if self.chance.random() < 0.3:
            self.ticket = 4711
            head = {
                "ticket": 4711,
                "requester": 1,
                "action": "create",
                "rule": "T4",
                "reasons": [],
                "told": None,
            }
            self.keep_in_schema_1(TICKET.key.partition, "head", head)
        began = {"began": NINE.isoformat()}
        self.times = {leg: began for leg in LEGS if self.chance.random() < 0.5}
        if self.times:
            self.keep_in_schema_1(TICKET.key.partition, "legs", {"value": dict(self.times)})
        for leg in LEGS:
            if self.chance.random() < 0.5:
                self.fingerprints.add((leg, "of 0.1"))
                reported = {"fingerprints": ["of 0.1"], "updated": NINE.isoformat()}
                self.keep_in_schema_1(TICKET.key.partition, f"leg#{leg}", reported)
            if self.chance.random() < 0.5:
                self.files[leg] = NINE.isoformat()
                self.keep_in_schema_1(
                    TICKET.key.partition, f"files#{leg}", {"value": {"updated": self.files[leg]}}
                )

    def step_in_schema_1(self, step: Step, state: str) -> dict[str, Any]:
        content = f"draft {next(self.numbers)}"
        if state == "done":
            self.written[step], self.done[step] = [content], 1
            return {"status": "done", "result": 1}
        self.drafts[step] = content
        doubt = self.chance.choice((False, True))
        if state == "claimed" or doubt:
            self.unknown.add(step)
            if self.chance.choice((False, True)):
                self.written[step] = [content]
        until = NINE + (LEASE if state == "claimed" else timedelta(0))
        return {
            "status": state,
            "since": NINE.isoformat(),
            "until": until.isoformat(),
            "doubt": doubt,
            "body": {"step": step.name, "text": content},
        }

    def keep_in_schema_1(self, partition: str, sort: str, content: Mapping[str, Any]) -> None:
        expires_at = int((NINE + timedelta(days=30)).timestamp())
        self.table.items[partition, sort] = {**content, "schema": 1, "version": 3, "expires_at": expires_at}

    # What a container can be at

    def step(self, ledger: Ledger, step: Step) -> None:
        """Do a step, as messages have it done: its writes are lost, refused, or unanswered now and then."""
        container = ledger._items
        assert isinstance(container, Container)
        mine: list[datetime] = []

        def write(claim: Claim) -> Any:
            if claim.state == "new":  # else others may have gone on since it was claimed and looked for
                mine.append(self.claimed(claim))
            container.turn()
            fate = self.chance.choice(("answered", "answered", "unanswered", "lost", "limited", "refused"))
            if fate in ("answered", "unanswered"):
                self.written.setdefault(step, []).append(claim.draft.content)
            if fate in ("unanswered", "lost"):
                self.unknown.add(step)
                raise NoAnswer("no answer")
            container.turn()
            if fate in ("limited", "refused"):
                if step == TASK and claim.state == "new":
                    self.drafts.pop(step, None)  # it is drafted again
                raise RetryLater("a limit") if fate == "limited" else Permanent("refused")
            return len(self.written[step])

        def find(claim: Claim) -> Any:
            mine.append(self.claimed(claim))
            container.turn()
            return len(self.written[step]) if step in self.written else None

        def draft() -> Draft:
            container.turn()
            return Draft({"step": step.name}, f"draft {next(self.numbers)}")

        before = self.done.get(step)
        try:
            result = run_once(ledger, step, write=write, find=find, draft=draft, draft_again=step == TASK)
        finally:
            if mine and not container.killed and self.held.get(step) == mine[0]:
                del self.held[step]
        assert before in (None, result)
        found = result_of(Ledger(self.table, clock=self.clock, lease=LEASE), step)
        if found is not None:
            # Where a lease ran out, another container may have written it too, and said so first.
            assert self.stalls or found == result, "another result than the one that was returned"
            self.done.setdefault(step, found)

    def claimed(self, claim: Claim) -> datetime:
        """Look at a claim that has just been made; returns until when it holds."""
        assert claim.step not in self.done, "a step that is done is claimed again"
        assert claim.held is not None
        until = datetime.fromisoformat(claim.held.content["steps"][claim.step.name]["until"])
        assert self.held.get(claim.step, NINE) <= until - LEASE, "two hold one step"
        self.held[claim.step] = until
        if claim.step in self.unknown:
            assert claim.state == "unknown", "that an attempt may have written is forgotten"
        if not self.stalls:
            first = self.drafts.setdefault(claim.step, claim.draft.content)
            assert claim.draft.content == first, "a retry writes something else"
        return until

    def settle(self, ledger: Ledger) -> None:
        head = Head(4000 + next(self.numbers), 1, "create", "T4")
        with exclusive_lock(ledger, LOCK):
            if not self.stalls:
                assert not self.in_lock, "two in one lock"
            self.in_lock += 1
            try:
                now = heads.settle(ledger, ROOT, head)
            finally:
                self.in_lock -= 1
        self.ticket = self.ticket or now.ticket
        assert now.ticket == self.ticket, "the first linked ticket stays"

    def report(self, ledger: Ledger) -> None:
        leg, fingerprint = self.chance.choice(LEGS), f"f{next(self.numbers)}"
        legs.add_report(ledger, ROOT, leg, None, fingerprint, self.clock())
        self.fingerprints.add((leg, fingerprint))

    def begin(self, ledger: Ledger) -> None:
        leg, time = self.chance.choice(LEGS), NINE
        legs.began(ledger, ROOT, leg, time)
        self.promise(leg, "began", time)

    def end(self, ledger: Ledger) -> None:
        leg, time = self.chance.choice(LEGS), NINE + timedelta(minutes=5)
        legs.ended(ledger, ROOT, leg, time)
        self.promise(leg, "ended", time)

    def promise(self, leg: str, name: str, time: datetime) -> None:
        """Have a time known from now on; where all is read once, from when the container has ended."""
        self.promised.setdefault(current_thread(), []).append((leg, name, time.isoformat()))
        if not self.viewed:
            self.keep_promises()

    def keep_promises(self) -> None:
        for leg, name, time in self.promised.pop(current_thread(), ()):
            self.times[leg] = {**self.times.get(leg, {}), name: time}

    def keep_files(self, ledger: Ledger) -> None:
        leg = self.chance.choice(LEGS)
        updated = (NINE + timedelta(seconds=self.chance.randrange(600))).isoformat()
        legs.keep_file_metadata(ledger, ROOT, leg, {"updated": updated})
        self.files[leg] = max(updated, self.files.get(leg, ""))

    def work(self) -> Callable[[Ledger], None]:
        steps = [partial(self.step, step=step) for step in (*STEPS, *STEPS)]
        others = [self.settle, self.report, self.begin, self.end, self.keep_files]
        every: list[Callable[[Ledger], None]] = [*steps, *others]
        jobs = self.chance.choices(every, k=3)

        def all_of_them(ledger: Ledger) -> None:
            with ledger.view(TICKET.key.partition) if self.viewed else nullcontext():
                for job in jobs:
                    try:
                        job(ledger)
                    except (Conflict, RetryLater, Permanent):
                        continue
            self.keep_promises()

        return all_of_them

    # Running

    def run(self, rounds: int) -> None:
        for _ in range(rounds):
            self.run_together([Container(self, self.work()) for _ in range(self.chance.choice((1, 2, 2, 3)))])
            self.pass_time(self.chance.choice((timedelta(0), LEASE / 2, LEASE, LEASE)))
            self.in_lock = 0
            self.look()

    def run_together(self, containers: list[Container]) -> None:
        failed = None
        while alive := [container for container in containers if not container.over]:
            container = self.chance.choice(alive)
            crash = failed is not None or self.chance.random() < 0.03
            container.go_on(crash=crash)
            failed = failed or container.error
            if self.stalls and self.chance.random() < 0.05:
                self.pass_time(LEASE)
        if failed is not None:
            raise failed

    def pass_time(self, duration: timedelta) -> None:
        self.clock.move_by(duration)

    def look(self) -> None:
        """Look whether anything has been lost."""
        ledger = Ledger(self.table, clock=self.clock, lease=LEASE)
        head = heads.head(ledger, ROOT)
        if self.ticket is not None:
            assert head is not None
            assert head.ticket == self.ticket
        for step, result in self.done.items():
            assert result_of(ledger, step) == result
            assert claim(ledger, step).state == "done"
        for leg, fingerprint in self.fingerprints:
            assert fingerprint in legs.reported(ledger, ROOT, leg, None).fingerprints
        known = legs.times(ledger, ROOT)
        for leg, times in self.times.items():
            assert times.items() <= known[leg].items()
        for leg, updated in self.files.items():
            metadata = legs.file_metadata(ledger, ROOT, leg)
            assert metadata is not None
            assert metadata["updated"] >= updated
        if not self.stalls:
            for step, written in self.written.items():
                assert len(written) == 1, f"{step.mark} is written twice"


@pytest.mark.parametrize("viewed", [False, True], ids=["read each time", "read once"])
@pytest.mark.parametrize("stalls", [False, True], ids=["in time", "leases run out at work"])
@pytest.mark.parametrize("schema_1", [False, True], ids=["new", "begun by release 0.1"])
@pytest.mark.parametrize("seeds", [SHORT, *LONG], ids=lambda seeds: f"{seeds[0]}")
def test_what_several_containers_do_at_once_is_done_once_and_nothing_is_lost(
    seeds: range, *, stalls: bool, schema_1: bool, viewed: bool
) -> None:
    for seed in seeds:
        try:
            world = World(random.Random(seed), stalls, viewed)  # noqa: S311 - a seed, so that it can be run again
            if schema_1:
                world.begin_with_schema_1()
            world.run(rounds=4)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise
