"""A view of a partition saves requests and decides nothing: conditional writes do, and reads after them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger import heads, legs, pace
from connect_zendesk.ledger.claims import Draft
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.locks import exclusive_lock, lock_with_next_write
from connect_zendesk.ledger.schema import DRAFT, FILES, HEAD, LEG, PAUSE, contact_step, leg_step, partition_of
from connect_zendesk.ledger.steps import claim, intention, release, result_of, run_once
from connect_zendesk.ledger.view import Outdated
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from tests.contact_costs import CountingItems
from tests.records import NINE

LEASE = timedelta(seconds=90)
ROOT, LEG_ID = "contact-1", "contact-1"
PARTITION, LOCK = partition_of(ROOT), contact_step(ROOT, "settle")
DETAILS, VOICE = (leg_step(ROOT, LEG_ID, f"{kind}#{LEG_ID}") for kind in ("details", "voice"))
SETTLED = Head(4711, 101, "create", "T4")


class Two:
    """Two containers on one table; what the first asks for is counted."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NINE)
        self.table = MemoryItems(self.clock)
        self.asked: list[str] = []
        counting = CountingItems(self.table, lambda kind, *_: self.asked.append(kind))
        self.mine = Ledger(counting, clock=self.clock, lease=LEASE)
        self.other = Ledger(self.table, clock=self.clock, lease=LEASE)


@pytest.fixture
def two() -> Two:
    return Two()


def test_a_contacts_items_are_read_once(two: Two) -> None:
    heads.settle(two.other, ROOT, SETTLED)
    with two.mine.view(PARTITION):
        assert heads.head(two.mine, ROOT) == SETTLED
        assert legs.times(two.mine, ROOT) == {}
        assert result_of(two.mine, DETAILS) is None
        legs.began(two.mine, ROOT, LEG_ID, NINE)
        assert legs.going_on(two.mine, ROOT)
    assert two.asked == ["query", "put"]


def test_a_write_that_another_container_was_faster_than_is_made_on_what_that_one_wrote(two: Two) -> None:
    with two.mine.view(PARTITION):
        assert heads.head(two.mine, ROOT) is None
        heads.settle(two.other, ROOT, SETTLED)
        assert heads.settle(two.mine, ROOT, Head(4712, 1, "create", "T4")) == SETTLED


def test_a_confirmation_is_written_with_the_next_step_and_at_the_latest_when_the_view_ends(two: Two) -> None:
    with two.mine.view(PARTITION):
        run_once(two.mine, DETAILS, write=lambda _: "said")
        assert result_of(two.mine, DETAILS) == "said"
        assert claim(two.other, DETAILS).state == "in progress"
        run_once(two.mine, VOICE, write=lambda _: "spoken")
        assert result_of(two.other, DETAILS) == "said"
        assert result_of(two.other, VOICE) is None
    assert result_of(two.other, VOICE) == "spoken"
    assert two.asked == ["query", "put", "put", "put"]


def test_what_is_deferred_is_written_where_the_block_raises_too(two: Two) -> None:
    def fail() -> None:
        with two.mine.view(PARTITION):
            run_once(two.mine, DETAILS, write=lambda _: "said")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert result_of(two.other, DETAILS) == "said"


def test_a_deferred_confirmation_does_not_undo_what_others_write_nor_confirm_what_is_theirs(two: Two) -> None:
    with two.mine.view(PARTITION):
        run_once(two.mine, DETAILS, write=lambda _: "said")
        legs.ended(two.other, ROOT, LEG_ID, NINE)
        two.clock.move_by(2 * LEASE)
        assert claim(two.other, DETAILS).state == "unknown"
    assert result_of(two.other, DETAILS) is None
    assert legs.end_of(two.other, ROOT, LEG_ID) == NINE.isoformat()


def test_a_lock_is_written_with_the_first_step_in_it(two: Two) -> None:
    with two.mine.view(PARTITION), lock_with_next_write(two.mine, LOCK):
        heads.settle(two.mine, ROOT, SETTLED)
        with pytest.raises(Conflict), exclusive_lock(two.other, LOCK):
            pytest.fail("two in one lock")
    assert two.asked == ["query", "transaction", "put"]
    with exclusive_lock(two.other, LOCK):
        assert heads.head(two.other, ROOT) == SETTLED


def test_nothing_is_written_of_a_lock_in_which_nothing_was(two: Two) -> None:
    with two.mine.view(PARTITION), lock_with_next_write(two.mine, LOCK):
        assert heads.head(two.mine, ROOT) is None
    assert two.asked == ["query"]


@pytest.mark.parametrize("reads_again", [False, True])
def test_what_was_decided_in_a_lock_does_not_hold_where_another_wrote_first(
    two: Two, *, reads_again: bool
) -> None:
    def decide() -> None:
        with two.mine.view(PARTITION), lock_with_next_write(two.mine, LOCK):
            claim(two.other, contact_step(ROOT, "create#amazon-connect:1"))
            if reads_again:
                two.mine.distrust(PARTITION)
            heads.settle(two.mine, ROOT, SETTLED)

    with pytest.raises(Outdated):
        decide()
    assert heads.head(two.other, ROOT) is None


def test_a_lock_that_another_container_holds_keeps_this_one_out(two: Two) -> None:
    with (
        exclusive_lock(two.other, LOCK),
        two.mine.view(PARTITION),
        pytest.raises(Conflict),
        lock_with_next_write(two.mine, LOCK),
    ):
        pytest.fail("two in one lock")


def test_what_was_read_while_another_container_was_in_the_lock_does_not_hold(two: Two) -> None:
    with two.mine.view(PARTITION):
        with exclusive_lock(two.other, LOCK):
            assert heads.head(two.mine, ROOT) is None
            heads.settle(two.other, ROOT, SETTLED)
        with pytest.raises(Outdated), lock_with_next_write(two.mine, LOCK):
            pytest.fail("decided on what is over")
        assert heads.head(two.mine, ROOT) == SETTLED
        with lock_with_next_write(two.mine, LOCK):
            assert heads.head(two.mine, ROOT) == SETTLED


def test_T1_nothing_is_begun_for_a_ticket_that_the_contact_leaves(two: Two) -> None:
    follow_up = contact_step(ROOT, "create#amazon-connect:contact-1:4711")
    heads.settle(two.other, ROOT, SETTLED)

    def begin() -> None:
        with heads.while_on(two.mine, ROOT, 4711):
            heads.relink(two.other, ROOT, 4711, Head(4712, 1, "attach", "A1", attached="later"))
            claim(two.mine, follow_up)

    with two.mine.view(PARTITION):
        for _ in range(2):  # left since it was looked at, and before
            with pytest.raises(Outdated):
                begin()
    assert intention(two.other, follow_up) is None


def test_T1_a_contact_does_not_leave_a_ticket_whose_follow_up_is_being_made(two: Two) -> None:
    follow_up = contact_step(ROOT, "create#amazon-connect:contact-1:4711")
    chosen = Head(4712, 1, "attach", "A1", attached="later")
    heads.settle(two.mine, ROOT, SETTLED)

    def move() -> Head:
        return heads.relink(two.mine, ROOT, 4711, chosen, follow_up)

    taken = claim(two.other, follow_up, lambda: Draft({}, "text"))
    with pytest.raises(Conflict):
        move()
    release(two.other, taken, outcome_unknown=True)
    with pytest.raises(Conflict):
        move()
    two.clock.move_by(DRAFT.keep)  # what it was going to write is forgotten
    assert move() == chosen


def test_T1_a_follow_up_of_which_nothing_was_kept_keeps_no_contact_on_its_ticket(two: Two) -> None:
    follow_up = contact_step(ROOT, "create#amazon-connect:contact-1:4711")
    chosen = Head(4712, 1, "attach", "A1", attached="later")
    heads.settle(two.mine, ROOT, SETTLED)
    with (
        mock.patch.object(two.other, "write", _killed_at_the_second(two.other.write)),
        pytest.raises(KeyboardInterrupt),
    ):
        claim(two.other, follow_up, lambda: Draft({}, "text"))
    with pytest.raises(Conflict):
        heads.relink(two.mine, ROOT, 4711, chosen, follow_up)
    two.clock.move_by(LEASE)
    assert heads.relink(two.mine, ROOT, 4711, chosen, follow_up) == chosen


def _killed_at_the_second(write: Callable[..., Any]) -> Callable[..., Any]:
    writes: list[object] = []

    def written(*arguments: Any) -> Any:
        writes.append(arguments)
        if len(writes) == 2:
            raise KeyboardInterrupt
        return write(*arguments)

    return written


def test_T14_a_container_that_stands_still_for_longer_than_its_lock_knows_that_it_has_lost_it(
    two: Two,
) -> None:
    with exclusive_lock(two.mine, LOCK) as is_held:
        assert is_held()
        two.clock.move_by(LEASE)
        assert is_held()
        with exclusive_lock(two.other, LOCK):
            assert not is_held()
        assert not is_held()


def test_what_others_leave_is_read_after_a_write_of_ours(two: Two) -> None:
    files, head, leg = FILES.key(root=ROOT), HEAD.key(root=ROOT), LEG.key(root=ROOT, leg=LEG_ID)
    with two.mine.view(PARTITION):
        assert two.mine.recall(files) is None
        heads.settle(two.mine, ROOT, SETTLED)
        two.other.remember(files, {"a": 1})
        assert two.mine.recall(files) is None
        two.mine.look_again(leg)  # which was not written
        assert two.mine.recall(files) is None
        two.mine.look_again(head)
        found = two.mine.recall(files)
        assert found is not None
        two.other.remember(files, {"b": 2})
        two.mine.renew(PARTITION)  # nothing was written since
        assert two.mine.recall(files) == found
    assert two.asked == ["query", "transaction", "query"]


def test_a_view_is_its_threads_own_and_ends(two: Two) -> None:
    with two.mine.view(PARTITION):
        with two.mine.view(PARTITION):
            assert two.mine.has_view(PARTITION)
        assert two.mine.has_view(PARTITION)
    assert not two.mine.has_view(PARTITION)


def test_a_flag_is_believed_for_seconds_and_one_of_our_own_at_once(two: Two) -> None:
    assert pace.paused_for(two.mine) == 0
    pace.pause(two.other, 60)
    assert pace.paused_for(two.mine) == 0
    two.clock.move_by(timedelta(seconds=10))
    assert pace.paused_for(two.mine) == 50
    pace.pause(two.mine, 90)
    assert pace.paused_for(two.mine) == 90
    two.clock.move_by(timedelta(seconds=90))
    assert two.mine.flag(PAUSE.key()) is None
