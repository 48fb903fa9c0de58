"""OAuth client credentials: facts/zendesk.md 5."""

from __future__ import annotations

import pytest

from tests.functional.stand_ins.account import Account


def test_5_token_is_issued_with_the_scope_asked_for_and_half_an_hour() -> None:
    response = Account().issue(scope="read write")
    assert response.status == 200
    assert response.json() == {
        "access_token": "token-2", "token_type": "bearer", "scope": "read write", "expires_in": 1800,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"expires_in": 300}, 400, "invalid_request"),
        ({"expires_in": 172_800}, 400, "invalid_request"),
        ({"expires_in": "1800"}, 400, "invalid_request"),
        ({"scope": ["read"]}, 400, "invalid_scope"),
    ],
)
def test_5_wrong_token_request_is_refused_in_the_oauth_shape(
    changed: dict[str, object], status: int, error: str
) -> None:
    response = Account().issue(**changed)
    assert (response.status, response.json()["error"]) == (status, error)
    assert isinstance(response.json()["error_description"], str)


def test_5_token_request_that_is_no_json_is_refused() -> None:
    response = Account().send("POST", "/oauth/tokens", b"grant_type=client_credentials", authorization=None)
    assert (response.status, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("seconds", [301, 1800, 172_799])
def test_5_token_works_until_its_time_is_over(seconds: int) -> None:
    account = Account()
    account.token = account.issue(expires_in=seconds).json()["access_token"]
    account.later(seconds - 1)
    assert account.get("users/7001").status == 200
    account.later(1)
    response = account.get("users/7001")
    assert (response.status, response.json()["error"]) == (401, "invalid_token")


def test_5_call_without_a_bearer_token_is_refused() -> None:
    account = Account()
    for authorization in (None, "Basic YTpi", "Bearer "):
        response = account.send("GET", "/api/v2/users/7001", authorization=authorization)
        assert (response.status, response.json()) == (401, {"error": "Couldn't authenticate you"})


def test_5_unknown_token_is_refused() -> None:
    response = Account().send("GET", "/api/v2/users/7001", authorization="Bearer nobody")
    assert (response.status, response.json()["error"]) == (401, "invalid_token")


def test_5_revoked_token_is_refused_and_a_new_one_works() -> None:
    account = Account()
    account.zendesk.faults.revoke_tokens()
    assert account.get("users/7001").json()["error"] == "invalid_token"
    account.token = account.issue().json()["access_token"]
    assert account.get("users/7001").status == 200


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [
        ("read write", 200, 201),
        ("read", 200, 403),
        ("write", 403, 201),
        ("tickets:write users:read", 200, 201),
        ("tickets:read", 403, 403),
        ("reed wright", 403, 403),
    ],
)
def test_5_scope_decides_what_a_token_may_do(scope: str, reads: int, writes: int) -> None:
    account = Account(scope=scope)
    assert account.get("users/7001").status == reads
    assert account.create().status == writes


def test_5_unknown_scope_gets_a_token_whose_calls_are_forbidden() -> None:
    account = Account()
    issued = account.issue(scope="voice:write")
    assert (issued.status, issued.json()["scope"]) == (200, "voice:write")
    account.token = issued.json()["access_token"]
    response = account.get("users/7001")
    assert (response.status, response.json()["error"]["title"]) == (403, "Forbidden")


def test_10_1_search_and_voice_need_a_broad_scope() -> None:
    account = Account(scope="tickets:read tickets:write users:read users:write")
    ticket = account.created()
    display = f"/api/v2/channels/voice/agents/901/tickets/{ticket}/display"
    assert account.get("search", query="type:user").status == 403
    assert account.send("POST", display).status == 403
    lenient = Account(scope="tickets:write", voice_needs_broad_scope=False)
    lenient.created()
    assert lenient.send("POST", display).status == 200


def test_2_6_me_without_credentials_is_an_anonymous_200() -> None:
    response = Account().send("GET", "/api/v2/users/me.json", authorization=None)
    assert (response.status, response.json()["user"]["id"]) == (200, None)


def test_5_me_is_the_user_who_made_the_client() -> None:
    assert Account().get("users/me").json()["user"]["role"] == "admin"
    assert Account(integration_user_id=901).get("users/me").json()["user"]["id"] == 901
