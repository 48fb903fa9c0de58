"""The Zendesk client: tokens shared between containers, and no request that outlives its invocation."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import NoAnswer, Unauthorized
from tests.records import ANA, ANAS_NUMBER
from tests.zendesk_account import TOKENS, URL, Account


@pytest.fixture
def account() -> Account:
    return Account()


# Tokens


def test_a_token_is_minted_once_and_shared_between_containers(account: Account) -> None:
    for client in (account.client, account.client, account.another_client()):
        assert users.by_id(client, ANA) is not None
    assert account.minted == 1


def test_a_token_is_renewed_before_it_ends_by_one_container_for_all(account: Account) -> None:
    other = account.another_client()
    users.by_id(account.client, ANA)
    users.by_id(other, ANA)
    account.clock.move_by(timedelta(seconds=1439))
    users.by_id(account.client, ANA)
    assert account.minted == 1
    account.clock.move_by(timedelta(seconds=1))
    users.by_id(account.client, ANA)
    users.by_id(other, ANA)
    assert account.minted == 2


def test_a_refused_token_is_replaced_once_and_the_request_repeated(account: Account) -> None:
    users.by_id(account.client, ANA)
    account.stand_in.faults.revoke_tokens()
    assert users.by_id(account.client, ANA) is not None
    assert account.minted == 2
    assert account.stand_in.requests["GET /api/v2/users/{id}"] == 3


def test_a_refused_token_is_replaced_by_the_one_that_another_container_has_minted(account: Account) -> None:
    other = account.another_client()
    users.by_id(account.client, ANA)
    users.by_id(other, ANA)
    account.stand_in.faults.revoke_tokens()
    users.by_id(account.client, ANA)
    users.by_id(other, ANA)
    assert account.minted == 2


def test_a_token_that_is_refused_again_leaves_the_message_for_later(account: Account) -> None:
    account.answers(401, {"error": "Couldn't authenticate you"})
    with pytest.raises(Unauthorized) as raised:
        users.by_id(account.client, ANA)
    assert raised.value.seconds == 300
    assert account.stand_in.requests["GET /api/v2/users/{id}"] == 3


def test_a_shared_token_that_was_revoked_too_is_renewed_as_well(account: Account) -> None:
    other = account.another_client()
    users.by_id(account.client, ANA)
    account.stand_in.faults.revoke_tokens()
    users.by_id(other, ANA)  # shares a new one
    account.stand_in.faults.revoke_tokens()
    assert users.by_id(account.client, ANA) is not None


def test_credentials_that_zendesk_refuses_leave_the_message_for_later(account: Account) -> None:
    account.credentials = ("connect_zendesk", "wrong")
    with pytest.raises(Unauthorized) as raised:
        users.by_id(account.client, ANA)
    assert raised.value.seconds == 300
    assert not raised.value.outcome_unknown
    account.credentials = ("connect_zendesk", "laptop-only")
    assert users.by_id(account.client, ANA) is not None


def test_an_outage_of_the_token_endpoint_leaves_no_doubt_about_a_write(account: Account) -> None:
    account.stand_in.faults.outage(count=1, matching=TOKENS, retry_after=30)
    with pytest.raises(NoAnswer) as raised:
        users.create(account.client, users.new_user("Zoë", None, None, "x"))
    assert (raised.value.seconds, raised.value.outcome_unknown) == (30, False)


# Time


class Recorder(HTTPAdapter):
    """Notes the timeouts, and answers as it is told to."""

    def __init__(self, outcome: BaseException | None = None) -> None:
        super().__init__()
        self.outcome = outcome
        self.timeouts: list[tuple[float, float]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        self.timeouts.append(options["timeout"])
        if self.outcome:
            raise self.outcome
        response = requests.Response()
        response.status_code, response.url = 200, str(request.url)
        response._content = json.dumps({"access_token": "t", "expires_in": 1800, "users": []}).encode()
        return response


def test_every_request_has_a_timeout(account: Account) -> None:
    recorder = Recorder()
    users.with_phone(account.another_client(recorder), ANAS_NUMBER, None)
    assert recorder.timeouts == [(3.05, 10.0), (3.05, 10.0)]


@pytest.mark.parametrize("left", [3.0, 5.0, 9.0, 14.0])
def test_no_request_outlives_its_invocation(account: Account, left: float) -> None:
    recorder = Recorder()
    client = account.another_client(recorder)
    client.remaining = lambda: left
    users.with_phone(client, ANAS_NUMBER, None)
    assert all(0 < connect + read <= left - 2 for connect, read in recorder.timeouts)


def test_nothing_is_sent_when_there_is_no_time_left(account: Account) -> None:
    recorder = Recorder()
    client = account.another_client(recorder)
    client.remaining = lambda: 2.5
    with pytest.raises(NoAnswer) as raised:
        client.post("/api/v2/users", "{}")
    assert (raised.value.seconds, raised.value.outcome_unknown) == (1, False)
    assert recorder.timeouts == []


def test_an_answer_that_comes_too_late_may_have_been_written(account: Account) -> None:
    account.stand_in.faults.slow(11, matching="POST /api/v2/users")
    with pytest.raises(NoAnswer) as raised:
        users.create(account.client, users.new_user("Zoë", None, None, "x"))
    assert raised.value.outcome_unknown
    assert users.by_external_id(account.client, "x") is not None


@pytest.mark.parametrize("after_write", [False, True])
def test_an_answer_that_is_lost_may_have_been_written(account: Account, after_write: bool) -> None:
    account.stand_in.faults.lose_answer(after_write=after_write, matching="POST /api/v2/users")
    with pytest.raises(NoAnswer) as raised:
        users.create(account.client, users.new_user("Zoë", None, None, "x"))
    assert raised.value.outcome_unknown


def test_a_connection_that_was_never_made_leaves_no_doubt(account: Account) -> None:
    client = account.another_client(Recorder(requests.ConnectTimeout("...")))
    with pytest.raises(NoAnswer) as raised:
        client.post("/api/v2/users", "{}")
    assert not raised.value.outcome_unknown


def test_reading_leaves_no_doubt(account: Account) -> None:
    account.stand_in.faults.lose_answer(after_write=True, matching="GET /api/v2/users/{id}")
    with pytest.raises(NoAnswer) as raised:
        users.by_id(account.client, ANA)
    assert not raised.value.outcome_unknown


def test_an_error_of_the_network_does_not_repeat_the_address(account: Account) -> None:
    lost = requests.ConnectionError(f"GET {URL}/api/v2/users/search?query=phone:+441632960777")
    with pytest.raises(NoAnswer) as raised:
        users.with_phone(account.another_client(Recorder(lost)), "+441632960777", None)
    assert "0777" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
