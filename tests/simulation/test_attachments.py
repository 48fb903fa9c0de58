"""Hours in which agents attach contacts at any moment and everything goes wrong that can (A1, T8, T14)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.records import ADA, BEN, NINE, call
from tests.simulation.attachments import (
    SETTINGS,
    WORLD,
    Contact,
    arrives,
    begin,
    check,
    contacts,
    play,
)
from tests.simulation.day import DIES, Chance, Day
from tests.simulation.seeds import seeds


class DeathAt(Chance):
    """The function dies at one effect, counted from when ``counts`` was set, and nothing else goes wrong."""

    def __init__(self, effect: int) -> None:
        super().__init__(None)
        self.counts, self.died = False, False
        self._left_to_live = effect

    def hits(self, share: float) -> bool:
        """Tell whether this is where it dies."""
        if not self.counts or share != DIES or self.died:
            return False
        self._left_to_live -= 1
        self.died = self._left_to_live < 0
        return self.died


@pytest.mark.parametrize("seed", seeds(30, short=2))
def test_T14_each_contact_ends_on_the_ticket_asked_for_last_with_one_report_of_each_leg(seed: int) -> None:
    hour = contacts(seed)
    day = Day(seed, zendesk_world=WORLD, app_settings=SETTINGS)
    play(day, hour, seed)
    assert not (wrong := check(day, hour)), f"seed {seed}: {'; '.join(wrong)}"


@pytest.mark.parametrize("seed", seeds(5, short=2))
def test_T14_an_hour_in_which_nothing_goes_wrong_ends_alike(seed: int) -> None:
    hour = contacts(seed)
    day = Day(None, zendesk_world=WORLD, app_settings=SETTINGS)
    play(day, hour, seed)
    assert check(day, hour) == []


@pytest.mark.parametrize(
    ("minute", "target"),
    [(1, {"user": BEN}), pytest.param(12, {"ticket": 4001}, marks=pytest.mark.long)],
)
def test_T14_a_death_at_any_effect_of_an_attachment_is_made_up_for(
    target: Mapping[str, Any], minute: int
) -> None:
    record = call("contact-1", caller="+441632960191", attributes={"ticket_assignment": "agent"})
    at = NINE + timedelta(minutes=minute)
    command = {"id": "command-1", "agent": ADA, "at": at.isoformat(), **target}
    contact = Contact("contact-1", (record,), (command,))
    for effect in itertools.count():
        day = Day(None, zendesk_world=WORLD, app_settings=SETTINGS)
        day.chance = death = DeathAt(effect)
        with day.nothing_wrong():
            death.counts = False
            begin(day, contact.id, record)
            day.happen([(NINE + timedelta(minutes=5), arrives(day, record))] if minute > 5 else [])
        day.clock.move_to(at)
        day.request_attachment(command)
        death.counts = True
        day.run(until=None)
        death.counts = False
        if minute < 5:
            day.happen([(NINE + timedelta(minutes=5), arrives(day, record))])
        assert not (wrong := check(day, [contact])), f"died at effect {effect}: {'; '.join(wrong)}"
        if not death.died:
            break
    assert effect > 5
