"""Days of Zendesk events on which all goes wrong that can: exactly the tasks that the rules say (K4)."""

from __future__ import annotations

import itertools
import os
from collections import Counter

import pytest

from connect_zendesk.detail_types import ZENDESK_EVENT
from tests.simulation.seeds import seeds
from tests.simulation.tasks import TaskDay, check, events, play, ruled
from tests.simulation.test_attachments import DeathAt

#: More, as in TASK_EVENTS=10000, for a run by hand.
COUNT = int(os.environ.get("TASK_EVENTS", "300"))


@pytest.mark.parametrize("seed", seeds(6, short=2))
def test_K4_every_event_makes_exactly_the_task_that_the_rules_say(seed: int) -> None:
    told = events(seed, COUNT)
    day = TaskDay(seed, most=COUNT)
    deliveries = play(day, told, seed)
    assert deliveries > COUNT
    assert not (wrong := check(day, told)), f"seed {seed}: {'; '.join(wrong[:5])}"
    assert {ruled(event) for event in told} == {None, "Urgent", "Later", "Tagged"}


def test_K4_a_day_on_which_nothing_goes_wrong_ends_alike_with_one_request_for_each_task() -> None:
    told = events(7, 200)
    day = TaskDay(None)
    play(day, told, 7)
    assert check(day, told) == []
    assert day.connect.requests == Counter(StartTaskContact=sum(ruled(event) is not None for event in told))


@pytest.mark.parametrize("reused", ["first", "refuse"])
def test_K4_a_death_at_any_effect_leaves_one_task(reused: str) -> None:
    (event, *_) = (event for event in events(0, 50) if ruled(event) == "Urgent")
    for effect in itertools.count():
        day = TaskDay(None, client_token_reused=reused)
        day.chance = death = DeathAt(effect)
        day.messages.publish(ZENDESK_EVENT, event.as_detail())
        death.counts = True
        day.run(until=None)
        assert check(day, [event]) == [], f"died at effect {effect}"
        if not death.died:
            break
    assert effect > 5
