"""Who an agent is in Zendesk (P7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.workflows.agents import agents
from tests.records import ADA, ADAS_NAME, BOB, BOBS_NAME, CHAYA, CHAYAS_NAME, INSTANCE, agent_of, call
from tests.stack import Stack

SEARCH = "GET /api/v2/users/search"


def known_as(stack: Stack, username: str, arn: str | None = None) -> int | None:
    return agents.zendesk_id(stack.services, username, arn or f"{INSTANCE}/agent/{username}")


@pytest.mark.parametrize(
    ("username", "user"),
    [
        pytest.param(ADAS_NAME, ADA, id="a user name that is an address"),
        pytest.param(CHAYAS_NAME, CHAYA, id="the Amazon Connect user's address"),
        pytest.param(BOBS_NAME, BOB, id="an external id equal to the user name"),
        pytest.param("nobody", None, id="nobody"),
        pytest.param("ana@example.com", None, id="a customer is no agent"),
    ],
)
def test_P7_an_agent_is_found(username: str, user: int | None) -> None:
    assert known_as(Stack(), username) == user


@pytest.mark.parametrize(
    "changed",
    [{"role": "end-user"}, {"role_type": 1}, {"suspended": True}, {"active": False}],
    ids=["a customer", "a light agent", "suspended", "deleted"],
)
def test_P7_only_an_agent_who_can_be_assigned_tickets_is_found(changed: dict[str, Any]) -> None:
    stack = Stack(users=[{"id": 950, "name": "Eve", "role": "agent", "email": "eve@example.com"} | changed])
    assert known_as(stack, "eve@example.com") is None


def test_P7_the_agent_map_has_exceptions_and_costs_nothing() -> None:
    stack = Stack(agent_map={ADAS_NAME: 999})
    assert known_as(stack, ADAS_NAME) == 999
    assert stack.requests_made() == {}
    assert known_as(stack, BOBS_NAME) == BOB


@pytest.mark.parametrize("username", [ADAS_NAME, "nobody"])
def test_P7_hits_and_misses_are_remembered_for_an_hour(username: str) -> None:
    stack = Stack()
    found = known_as(stack, username)
    asked, described = stack.requests_made(), stack.connect.requests["DescribeUser"]
    stack.clock.move_by(timedelta(minutes=59))
    assert known_as(stack, username) == found
    assert stack.requests_made() == {}
    assert stack.connect.requests["DescribeUser"] == described
    stack.clock.move_by(timedelta(minutes=1))
    known_as(stack, username)
    assert stack.requests_made() == asked


def test_P7_an_agent_known_by_an_address_as_user_name_is_not_described() -> None:
    stack = Stack()
    known_as(stack, ADAS_NAME)
    assert stack.requests_made() == {SEARCH: 1}
    assert stack.connect.requests == {}


def test_P7_a_throttled_describe_user_comes_back_later() -> None:
    stack = Stack()
    for number in range(5):
        known_as(stack, f"somebody-{number}")
    with pytest.raises(Throttled):
        known_as(stack, CHAYAS_NAME)
    stack.clock.move_by(timedelta(seconds=Throttled.default_seconds))
    assert known_as(stack, CHAYAS_NAME) == CHAYA


def test_P7_a_throttled_describe_user_delays_the_ticket_and_makes_it_once() -> None:
    stack = Stack()
    for number in range(5):
        known_as(stack, f"somebody-{number}")
    stack.play_records(call(agent=CHAYAS_NAME))
    assert stack.ticket()["assignee_id"] == CHAYA
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    "arn", [None, "", "no arn", f"{INSTANCE}/agent/", f"{INSTANCE}/agent/other", "x:instance/y/agent/z"]
)
def test_P7_an_agent_who_cannot_be_described_is_found_otherwise(arn: str | None) -> None:
    assert agents.zendesk_id(Stack().services, BOBS_NAME, arn) == BOB


def test_P7_an_agent_who_may_not_be_described_is_found_otherwise() -> None:
    class NotAllowed:
        def describe_user(self, **_: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeUser")

    assert AmazonConnect(NotAllowed).user(f"{INSTANCE}/agent/a") is None  # type: ignore[arg-type]


def test_P7_submitter_and_assignee_are_the_agent_when_known() -> None:
    stack = Stack()
    stack.play_records(call("known", agent=BOBS_NAME), call("unknown", agent="nobody"))
    known, unknown = stack.zendesk.tickets()
    assert (known["submitter_id"], known["assignee_id"]) == (BOB, BOB)
    assert unknown["assignee_id"] is None


def test_P7_an_agent_without_a_user_name_is_found_by_the_address() -> None:
    stack = Stack()
    stack.play_records(call(Agent={**agent_of(CHAYAS_NAME), "Username": None}))
    assert stack.ticket()["assignee_id"] == CHAYA
