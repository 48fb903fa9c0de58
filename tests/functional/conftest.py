"""What many of these tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.logs import Logs


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged and counted during a test."""
    with Logs() as collected:
        yield collected
