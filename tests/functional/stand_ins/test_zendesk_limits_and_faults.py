"""Limits of the account, errors and faults: facts/zendesk.md 2.6 and 4."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import AnswerLost, Request, Response
from tests.functional.stand_ins.account import CALLER, NOTE, Account


def test_4_every_answer_reports_the_accounts_minute() -> None:
    account = Account()
    account.later(20)
    headers = account.get("users/7001").headers
    assert {name: headers[name] for name in headers if "imit" in name} == {
        "X-Rate-Limit": "400", "X-Rate-Limit-Remaining": "399",
        "ratelimit-limit": "400", "ratelimit-remaining": "399", "ratelimit-reset": "40",
    }  # fmt: skip
    assert account.get("users/4711").headers["X-Rate-Limit-Remaining"] == "398"


@pytest.mark.parametrize(
    ("plan", "allowed"),
    [
        ({}, 400),
        ({"name": "suite_team"}, 200),
        ({"name": "suite_enterprise"}, 700),
        ({"requests_per_minute": 3}, 3),
        ({"name": "something of their own"}, 400),
    ],
)
def test_4_account_is_limited_by_its_plan(plan: dict[str, Any], allowed: int) -> None:
    account = Account({"users": [CALLER], "plan": plan})
    statuses = [account.get("users/7001").status for _ in range(allowed + 1)]
    assert statuses == [200] * allowed + [429]
    account.later(30)
    refused = account.get("users/7001")
    assert (refused.headers["Retry-After"], refused.headers["X-Rate-Limit-Remaining"]) == ("30", "0")
    account.later(30)
    assert account.get("users/7001").status == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "calls"), ("PATCH", "tickets/1"), ("POST", "users/7001")]
)
def test_2_6_what_is_not_served_is_an_invalid_endpoint(method: str, path: str) -> None:
    account = Account()
    response = account.send(method, f"/api/v2/{path}")
    assert (response.status, response.json()["error"]["title"]) == (404, "InvalidEndpoint")
    assert account.zendesk.requests[f"{method} /api/v2/{path}"] == 1


def test_requests_are_counted_by_endpoint() -> None:
    account = Account()
    ticket = account.created()
    account.get("users/7001.json")
    account.get("users/901")
    account.get("users/7001/tickets/requested")
    account.put(ticket, comment=NOTE)
    account.send("POST", f"/api/v2/channels/voice/agents/901/tickets/{ticket}/display.json")
    assert dict(account.zendesk.requests) == {
        "POST /oauth/tokens": 1,
        "POST /api/v2/tickets": 1,
        "GET /api/v2/users/{id}": 2,
        "GET /api/v2/users/{id}/tickets/requested": 1,
        "PUT /api/v2/tickets/{id}": 1,
        "POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display": 1,
    }


def test_outage_answers_503_for_so_many_requests() -> None:
    account = Account()
    account.zendesk.faults.outage(2, retry_after=7)
    answers = [account.get("users/7001") for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
    account.zendesk.faults.outage(1)
    assert "Retry-After" not in account.get("users/7001").headers


def test_outage_of_one_endpoint_lasts_by_the_clock() -> None:
    account = Account()
    account.zendesk.faults.outage(lasting=60, matching="POST /api/v2/tickets")
    assert account.create().status == 503
    assert account.get("users/7001").status == 200
    account.later(60)
    assert account.create().status == 201


def test_4_rate_limit_says_how_long_it_lasts() -> None:
    account = Account()
    account.zendesk.faults.rate_limit(90)
    account.later(30)
    response = account.get("users/7001")
    assert (response.status, response.headers["Retry-After"]) == (429, "60")
    account.later(60)
    assert account.get("users/7001").status == 200


@pytest.mark.parametrize(("after_write", "tickets"), [(True, 1), (False, 0)])
def test_answer_is_lost_after_or_before_the_write(after_write: bool, tickets: int) -> None:
    account = Account()
    account.zendesk.faults.lose_answer(after_write=after_write, matching="POST /api/v2/tickets")
    assert account.get("users/7001").status == 200
    with pytest.raises(AnswerLost):
        account.create()
    assert len(account.zendesk.tickets()) == tickets
    assert account.create({"idempotency_key": "k"}).status == 201


def test_lost_answer_is_found_again_under_its_key() -> None:
    account = Account()
    account.zendesk.faults.lose_answer(after_write=True)
    with pytest.raises(AnswerLost):
        account.create({"idempotency_key": "k"})
    assert account.create({"idempotency_key": "k"}).headers["x-idempotency-lookup"] == "hit"


def test_slow_answers_carry_their_delay() -> None:
    account = Account()
    account.zendesk.faults.slow(4, 1)
    assert [account.get("users/7001").delay for _ in range(2)] == [4, 0]


def test_faults_can_be_cleared() -> None:
    account = Account()
    account.zendesk.faults.outage()
    account.zendesk.faults.clear()
    assert account.get("users/7001").status == 200


def test_simulation_answers_or_breaks_by_its_own_chance() -> None:
    class Died(Exception):
        pass

    def before(request: Request) -> Response | None:
        return Response(502) if request.method == "GET" else None

    def after(_request: Request, _response: Response) -> Response | None:
        raise Died

    account = Account()
    account.zendesk.faults.before, account.zendesk.faults.after = before, None
    assert account.get("users/7001").status == 502
    account.zendesk.faults.before, account.zendesk.faults.after = None, after
    with pytest.raises(Died):
        account.create()
    assert len(account.zendesk.tickets()) == 1


@pytest.mark.parametrize("commands", [{"storm": {}}, {"outage": {"nonsense": 1}}, {"rate_limit": {}}])
def test_unknown_fault_is_refused(commands: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(commands))):
        Account().zendesk.faults.apply(commands)
