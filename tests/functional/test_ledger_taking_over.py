"""Contacts while a deployment replaces release 0.1 by this one, and this one by a later (O6).

That both releases can work at once is simulated with the code of release 0.1 itself (`docs/certainty.md`);
these are the rules by which they can, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger import heads, legs
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import HEAD, LEG, SCHEMA, TASK, contact_step, leg_step, own_step
from connect_zendesk.ledger.steps import claim, confirm, result_of, run_once
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from tests.records import NINE

LEASE = timedelta(seconds=90)
PARTITION = HEAD.key(root="1").partition
HEAD_BEFORE = {"ticket": 4711, "requester": 101, "action": "create", "rule": "T4", "reasons": ["why"]}
RELEASED = {
    "status": "released",
    "doubt": False,
    "body": None,
    "since": NINE.isoformat(),
    "until": NINE.isoformat(),
}
DETAILS = leg_step("1", "1", "details#1")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NINE)


@pytest.fixture
def items(clock: VirtualClock) -> MemoryItems:
    return MemoryItems(clock)


@pytest.fixture
def ledger(items: MemoryItems, clock: VirtualClock) -> Ledger:
    return Ledger(items, clock=clock, lease=LEASE)


def put(items: MemoryItems, sort: str, content: Mapping[str, Any], *, partition: str = PARTITION) -> None:
    """Write an item as release 0.1 does, over whatever there is."""
    known = items.get(partition, sort)
    version = known["version"] if known is not None else None
    expires = int((NINE + timedelta(days=30)).timestamp())
    full = {**content, "schema": 1, "version": (version or 0) + 1, "expires_at": expires}
    assert items.put(partition, sort, full, replacing=version)


def test_O6_release_0_1_cannot_read_a_contact_any_more_before_this_one_writes_about_its_legs(
    items: MemoryItems, ledger: Ledger
) -> None:
    put(items, "head", HEAD_BEFORE)
    with pytest.raises(Conflict) as later, ledger.view(PARTITION):
        run_once(ledger, DETAILS, write=lambda _: "written")
    assert later.value.seconds == LEASE.total_seconds() + 1
    kept = items.get(PARTITION, "head")
    assert kept is not None
    assert (kept["schema"], "reasons" in kept) == (SCHEMA, False)
    assert heads.head(ledger, "1") == Head(4711, 101, "create", "T4", ("why",))
    assert items.get(PARTITION, "leg#1") is None


def test_O6_also_where_no_more_is_written_than_when_a_leg_began(items: MemoryItems, ledger: Ledger) -> None:
    put(items, "head", HEAD_BEFORE)
    put(items, "leg#1", {"fingerprints": ["f"], "updated": NINE.isoformat()})
    for leg in ("1", "2"):
        with pytest.raises(Conflict):
            ledger.update(LEG.key(root="1", leg=leg), lambda known: {**known, "began": NINE.isoformat()})
    assert items.get(PARTITION, "leg#2") is None
    put(items, "leg#1", {"fingerprints": ["f", "g"], "updated": NINE.isoformat()})
    assert ledger.read(LEG.key(root="1", leg="1")).content["reports"]["0"]["fingerprints"] == ["f", "g"]


def test_O6_also_where_release_0_1_has_written_over_a_leg_of_this_release(
    items: MemoryItems, ledger: Ledger
) -> None:
    key = LEG.key(root="1", leg="1")
    ledger.update(key, lambda _: {"began": NINE.isoformat()})
    put(items, "head", HEAD_BEFORE)
    put(items, "leg#1", {"fingerprints": ["f"], "updated": NINE.isoformat()})
    with pytest.raises(Conflict):
        ledger.update(key, lambda known: {**known, "ended": NINE.isoformat()})


def test_O6_what_release_0_1_is_at_then_is_seen_when_its_lease_is_over(
    items: MemoryItems, ledger: Ledger, clock: VirtualClock
) -> None:
    put(items, "head", HEAD_BEFORE)
    with pytest.raises(Conflict), ledger.view(PARTITION):
        run_once(ledger, DETAILS, write=lambda _: "written")
    put(items, "step#details#1", {"status": "done", "result": "by release 0.1"})
    clock.move_by(LEASE - timedelta(seconds=1))
    with pytest.raises(Conflict), ledger.view(PARTITION):
        run_once(ledger, leg_step("1", "1", "voice#1"), write=lambda _: "written")
    clock.move_by(timedelta(seconds=1))
    with ledger.view(PARTITION):
        assert run_once(ledger, leg_step("1", "1", "voice#1"), write=lambda _: "written") == "written"
        assert run_once(ledger, DETAILS, write=lambda _: "written") == "by release 0.1"


def test_O6_the_lock_that_release_0_1_settles_a_contact_under_is_taken(
    items: MemoryItems, ledger: Ledger
) -> None:
    put(items, "step#settle", RELEASED)
    heads.settle(ledger, "1", Head(4712, 101, "create", "T4"))
    lock = items.get(PARTITION, "step#settle")
    assert lock is not None
    # As release 0.1 reads it: claimed, for longer than it will ever be at work.
    assert (lock["status"], lock["until"] > "9000", lock["version"]) == ("claimed", True, 2)


def test_O6_a_contact_that_release_0_1_is_settling_is_left_to_it(
    items: MemoryItems, ledger: Ledger, clock: VirtualClock
) -> None:
    put(items, "step#settle", RELEASED)
    with ledger.view(PARTITION):
        assert heads.head(ledger, "1") is None  # what there is has been read
        put(items, "step#settle", {**RELEASED, "status": "claimed", "until": (NINE + LEASE).isoformat()})
        with pytest.raises(Conflict):
            heads.settle(ledger, "1", Head(4712, 101, "create", "T4"))
    with pytest.raises(Conflict):
        heads.settle(ledger, "1", Head(4712, 101, "create", "T4"))
    assert items.get(PARTITION, "head") is None
    clock.move_by(LEASE)
    assert heads.settle(ledger, "1", Head(4712, 101, "create", "T4")).ticket == 4712


@pytest.mark.parametrize("viewed", [True, False])
def test_O6_a_contact_that_release_0_1_began_to_settle_after_it_was_read_is_left_to_it(
    items: MemoryItems, ledger: Ledger, clock: VirtualClock, *, viewed: bool
) -> None:
    with ledger.view(PARTITION) if viewed else nullcontext():
        known = ledger.read(HEAD.key(root="1"))
        until = (NINE + LEASE).isoformat()
        put(items, "step#settle", {**RELEASED, "status": "claimed", "until": until})
        assert ledger.write(HEAD.key(root="1"), {"steps": {}}, known.version) is None
        with pytest.raises(Conflict):
            heads.settle(ledger, "1", Head(4712, 101, "create", "T4"))
    assert items.get(PARTITION, "head") is None
    put(items, "head", HEAD_BEFORE)
    assert heads.settle(ledger, "1", Head(4712, 101, "create", "T4")).ticket == 4711


def test_O6_a_step_that_release_0_1_has_claimed_over_is_what_it_was(
    items: MemoryItems, ledger: Ledger
) -> None:
    key = TASK.key(account=1, event="e")
    taken = claim(ledger, own_step(key))
    confirm(ledger, taken, "task-1")
    before = items.get(key.partition, key.sort)
    assert before is not None
    # Release 0.1 writes its claim before it finds that it cannot read the step.
    kept = {name: value for name, value in before.items() if name not in ("schema", "version", "expires_at")}
    put(items, key.sort, {**kept, "status": "claimed", "until": NINE.isoformat()}, partition=key.partition)
    assert result_of(ledger, own_step(key)) == "task-1"


def test_a_contact_of_this_release_is_not_waited_for(items: MemoryItems, ledger: Ledger) -> None:
    heads.settle(ledger, "1", Head(4712, 101, "create", "T4"))
    with ledger.view(PARTITION):
        assert run_once(ledger, DETAILS, write=lambda _: "written") == "written"
    kept = items.get(PARTITION, "head")
    assert kept is not None
    assert "taken_over" not in kept


READS: dict[str, Callable[[Ledger], object]] = {
    "a head": lambda ledger: heads.head(ledger, "1"),
    "legs": lambda ledger: legs.times(ledger, "1"),
    "a value": lambda ledger: ledger.recall(LEG.key(root="1", leg="1")),
    "a step": lambda ledger: claim(ledger, contact_step("1", "settle")),
    "a write": lambda ledger: heads.settle(ledger, "1", Head(1, 2, "create", "T4")),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("in_view", [True, False])
def test_O6_what_a_later_release_has_written_is_left_to_it(
    items: MemoryItems, ledger: Ledger, read: Callable[[Ledger], object], in_view: bool
) -> None:
    later = {"schema": SCHEMA + 1, "release": "9.0.0", "version": 7, "expires_at": 2**33, "unheard": "of"}
    for sort in ("head", "leg#1"):
        assert items.put(PARTITION, sort, later, replacing=None)
    with (
        ledger.view(PARTITION) if in_view else nullcontext(),
        pytest.raises(Conflict, match=r"release 9\.0\.0 has written this"),
    ):
        read(ledger)
    assert [items.get(PARTITION, sort) for sort in ("head", "leg#1")] == [later, later]
