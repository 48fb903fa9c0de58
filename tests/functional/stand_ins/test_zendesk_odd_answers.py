"""Answers that no page describes, and single limits: facts/zendesk.md 4 and 11, zendesk-2.md D."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.stand_ins.account import CALLER, NOTE, WORLD, Account


@pytest.mark.parametrize("retry_after", ["86400", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "0", "-1", ""])
def test_4_retry_after_can_say_anything(retry_after: str) -> None:
    account = Account()
    account.zendesk.faults.apply({"rate_limit": {"seconds": 60, "count": 1, "retry_after": retry_after}})
    refused = account.create()
    assert (refused.status, refused.headers["Retry-After"]) == (429, retry_after)
    assert account.create().status == 201


@pytest.mark.parametrize("status", [400, 403, 404, 408, 423, 425, 502, 520])
def test_11_network_before_Zendesk_answers_a_page(status: int) -> None:
    account = Account()
    account.zendesk.faults.http_error(status, 1)
    answer = account.create()
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=UTF-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert not any(name.lower().startswith(("x-rate", "ratelimit", "zendesk")) for name in answer.headers)
    assert account.zendesk.tickets() == []
    assert account.create().status == 201


@pytest.mark.parametrize(
    ("body", "kind", "starts"),
    [
        ("text", "text/plain; charset=utf-8", b"Locked"),
        ("json", "application/json; charset=utf-8", b'{"error":"Locked"}'),
        ("empty", None, b""),
    ],
)
def test_2_6_body_can_be_of_any_kind(body: str, kind: str | None, starts: bytes) -> None:
    account = Account()
    account.zendesk.faults.apply({"http_error": {"status": 423, "body": body}})
    answer = account.get("users/7001")
    assert (answer.status, answer.headers.get("Content-Type"), answer.body) == (423, kind, starts)


def test_11_answer_can_be_replaced_after_the_write() -> None:
    account = Account()
    account.zendesk.faults.apply({"http_error": {"status": 502, "after_write": True, "count": 1}})
    assert account.create().status == 502
    assert len(account.zendesk.tickets()) == 1


@pytest.mark.parametrize("commands", [{"status": 200}, {"status": 502, "body": "xml"}, {}])
def test_http_error_that_cannot_be_is_refused(commands: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="http_error"):
        Account().zendesk.faults.apply({"http_error": commands})


@pytest.mark.parametrize(("status", "body"), [(404, "html"), (422, "json"), (403, "html")])
def test_5_token_endpoint_fails_like_any_other(status: int, body: str) -> None:
    account = Account()
    account.zendesk.faults.http_error(status, 1, body=body, matching="POST /oauth/tokens")
    assert account.get("users/7001").status == 200
    assert account.issue().status == status
    assert account.issue().status == 200


@pytest.mark.parametrize(
    ("code", "detail"), [("UserSuspended", {"error": "UserSuspended"}), (None, {})], ids=["code", "none"]
)
def test_D2_any_field_can_be_refused_with_a_code_or_without(code: str | None, detail: dict[str, str]) -> None:
    account = Account()
    account.zendesk.faults.refuse("requester", 1, code=code, matching="POST /api/v2/tickets")
    assert account.get("users/7001").status == 200
    refused = account.create()
    ((found,),) = refused.json()["details"].values()
    del found["description"]
    assert (refused.status, list(refused.json()["details"]), found) == (422, ["requester"], detail)
    assert account.create().status == 201


def test_4_thirty_updates_of_one_ticket_in_ten_minutes() -> None:
    account = Account()
    one, other = account.created(), account.created()
    first = account.put(one, subject="0").headers["zendesk-ratelimit-per-ticket-updates"]
    assert first == "total=30; remaining=29; resets=600"
    for number in range(1, 30):
        assert account.put(one, subject=str(number)).status == 200
    account.later(61)
    refused = account.put(one, comment=NOTE)
    assert (refused.status, refused.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert refused.headers["Retry-After"] == "539"
    assert refused.headers["zendesk-ratelimit-per-ticket-updates"] == "total=30; remaining=0; resets=539"
    assert refused.headers["X-Rate-Limit"] == "400"
    assert refused.body.startswith(b"Rate limit for ticket updates exceeded")
    assert account.put(other, subject="x").status == 200
    agent = account.zendesk.act(901, "PUT", f"/api/v2/tickets/{one}", {"ticket": {"subject": "theirs"}})
    assert agent.status == 200
    account.later(539)
    assert account.put(one, comment=NOTE).status == 200


@pytest.mark.parametrize("spelling", ["ratelimit", "rate-limit"])
def test_4_headers_of_limits_have_been_spelled_in_two_ways(spelling: str) -> None:
    account = Account({**WORLD, "plan": {"ticket_updates_per_minute": 1}}, limit_headers=spelling)
    ticket = account.created()
    for answer in (account.put(ticket, subject="a"), account.put(ticket, subject="b")):
        name = f"zendesk-{spelling}-tickets-update"
        assert [n for n in answer.headers if n.endswith("tickets-update")] == [name]
    assert account.get("users/7001").headers[f"{spelling}-limit"] == "400"


def test_4_creations_have_a_bucket_per_user_and_address() -> None:
    account = Account({**WORLD, "plan": {"ticket_creations_per_minute": 2}})
    name = "zendesk-ratelimit-ticket-request-create-by-user-and-ip"
    answers = [account.create() for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert answers[0].headers[name] == "total=2; remaining=1; resets=60"
    assert answers[2].headers["Retry-After"] == "60"


def test_D2_limit_of_one_users_updates_names_the_user() -> None:
    account = Account({"users": [{**CALLER, "external_id": "c-1"}], "plan": {"user_updates_per_user": 0}})
    refused = account.put_user(7001, name="G")
    assert refused.status == 429
    assert "grace@home.example" in refused.json()["description"]
    assert "c-1" in refused.json()["description"]


@pytest.mark.parametrize("page", [{"per_page": "1"}, {"page[size]": "1"}])
@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("tickets", {"external_id": "x & y"}, "tickets"),
        ("users/7001/tickets/requested", {"sort_by": "created_at", "sort": "-id"}, "tickets"),
    ],
)
def test_2_3_links_to_further_pages_keep_their_question(
    path: str, query: dict[str, str], name: str, page: dict[str, str]
) -> None:
    account = Account()
    made = {account.created(external_id="x & y") for _ in range(3)}
    if "external_id" in query:
        account.created(external_id="other")
    url: str | None = f"{path}?x"
    answer = account.send("GET", f"/api/v2/{path}", query={**query, **page}).json()
    found = [ticket["id"] for ticket in answer[name]]
    while url := answer.get("next_page") or (answer.get("links") or {}).get("next"):
        answer = account.follow(url).json()
        found += [ticket["id"] for ticket in answer[name]]
    assert (len(found), set(found)) == (3, made)
    back = answer.get("previous_page") or answer["links"]["prev"]
    assert [ticket["id"] for ticket in account.follow(back).json()[name]] == [found[1]]


def test_3_1_search_keeps_its_question_on_further_pages() -> None:
    account = Account(index_lag=timedelta(0))
    for _ in range(3):
        account.created(tags=["vip"])
    account.created(tags=["other"])
    first = account.get("search", query="type:ticket tags:vip", per_page=2, sort_by="created_at").json()
    assert "query=type%3Aticket+tags%3Avip" in first["next_page"]
    second = account.follow(first["next_page"]).json()
    assert (first["count"], len(second["results"]), second["next_page"]) == (3, 1, None)
