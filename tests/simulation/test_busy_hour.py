"""More calls come than a Zendesk plan carries: nothing is lost, agents do not wait, and it ends (O7)."""

from __future__ import annotations

import pytest

from tests.simulation.busy_hour import CARRIED, Hour, Seen, play

#: A third of a plan, half as many calls again as it carries, and short ones, so that minutes show an hour.
SHORT = Hour(minutes=2, calls=45, scale=0.3, talk=(10, 30))


@pytest.fixture(scope="module")
def crowded() -> Seen:
    return play(SHORT)


def test_O7_nothing_is_lost_and_nothing_is_there_twice(crowded: Seen) -> None:
    assert crowded.wrong == []


def test_O7_background_work_waits_and_everyone_who_waits_is_served(crowded: Seen) -> None:
    assert crowded.received > crowded.calls
    assert max(crowded.updates.values()) > 27
    assert crowded.limited_people == 0
    assert crowded.limited_background <= 5  # one for each container, as none knows what the others do
    assert len(crowded.pops) == crowded.calls


def test_O7_agents_wait_no_longer_than_in_quiet_minutes(crowded: Seen) -> None:
    quiet = play(Hour(minutes=2, calls=10, scale=0.3, talk=(10, 30)))
    assert quiet.received == quiet.calls
    assert crowded.slow_pop < 1.25 * quiet.slow_pop


def test_O7_the_backlog_ends_when_the_plan_has_carried_it(crowded: Seen) -> None:
    by_updates = crowded.calls / (0.3 * CARRIED)
    assert crowded.ended < by_updates + 5


@pytest.mark.long
def test_O7_at_twice_what_the_plan_carries_pops_come_as_in_quiet_minutes() -> None:
    busy, before = play(Hour(minutes=14)), play(Hour(minutes=14, paced=False))
    quiet = play(Hour(minutes=5, calls=CARRIED // 2))
    assert busy.wrong == before.wrong == []
    assert busy.limited_share < 0.5 < before.limited_share
    assert 10 * busy.unseen < before.unseen
    assert busy.unseen < busy.calls / 100
    assert busy.slow_pop < 1.1 * quiet.slow_pop
    assert busy.ended < before.ended
