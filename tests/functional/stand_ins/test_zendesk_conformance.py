"""Keys, search, errors, limits and tokens: where facts/zendesk.md is unsure, both ways."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, WORLD, Account

KEY = {"idempotency_key": "k"}


@pytest.mark.parametrize(("rule", "statuses"), [("conflict", [201, 409, 201]), ("replay", [201, 201, 201])])
def test_2_2_key_of_a_request_that_is_still_running(rule: str, statuses: list[int]) -> None:
    account = Account(idempotency_in_flight=rule)
    account.zendesk.faults.slow(20, 1)
    first = account.create(KEY)
    account.later(19)
    during = account.create(KEY)
    account.later(1)
    after = account.create(KEY)
    assert [first.status, during.status, after.status] == statuses
    assert (first.delay, after.headers["x-idempotency-lookup"]) == (20, "hit")
    assert len(account.zendesk.tickets()) == 1


def test_2_2_other_body_is_refused_even_while_the_first_is_running() -> None:
    account = Account()
    account.zendesk.faults.slow(20, 1)
    account.create(KEY)
    assert account.create(KEY, subject="other").status == 400


def test_2_3_search_is_read_as_it_will_be_and_the_list_as_it_is() -> None:
    account = Account(index_lag=timedelta(minutes=10))
    ticket = account.created(external_id="x")
    assert [t["id"] for t in account.get("tickets", external_id="x").json()["tickets"]] == [ticket]
    assert account.get("search", query="type:ticket external_id:x").json()["count"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type:ticket status<solved", [1, 2]),
        ("type:ticket status>=solved", [3]),
        ("type:ticket priority>normal", [2]),
        ("type:ticket created>2026-11-19", [2, 3]),
        ("type:ticket created:2026-11-20", [2, 3]),
        ("type:ticket created>2026-11-19 created<2026-11-20T09:30:00Z", [2]),
        ("type:ticket updated>4hours", [2, 3]),
        ("type:ticket updated<4hours", [1]),
        ("type:ticket created>never", []),
        ("type:ticket assignee:none", [1, 2]),
        ("type:ticket assignee:901", [3]),
        ("type:ticket custom_field_5:gold", [2]),
        ("type:ticket custom_field_5:g*", [2]),
        ("type:ticket via:voice", [3]),
        ("type:ticket id>1", [2, 3]),
        ("type:ticket subject:[odd]?", [1]),
        ("type:ticket -status:open", [2, 3]),
        ("type:user vip:yes", [7001]),
        ("-type:ticket grace", [7001]),
    ],
)
def test_3_1_search_syntax_of_tickets_and_fields(query: str, found: list[int]) -> None:
    day = "2026-11-20T09:00:00Z"
    tickets = [
        {"id": 1, "status": "open", "subject": "[odd]?", "created_at": "2026-11-01T00:00:00Z"},
        {"id": 2, "status": "new", "priority": "high", "created_at": day,
         "custom_fields": [{"id": 5, "value": "gold"}]},
        {"id": 3, "status": "solved", "priority": "low", "created_at": "2026-11-20T09:40:00Z", "via_id": 45,
         "assignee_id": 901},
    ]  # fmt: skip
    users = [AGENT, {**CALLER, "user_fields": {"vip": "yes"}}]
    results = Account({"users": users, "tickets": tickets}).get("search", query=query).json()["results"]
    assert [result["id"] for result in results] == found


def test_3_1_search_can_be_sorted() -> None:
    tickets = [{"id": n, "updated_at": f"2026-11-{21 - n:02d}T00:00:00Z"} for n in (1, 2, 3)]
    account = Account({"tickets": tickets})
    query = {"query": "type:ticket", "sort_by": "updated_at", "sort_order": "asc"}
    assert [t["id"] for t in account.get("search", **query).json()["results"]] == [3, 2, 1]


@pytest.mark.parametrize(
    ("kind", "starts"), [("json", b'{"error":"APIRateLimitExceeded"'), ("text", b"Too many"), ("empty", b"")]
)
def test_2_6_body_of_a_429_may_be_anything(kind: str, starts: bytes) -> None:
    account = Account({"users": [CALLER], "plan": {"requests_per_minute": 0}}, plain_errors=kind)
    response = account.get("users/7001")
    assert (response.status, response.headers["Retry-After"]) == (429, "60")
    assert response.body.startswith(starts)
    assert bool(response.body) == bool(starts)


def test_2_6_the_four_envelopes() -> None:
    account = Account()
    assert set(account.create(status="asleep").json()) == {"error", "description", "details"}
    assert set(account.get("nothing").json()["error"]) == {"title", "message"}
    assert set(account.get("search").json()["errors"][0]) == {"code", "title", "detail"}
    assert account.send("GET", "/api/v2/tickets", authorization=None).json() == {
        "error": "Couldn't authenticate you"
    }


@pytest.mark.parametrize(
    ("plan", "header"),
    [
        ({}, "total=20000; remaining=19999; resets=60"),
        ({"sandbox": True}, "total=100; remaining=99; resets=60"),
        ({"trial": True}, "total=100; remaining=99; resets=60"),
        ({"ticket_lists_per_minute": 7}, "total=7; remaining=6; resets=60"),
    ],
)
def test_4_list_of_tickets_has_a_bucket_by_plan(plan: dict[str, Any], header: str) -> None:
    account = Account({**WORLD, "plan": plan})
    assert account.get("tickets").headers["zendesk-ratelimit-tickets-index"] == header


def test_4_depths_of_the_list_have_a_limit_of_their_own() -> None:
    account = Account()
    statuses = [account.get("tickets", page=501, per_page=1).status for _ in range(51)]
    assert statuses == [200] * 50 + [429]
    assert account.get("tickets", page=500, per_page=1).status == 200


@pytest.mark.parametrize(("limit", "statuses"), [(None, [201] * 3), (2, [201, 201, 429])])
def test_4_creations_can_be_limited_by_the_second(limit: int | None, statuses: list[int]) -> None:
    account = Account(tickets_per_second=limit)
    answers = [account.create() for _ in range(3)]
    assert [answer.status for answer in answers] == statuses
    account.later(1)
    assert account.create().status == 201


@pytest.mark.parametrize(
    ("option", "method", "path", "scope"),
    [
        ("search_needs_broad_scope", "GET", "search?query=x", "tickets:read"),
        ("search_needs_broad_scope", "GET", "users/search?query=x", "users:read"),
        ("uploads_need_broad_scope", "POST", "uploads?filename=x", "tickets:write"),
        ("voice_needs_broad_scope", "GET", "calls/1", "tickets:read"),
    ],
)
def test_10_1_what_has_no_scope_of_its_own_may_need_a_broad_one(
    option: str, method: str, path: str, scope: str
) -> None:
    for needs in (True, False):
        switched: dict[str, Any] = {option: needs}
        account = Account(scope=scope, **switched)
        endpoint, _, query = path.partition("?")
        name, _, value = query.partition("=")
        response = account.send(method, f"/api/v2/{endpoint}", query={name: value} if name else {})
        assert (response.status == 403) == needs
        account.token = account.issue(scope="read write").json()["access_token"]
        assert account.send(method, f"/api/v2/{endpoint}", query={name: value} if name else {}).status != 403


@pytest.mark.parametrize("issued", [True, False])
def test_5_refresh_token_may_come_along(issued: bool) -> None:
    assert ("refresh_token" in Account(refresh_token_issued=issued).issue().json()) == issued


@pytest.mark.parametrize(
    ("changed", "status"), [({"suspended": True}, 401), ({"active": False}, 401), ({"role": "end-user"}, 403)]
)
def test_5_everything_breaks_with_the_clients_user(changed: dict[str, Any], status: int) -> None:
    account = Account({"users": [{**AGENT, **changed}, CALLER]}, integration_user_id=901)
    assert account.get("users/7001").status == status


@pytest.mark.parametrize(("unique", "status"), [(True, 422), (False, 201)])
def test_3_3_external_id_is_unique_among_users_or_not(unique: bool, status: int) -> None:
    account = Account(external_id_unique_among_users=unique)
    account.add_user(name="A", external_id="x")
    assert account.add_user(name="B", external_id="X").status == status


def test_settings_of_the_account_decide_how_long_things_last() -> None:
    minute = timedelta(minutes=1)
    account = Account(idempotency_keeps=minute, upload_keeps=minute, job_lasts=minute)
    account.create(KEY)
    assert account.upload()["expires_at"] == "2026-11-20T10:01:00Z"
    deleted = account.send("DELETE", "/api/v2/tickets/destroy_many", query={"ids": account.created()})
    job = deleted.json()["job_status"]["id"]
    statuses = []
    for _ in range(2):
        statuses.append(account.get(f"job_statuses/{job}").json()["job_status"]["status"])
        account.later(60)
    assert statuses == ["queued", "completed"]
    assert account.create(KEY).headers["x-idempotency-lookup"] == "miss"
    assert Account(oauth_client_secret="laptop-only").issue(client_secret="other").status == 401


@pytest.mark.long
def test_4_windows_that_are_over_are_forgotten_and_those_that_count_are_not() -> None:
    plan = {
        "requests_per_minute": 10**6,
        "ticket_updates_per_minute": 10**6,
        "ticket_updates_per_ticket_and_user": 1,
    }
    account = Account({"plan": plan, "tickets": [{"id": n} for n in range(1, 10_003)]})
    for number in range(1, 10_003):
        assert account.put(number, subject="x").status == 200
    assert account.put(1, subject="y").status == 429
    account.later(600)
    assert account.put(1, subject="y").status == 200
    for number in range(2, 10_003):
        account.put(number, subject="y")
    assert len(account.zendesk._state.limits._counts) < 20_020
