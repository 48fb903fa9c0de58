"""Idempotency-Key: facts/zendesk.md 2.2."""

from __future__ import annotations

import json

from tests.functional.stand_ins.account import NOTE, Account

KEY = {"idempotency_key": "connect:1"}


def test_2_2_second_request_with_a_key_gets_the_first_answer() -> None:
    account = Account()
    first = account.create(KEY, subject="Hi")
    account.put(1, subject="Changed since")
    second = account.create(KEY, subject="Hi")
    assert (first.status, first.headers["x-idempotency-lookup"]) == (201, "miss")
    assert (second.status, second.headers["x-idempotency-lookup"]) == (201, "hit")
    assert second.body == first.body
    assert len(account.zendesk.tickets()) == 1


def test_2_2_other_body_under_the_same_key_is_refused() -> None:
    account = Account()
    account.create(KEY, subject="Hi")
    response = account.create(KEY, subject="Ho")
    assert (response.status, response.json()) == (
        400,
        {
            "error": "IdempotentRequestError",
            "description": "Request parameters don't match the given idempotency key",
        },
    )
    assert len(account.zendesk.tickets()) == 1


def test_2_2_key_is_forgotten_after_two_hours() -> None:
    account = Account()
    account.create(KEY)
    account.later(2 * 3600 - 1)
    account.token = account.issue().json()["access_token"]
    assert account.create(KEY).headers["x-idempotency-lookup"] == "hit"
    account.later(1)
    assert account.create(KEY, subject="other").headers["x-idempotency-lookup"] == "miss"
    assert len(account.zendesk.tickets()) == 2


def test_2_2_refused_creation_may_be_corrected_under_its_key() -> None:
    account = Account()
    assert account.create(KEY, requester_id=4711).status == 422
    assert account.create(KEY).status == 201


def test_2_2_without_a_key_each_request_makes_a_ticket() -> None:
    account = Account()
    assert "x-idempotency-lookup" not in account.create().headers
    account.create()
    assert len(account.zendesk.tickets()) == 2


def test_2_2_key_is_at_most_255_characters_long() -> None:
    account = Account()
    assert account.create({"idempotency_key": "k" * 255}).status == 201
    assert account.create({"idempotency_key": "k" * 256}).status == 400


def test_2_2_key_means_nothing_on_updates_and_users() -> None:
    account = Account()
    ticket = account.created()
    for _ in range(2):
        asked = {"ticket": {"comment": NOTE}}
        account.send("PUT", f"/api/v2/tickets/{ticket}", asked, idempotency_key="k")
        account.send("POST", "/api/v2/users", {"user": {"name": "A"}}, idempotency_key="k")
    assert len(account.ticket(ticket)["comments"]) == 3
    assert len(account.zendesk.users()) == 4


def test_2_2_bodies_are_compared_as_bytes_or_as_parameters() -> None:
    ticket = {"comment": NOTE, "requester_id": 7001}
    bodies = (json.dumps({"ticket": ticket}).encode(), json.dumps({"ticket": ticket}, indent=1).encode())
    for compares, status in (("bytes", 400), ("parameters", 201)):
        account = Account(idempotency_compares=compares)
        answers = [account.send("POST", "/api/v2/tickets", body, idempotency_key="k") for body in bodies]
        assert [answer.status for answer in answers] == [201, status]
