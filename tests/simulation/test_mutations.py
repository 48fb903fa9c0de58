"""A product that breaks a promise of ledger or step is caught by some seed."""

from __future__ import annotations

import pytest

from tests.simulation.simulator.mutations import ALL, caught
from tests.simulation.simulator.run import play

#: How many seeds it may take.
_MOST = 10


@pytest.mark.long
@pytest.mark.parametrize("name", ALL)
def test_T14_a_product_that_is_broken_so_is_caught_by_some_seed(name: str) -> None:
    seed = caught(ALL[name], range(_MOST))
    assert seed is not None, f"{name}: {_MOST} seeds are right"


@pytest.mark.long
def test_T14_what_finds_a_broken_product_finds_nothing_in_this_one() -> None:
    found_by = {broken.found_by for broken in ALL.values() if broken.found_by}
    wrong = {
        (kinds, seed): play(seed, faults=kinds, often=kinds).wrong
        for kinds in found_by
        for seed in range(_MOST)
    }
    assert {at: what for at, what in wrong.items() if what} == {}
