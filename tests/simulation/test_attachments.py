"""Hours in which agents attach contacts at any moment and everything goes wrong that can (A1, T8, T14)."""

from __future__ import annotations

import pytest

from tests.simulation.attachments import SETTINGS, WORLD, check, contacts, play
from tests.simulation.day import Day


@pytest.mark.parametrize("seed", range(300))
def test_T14_each_contact_ends_on_the_ticket_asked_for_last_with_one_report_of_each_leg(seed: int) -> None:
    hour = contacts(seed)
    day = Day(seed, zendesk_world=WORLD, app_settings=SETTINGS)
    play(day, hour, seed)
    assert not (wrong := check(day, hour)), f"seed {seed}: {'; '.join(wrong)}"


@pytest.mark.parametrize("seed", range(5))
def test_T14_an_hour_in_which_nothing_goes_wrong_ends_alike(seed: int) -> None:
    hour = contacts(seed)
    day = Day(None, zendesk_world=WORLD, app_settings=SETTINGS)
    play(day, hour, seed)
    assert check(day, hour) == []
