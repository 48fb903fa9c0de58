"""Search and its late index: facts/zendesk.md 2.3, 3.1 and 3.4."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, Account

PEOPLE = {
    "users": [
        AGENT,
        CALLER,
        {"id": 7002, "name": "Alan Turing", "phone": "(513) 555-7611", "tags": ["vip"]},
        {"id": 7003, "name": "Joan Clarke", "phone": "+1 513.555.7611", "suspended": True},
        {"id": 7004, "name": "Gone", "phone": "+15135557611", "active": False},
        {"id": 7005, "name": "Dorothy Hodgkin", "role": "admin"},
    ]
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role:end-user phone:*5135557611", [7002, 7003]),
        ("phone:15135557611", [7003]),
        ("phone:5135557611", [7002]),
        ("role:agent phone:*5135557611", []),
        ("role:end-user phone:*+15135557611", []),
        ("role:end-user phone:+441632960001", []),
        ("phone:*632960001", [7001]),
        ("role:agent email:ada@shop.example", [901]),
        ("email:ADA@shop.example", [901]),
        ("email:*@home.example", [7001]),
        ('"ada@shop.example"', [901]),
        ('name:"Alan Turing"', [7002]),
        ("name:turing", [7002]),
        ('"alan turing"', [7002]),
        ("alan hopper", []),
        ("role:agent role:admin", [901, 7005]),
        ("role:end-user -phone:*5135557611", [7001]),
        ("tags:vip", [7002]),
        ("colour:red", []),
    ],
)
def test_3_1_search_syntax(query: str, found: list[int]) -> None:
    assert Account(PEOPLE).search_users(query) == found


def test_3_1_exact_number_can_be_compared_as_it_is_written() -> None:
    account = Account(PEOPLE, exact_phone_ignores_format=False)
    assert account.search_users("phone:15135557611") == []
    assert account.search_users("phone:441632960001") == [7001]
    assert account.search_users("phone:*15135557611") == [7003]


def test_10_7_phone_identities_are_found_where_the_account_indexes_them() -> None:
    for finds, found in ((False, []), (True, [7001])):
        account = Account(PEOPLE, search_finds_phone_identities=finds)
        user = account.zendesk._state.users[7001]
        user.shown["phone"] = None
        account.zendesk._state.keep_user(user, at_once=True)
        assert account.search_users("phone:*1632960001") == found


def test_3_1_new_user_is_found_only_after_the_lag() -> None:
    account = Account()
    user = account.add_user(name="New", phone="+441632960009").json()["user"]["id"]
    account.later(119)
    assert account.search_users("phone:*1632960009") == []
    account.later(1)
    assert account.search_users("phone:*1632960009") == [user]


def test_3_1_changed_user_is_found_by_what_was_until_after_the_lag() -> None:
    account = Account(index_lag=timedelta(minutes=5))
    account.put_user(7001, phone="+441632960777")
    assert account.search_users("phone:*1632960001") == [7001]
    assert (
        account.get("users/search", query="phone:*1632960001").json()["users"][0]["phone"] == "+441632960001"
    )
    account.later(300)
    assert account.search_users("phone:*1632960001") == []
    assert account.search_users("phone:*1632960777") == [7001]


def test_2_3_ticket_search_lags_and_shows_statuses_that_are_over() -> None:
    account = Account()
    ticket = account.created(external_id="connect:1", status="open")
    assert account.get("search", query="type:ticket external_id:connect:1").json()["results"] == []
    account.later(120)
    account.put(ticket, status="solved")
    results = account.get("search", query="type:ticket external_id:connect:1").json()["results"]
    assert [(r["id"], r["status"], r["result_type"]) for r in results] == [(ticket, "open", "ticket")]
    assert account.get(f"tickets/{ticket}").json()["ticket"]["status"] == "solved"
    account.later(120)
    assert account.get("search", query="type:ticket status:open").json()["count"] == 0


def test_3_1_search_finds_tickets_and_users() -> None:
    account = Account(
        {"users": [CALLER], "tickets": [{"id": 1, "requester_id": 7001, "subject": "Grace calls"}]}
    )
    results = account.get("search", query="grace").json()["results"]
    assert [(r["result_type"], r["id"]) for r in results] == [("ticket", 1), ("user", 7001)]
    assert account.get("search", query="type:ticket requester:7001").json()["count"] == 1


def test_3_1_search_is_paged_by_offset_only() -> None:
    account = Account()
    refused = account.send("GET", "/api/v2/search", query={"query": "type:user", "page[size]": 10})
    assert (refused.status, "errors" in refused.json()) == (400, True)
    assert account.get("search").status == 400
    assert account.get("users/search").status == 400


def test_4_search_has_its_own_bucket() -> None:
    account = Account({"users": [CALLER], "plan": {"searches_per_minute": 2}})
    header = account.get("search", query="type:user").headers["zendesk-ratelimit-search-index"]
    assert header == "total=2; remaining=1; resets=60"
    assert [account.get("search", query="type:user").status for _ in range(2)] == [200, 429]
    assert account.get("users/7001").status == 200


def test_3_1_search_ends_after_a_thousand_results() -> None:
    account = Account()
    refused = account.get("search", query="type:user", page=11)
    assert refused.json()["errors"][0]["code"] == "InvalidPaginationDepth"
    assert account.get("search", query="type:user", page=10).status == 200
