"""Two containers at one update of a ticket, where a clock is wrong or a lease has run out (T14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_updates import update_once
from local.stand_ins.zendesk import Request, Response
from tests.records import ANA
from tests.stack import Stack

TICKET = 4001
MARK = "details#contact-1"
STEP = leg_step("contact-1", "contact-1", MARK)
#: Further than the lease of 90 seconds.
FAST = timedelta(seconds=150)


@pytest.fixture
def stack() -> Stack:
    return Stack(tickets=[{"id": TICKET, "requester_id": ANA, "updated_at": "2026-11-02T08:55:00Z"}])


def a_container(stack: Stack, ahead: timedelta = timedelta(0)) -> Services:
    def clock() -> Any:
        return stack.clock() + ahead

    services = stack.new_services()
    return replace(
        services, clock=clock, ledger=Ledger(stack.items, clock=clock, lease=services.ledger.lease)
    )


def update(services: Services) -> Mapping[str, Any]:
    body = {"comment": {"body": "Ended", "public": False}, "metadata": {"amazon_connect": {"step": MARK}}}
    return update_once(services, STEP, TICKET, MARK, lambda: body)


@pytest.mark.parametrize("requests_before", range(2))
def test_T14_a_claim_that_a_fast_clock_takes_for_a_dead_ones_is_written_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, requests_before: int
) -> None:
    one, other = a_container(stack), a_container(stack, FAST)
    handle, asked = stack.zendesk.handle, [0]

    def handles(request: Request) -> Response:
        if request.path.startswith("/api/v2/tickets/"):
            asked[0] += 1
            if asked[0] == requests_before + 1:
                stack.clock.move_by(timedelta(seconds=2))
                update(other)
        return handle(request)

    monkeypatch.setattr(stack.zendesk, "handle", handles)
    try:
        update(one)
    except Conflict:
        update(one)
    assert [comment["body"] for comment in stack.ticket(TICKET)["comments"]] == ["Ended"]
