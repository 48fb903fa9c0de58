"""A product that breaks a promise of ledger or step is caught by some seed."""

from __future__ import annotations

import pytest

from tests.simulation.simulator.mutations import ALL
from tests.simulation.simulator.run import play

#: How many seeds it may take.
_MOST = 120


@pytest.mark.long
@pytest.mark.parametrize("name", ALL)
def test_T14_a_product_that_is_broken_so_is_caught_by_some_seed(name: str) -> None:
    with ALL[name]():
        caught = next((seed for seed in range(_MOST) if play(seed).wrong), None)
    assert caught is not None, f"{name}: {_MOST} seeds are right"
