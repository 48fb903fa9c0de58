"""A hundred days on which everything goes wrong that can, and all of them end alike (T14)."""

from __future__ import annotations

import pytest
import os

from tests.simulation.day import Day
from tests.simulation.morning import SETTINGS, WORLD, check, shuffled

# Several workers share one process here, and the first to end publishes the metrics of all.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.mark.parametrize("seed", range(int(os.environ.get('A',0)),int(os.environ.get('N',100))))
def test_T14_whatever_goes_wrong_each_contact_gets_one_ticket_and_each_leg_one_report(seed: int) -> None:
    day = Day(seed, zendesk_world=WORLD, app_settings=SETTINGS)
    day.live(shuffled(seed))
    assert not (wrong := check(day, poison=1)), f"seed {seed}: {'; '.join(wrong)}"
