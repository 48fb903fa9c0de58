"""Which seeds are played in which run."""

from typing import Any

import pytest


def seeds(count: int, *, short: int) -> list[Any]:
    """Return the seeds from 0 below ``count``; those from ``short`` on are played by `make test-long`."""
    return [
        *range(short),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(short, count)),
    ]
