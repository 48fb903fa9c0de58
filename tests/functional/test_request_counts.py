"""How many requests to Zendesk each contact costs (the budgets of the design)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.plan_carries import APP, cost_of_call
from tests.records import (
    ANA,
    ANAS_NUMBER,
    BEN,
    BENS_NUMBER,
    BOBS_NAME,
    STRANGERS_NUMBER,
    call,
    later,
    recording_of,
)
from tests.stack import Stack

SEARCH, USER, NEW_USER = "GET /api/v2/users/search", "GET /api/v2/users/{id}", "POST /api/v2/users"
TICKET, NEW_TICKET, UPDATE = "GET /api/v2/tickets/{id}", "POST /api/v2/tickets", "PUT /api/v2/tickets/{id}"
#: Whether a closed ticket was merged.
AUDITS = "GET /api/v2/tickets/{id}/audits"
RECENT = "GET /api/v2/users/{id}/tickets/requested"

OPEN, CLOSED, BENS = 4001, 4002, 4003
TICKETS = (
    {"id": OPEN, "requester_id": ANA, "is_public": False, "updated_at": "2026-11-02T08:55:00Z"},
    {"id": CLOSED, "requester_id": ANA, "is_public": False, "status": "closed"},
    {"id": BENS, "requester_id": BEN, "is_public": False, "updated_at": "2026-11-02T07:00:00Z"},
)

#: A new ticket has the leg's details as its first comment, so that a report costs its voice comment only.
#: Each update costs a look at the ticket before it (T14).
COUNTS: dict[str, tuple[Mapping[str, Any], Mapping[str, int]]] = {
    "known": ({}, {SEARCH: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}),
    "known, without a voice comment": (
        {"attributes": {"voice_comment": "false"}},
        {SEARCH: 1, NEW_TICKET: 1},
    ),
    "known, no recent ticket": (
        {"caller": BENS_NUMBER, "attributes": {"recent_ticket_timeout": "15"}},
        {SEARCH: 1, RECENT: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1},
    ),
    "known, recent ticket": (
        {"attributes": {"recent_ticket_timeout": "15"}},
        {SEARCH: 1, RECENT: 1, TICKET: 2, UPDATE: 2},
    ),
    "known, a new ticket asked for": (
        {"attributes": {"recent_ticket_timeout": "15", "zendesk_ticket": "0"}},
        {SEARCH: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1},
    ),
    "user given": (
        {"attributes": {"zendesk_user": str(ANA)}},
        {USER: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1},
    ),
    "ticket given": ({"attributes": {"zendesk_ticket": str(OPEN)}}, {TICKET: 3, SEARCH: 1, UPDATE: 2}),
    "ticket given, caller unknown": (
        {"caller": STRANGERS_NUMBER, "attributes": {"zendesk_ticket": str(OPEN)}},
        {TICKET: 3, SEARCH: 1, UPDATE: 2},
    ),
    "ticket given, caller anonymous": (
        {"caller": None, "attributes": {"zendesk_ticket": str(OPEN)}},
        {TICKET: 3, UPDATE: 2},
    ),
    "closed ticket given": (
        {"attributes": {"zendesk_ticket": str(CLOSED)}},
        {TICKET: 2, AUDITS: 1, SEARCH: 1, NEW_TICKET: 1, UPDATE: 1},
    ),
    "unknown": ({"caller": STRANGERS_NUMBER}, {SEARCH: 1, NEW_USER: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}),
    "unknown, called by us": (
        {"caller": STRANGERS_NUMBER, "InitiationMethod": "OUTBOUND"},
        {SEARCH: 1},
    ),
    "anonymous": ({"caller": "anonymous"}, {SEARCH: 1, NEW_USER: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}),
    "gave up": ({"agent": None}, {}),
    "listening in": ({"InitiationMethod": "MONITOR"}, {}),
    "a chat that names nobody": (
        {"Channel": "CHAT", "caller": None, "attributes": {"force_ticket_creation": "no"}},
        {},
    ),
}  # fmt: skip


@pytest.fixture
def stack() -> Stack:
    stack = Stack(tickets=TICKETS)
    stack.know_agents()
    return stack


@pytest.mark.parametrize("scenario", COUNTS)
def test_a_contact_costs_no_more_requests_than_budgeted(stack: Stack, scenario: str) -> None:
    fields, expected = COUNTS[scenario]
    stack.play_records(call(**fields))
    assert stack.requests_made() == expected
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("scenario", COUNTS)
def test_a_delivery_already_handled_costs_none(stack: Stack, scenario: str) -> None:
    record = call(**COUNTS[scenario][0])
    stack.play_records(record)
    stack.requests_made()
    stack.play_records(record, record, later(record, 60, Attributes={"survey": "5"}))
    assert stack.requests_made() == {}


def test_the_second_anonymous_caller_costs_a_look_at_the_placeholder_and_the_ticket(stack: Stack) -> None:
    stack.play_records(call(caller="anonymous"))
    stack.requests_made()
    stack.play_records(call("contact-2", caller="anonymous"))
    assert stack.requests_made() == {USER: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}


def test_the_second_call_from_an_unknown_number_costs_a_look_at_the_user_more_than_a_known_one(
    stack: Stack,
) -> None:
    stack.play_records(call(caller=STRANGERS_NUMBER))
    stack.requests_made()
    stack.play_records(call("contact-2", caller=STRANGERS_NUMBER))
    assert stack.requests_made() == {SEARCH: 1, USER: 1, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}


def test_a_later_leg_costs_its_report(stack: Stack) -> None:
    stack.play_records(call())
    stack.requests_made()
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert stack.requests_made() == {TICKET: 2, UPDATE: 2}
    silent = call("leg-3", first_leg="contact-1", agent=BOBS_NAME, attributes={"voice_comment": "no"})
    stack.play_records(silent)
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}


def test_a_changed_record_costs_a_note(stack: Stack) -> None:
    record = call()
    stack.play_records(record)
    stack.requests_made()
    stack.play_records(later(record, 60, Recordings=[recording_of("contact-1"), recording_of("more")]))
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}


def test_T8_a_forced_ticket_is_decided_twice_and_made_once(stack: Stack) -> None:
    stack.play_records(call(caller=ANAS_NUMBER, attributes={"ticket_assignment": "agent"}))
    assert stack.requests_made() == {SEARCH: 2, NEW_TICKET: 1, TICKET: 1, UPDATE: 1}


def test_a_token_is_asked_for_once(stack: Stack) -> None:
    fresh = Stack()
    fresh.play_records(call(), call("contact-2"), call("contact-3"))
    assert fresh.zendesk.requests["POST /oauth/tokens"] == 1


# Through the Calls API (M5): no voice comment costs an update of a ticket, and no look at it before.

MAKE_CALL, CHANGE_CALL = "POST /api/v2/calls", "PATCH /api/v2/calls/{id}"
WITH_CALLS: dict[str, tuple[Mapping[str, Any], Mapping[str, int]]] = {
    "known": ({}, {SEARCH: 1, NEW_TICKET: 1, MAKE_CALL: 1}),
    "known, without a voice comment": (
        {"attributes": {"voice_comment": "false"}},
        {SEARCH: 1, NEW_TICKET: 1},
    ),
    "known, recent ticket": (
        {"attributes": {"recent_ticket_timeout": "15"}},
        {SEARCH: 1, RECENT: 1, TICKET: 1, UPDATE: 1, MAKE_CALL: 1},
    ),
    "ticket given": (
        {"attributes": {"zendesk_ticket": str(OPEN)}},
        {TICKET: 2, SEARCH: 1, UPDATE: 1, MAKE_CALL: 1},
    ),
    "unknown": ({"caller": STRANGERS_NUMBER}, {SEARCH: 1, NEW_USER: 1, NEW_TICKET: 1, MAKE_CALL: 1}),
    "gave up": ({"agent": None}, {}),
}  # fmt: skip


@pytest.fixture
def stack_with_app() -> Stack:
    stack = Stack(tickets=TICKETS, zendesk_app_id=735264)
    stack.know_agents()
    return stack


@pytest.mark.parametrize("scenario", WITH_CALLS)
def test_M5_a_contact_costs_no_more_requests_than_budgeted(stack_with_app: Stack, scenario: str) -> None:
    fields, expected = WITH_CALLS[scenario]
    record = call(**fields)
    stack_with_app.play_records(record)
    assert stack_with_app.requests_made() == expected
    stack_with_app.play_records(record, record)
    assert stack_with_app.requests_made() == {}


def test_M5_a_later_leg_and_a_changed_record_cost_one_update_of_their_ticket(stack_with_app: Stack) -> None:
    record = call()
    stack_with_app.play_records(record)
    stack_with_app.requests_made()
    stack_with_app.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert stack_with_app.requests_made() == {TICKET: 1, UPDATE: 1, MAKE_CALL: 1}
    stack_with_app.play_records(later(record, 30, Recordings=[recording_of("contact-1"), recording_of("m")]))
    assert stack_with_app.requests_made() == {TICKET: 1, UPDATE: 1, CHANGE_CALL: 1}


@pytest.mark.parametrize(
    ("app", "plain", "transferred"), [(None, (50, 100), (25, 58)), (APP, (100, 116), (50, 70))]
)
def test_M5_calls_that_a_plan_carries_in_a_minute(
    app: int | None, plain: tuple[int, int], transferred: tuple[int, int]
) -> None:
    """By 100 ticket updates, and by 700 requests, of calls that agents accepted (issue 19's budget)."""
    assert [cost_of_call(app, legs).carried for legs in (1, 2)] == [plain, transferred]
