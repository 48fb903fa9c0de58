"""Who the agents are, found out ahead of a shift (P7)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import AGENT_MAP_RUN, own_step
from connect_zendesk.workflows.agents import agent_map, agents
from functions.agent_map import on_schedule
from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from local.replay.lambda_events import LambdaContext
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import (
    ADA,
    ADAS_NAME,
    ANA,
    BOB,
    BOBS_NAME,
    CHAYA,
    CHAYAS_NAME,
    INSTANCE,
    NINE,
)
from tests.stack import Stack

LIST_ZENDESK = "GET /api/v2/users"


def fill(stack: InProcess, seconds: float = 900) -> list[datetime]:
    """Run the job on the virtual clock; returns when DescribeUser was asked."""
    end = stack.clock() + timedelta(seconds=seconds)
    asked: list[datetime] = []
    describe = stack.services.amazon_connect.user

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(stack.services.amazon_connect, name)

        def user(self, arn: str) -> Any:
            asked.append(stack.clock())
            return describe(arn)

    services = stack.new_services()
    object.__setattr__(services, "amazon_connect", Watched())
    agent_map.fill(
        services,
        INSTANCE,
        lambda: (end - stack.clock()).total_seconds(),  # noqa: PLW0108 - later each time
        lambda wait: stack.clock.move_by(timedelta(seconds=wait)),
    )
    return asked


def known(stack: InProcess, username: str) -> KnownAgent:
    return agents.known(stack.services, "", f"{INSTANCE}/agent/{username}")


def test_P7_every_agent_is_known_by_name_and_by_arn_before_the_first_contact() -> None:
    stack = Stack()
    fill(stack)
    stack.requests_made()
    described = stack.connect.requests["DescribeUser"]
    for username, user in ((ADAS_NAME, ADA), (BOBS_NAME, BOB), (CHAYAS_NAME, CHAYA)):
        assert known(stack, username) == KnownAgent(username, user)
        assert agents.zendesk_id(stack.services, username, None) == user
    assert stack.requests_made() == {}
    assert stack.connect.requests["DescribeUser"] == described


def test_P7_only_those_whose_address_is_not_known_are_described() -> None:
    stack = Stack()
    assert len(fill(stack)) == 2  # Ada's user name is her address
    assert stack.requests_made() == {LIST_ZENDESK: 2}
    stack.clock.move_by(timedelta(hours=23))
    assert fill(stack) == []
    stack.clock.move_by(timedelta(hours=1, minutes=1))
    assert len(fill(stack)) == 2


def test_P7_exceptions_come_first_and_are_not_described() -> None:
    stack = Stack(agent_map={BOBS_NAME: ANA, CHAYAS_NAME: ADA})
    assert fill(stack) == []
    assert known(stack, BOBS_NAME) == KnownAgent(BOBS_NAME, ANA)


def test_P7_an_exception_made_since_the_last_run_counts_at_once() -> None:
    stack = Stack()
    fill(stack)
    stack.app_settings = type(stack.app_settings)(agent_map={BOBS_NAME: 999})
    assert known(stack, BOBS_NAME).zendesk == 999


def test_P7_an_agent_whom_zendesk_does_not_know_is_remembered_too() -> None:
    stack = Stack()
    stack.connect._world.users["nobody"] = {
        "Id": "nobody",
        "Arn": f"{INSTANCE}/agent/nobody",
        "Username": "nobody",
        "IdentityInfo": {},
    }
    fill(stack)
    stack.requests_made()
    assert known(stack, "nobody") == KnownAgent("nobody", None)
    assert stack.requests_made() == {}


def test_P7_acceptance_after_the_job_asks_nobody_who_the_agent_is() -> None:
    stack = Stack()
    fill(stack)
    stack.clock.move_to(NINE + timedelta(seconds=30))
    stack.requests_made()
    stack.connect.requests.clear()
    leave_snapshot(stack, alive())
    stack.send_contact_event(contact_event(agent=CHAYAS_NAME, at=stack.clock()))
    assert stack.ticket()["assignee_id"] == CHAYA
    assert stack.connect.requests == {}
    assert CHAYAS_NAME in stack.ticket()["comments"][0]["body"]


SHIFT = 500


def shift_of_500() -> InProcess:
    """Return the functions with 500 agents whose user names are no addresses."""
    numbers = range(SHIFT)
    return InProcess(
        zendesk_world={
            "users": [
                {"id": 1000 + n, "name": f"Agent {n}", "role": "agent", "email": f"agent{n}@example.com"}
                for n in numbers
            ],
            "tickets": [],
        },
        connect_world={
            "users": [
                {
                    "Arn": f"{INSTANCE}/agent/user-{n}",
                    "Username": f"user-{n}",
                    "IdentityInfo": {"Email": f"agent{n}@example.com"},
                }
                for n in numbers
            ]
        },
        clock=VirtualClock(NINE),
    )


def test_P7_a_shift_of_500_is_known_within_nine_minutes_and_never_above_the_pace() -> None:
    stack = shift_of_500()
    asked = fill(stack)
    assert len(asked) == SHIFT
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(asked))
    assert stack.clock() - NINE < timedelta(minutes=9)
    assert stack.connect.requests == {"ListUsers": 1, "DescribeUser": SHIFT}
    assert stack.zendesk.requests[LIST_ZENDESK] == 6  # five pages of agents, and none of administrators
    assert [known(stack, f"user-{n}").zendesk for n in (0, 250, 499)] == [1000, 1250, 1499]


def test_P7_what_does_not_fit_one_run_goes_on_in_the_next() -> None:
    stack = shift_of_500()
    first = fill(stack, seconds=200)
    assert stack.clock() - NINE < timedelta(seconds=200)
    second = fill(stack)
    assert len(first) + len(second) == SHIFT
    assert 180 <= len(first) < 200


def test_P7_two_runs_at_once_keep_one_pace() -> None:
    stack = Stack()
    with exclusive_lock(stack.services.ledger, own_step(AGENT_MAP_RUN.key())):
        assert fill(stack) == []
    assert stack.connect.requests == {}


def test_P7_a_throttled_user_is_asked_for_in_the_next_run_and_stops_no_other() -> None:
    stack = Stack()
    describe = stack.services.amazon_connect.user
    throttled = [f"{INSTANCE}/agent/{BOBS_NAME}"]

    def user(arn: str) -> Any:
        if arn in throttled:
            throttled.remove(arn)
            raise Throttled("DescribeUser is throttled")
        return describe(arn)

    stack.services.amazon_connect.user = user  # type: ignore[method-assign,assignment]
    fill(stack)
    assert len(fill(stack)) == 1
    assert known(stack, BOBS_NAME).zendesk == BOB


def test_P7_a_role_that_may_not_describe_users_still_finds_agents_by_external_id() -> None:
    stack = Stack()
    stack.services.amazon_connect.user = lambda _: None  # type: ignore[method-assign,assignment]
    fill(stack)
    assert known(stack, BOBS_NAME).zendesk == BOB


def test_the_function_runs_the_job(monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    waits: list[float] = []
    monkeypatch.setenv("CONNECT_INSTANCE_ARN", INSTANCE)
    monkeypatch.setattr(time, "sleep", waits.append)
    stack = Stack()
    with stack._in_place():
        on_schedule.handler({}, LambdaContext())
    assert waits == [1.0, 1.0]
    assert logs.metrics["AgentsListed"] == 3
    assert known(stack, BOBS_NAME).zendesk == BOB


def test_a_list_that_is_throttled_or_refused_says_so() -> None:
    class Refuses:
        def __init__(self, code: str) -> None:
            self.code = code

        def list_users(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": self.code}}, "ListUsers")

    def refused_with(code: str) -> Any:
        return Refuses(code)

    with pytest.raises(Throttled):
        list(AmazonConnect(lambda: refused_with("TooManyRequestsException")).users(INSTANCE))
    with pytest.raises(ClientError):
        list(AmazonConnect(lambda: refused_with("AccessDeniedException")).users(INSTANCE))
