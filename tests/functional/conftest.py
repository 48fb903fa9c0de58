"""What many of these tests look at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from connect_zendesk.entrypoints import contact_flow as flow_block
from tests.logs import Logs
from tests.waiting import LONGEST


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged and counted during a test."""
    with Logs() as collected:
        yield collected


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a flow block's thread waited for, however busy the machine, and its time stand still meanwhile.

    What the thread is allowed stays what it is: the deadline is later, and so much is left for the answer.
    """
    still = SimpleNamespace(
        monotonic=lambda: 0.0, clock_gettime=time.clock_gettime, CLOCK_BOOTTIME=time.CLOCK_BOOTTIME
    )
    monkeypatch.setattr(flow_block, "time", still)
    monkeypatch.setattr(flow_block, "MARGIN_SECONDS", flow_block.MARGIN_SECONDS - LONGEST)
    monkeypatch.setattr(flow_block, "_ANSWER_SECONDS", flow_block._ANSWER_SECONDS + LONGEST)
