"""A product that breaks a promise of ledger or step is caught by some seed."""

from __future__ import annotations

import pytest

from tests.simulation.simulator.mutations import ALL, caught
from tests.simulation.simulator.run import play

#: How many seeds it may take.
_MOST = 10


@pytest.mark.long
@pytest.mark.parametrize("name", ALL)
def test_T14_a_product_that_is_broken_so_is_caught_by_a_seed_that_is_right_otherwise(name: str) -> None:
    broken = ALL[name]
    seed = caught(broken, range(_MOST))
    assert seed is not None, f"{name}: {_MOST} seeds are right"
    assert play(seed, faults=broken.found_by or None, often=broken.found_by).wrong == []
