"""What each refusal of Zendesk means, in whichever envelope it comes; and what the account says itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from connect_zendesk.errors import Permanent, RetryLater
from connect_zendesk.zendesk import display, tickets, users
from connect_zendesk.zendesk.errors import (
    AlreadySent,
    Closed,
    Conflict,
    Duplicate,
    NoAnswer,
    NoEndpoint,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    ZendeskError,
)
from local.stand_ins.zendesk import Response
from tests.records import ANA, ANAS_NUMBER
from tests.zendesk_account import URL, Account

SECRET_NAME, SECRET_NUMBER = "Quetzalcoatl Featherstonehaugh", "+441632960777"


@pytest.fixture
def account() -> Account:
    return Account()


# Refusals


def _told(field: str, description: str, error: str | None = None) -> dict[str, Any]:
    detail = {"description": description} | ({"error": error} if error else {})
    return {"error": "RecordInvalid", "description": "Record validation errors", "details": {field: [detail]}}


CLOSED = "Status: closed prevents ticket update"
REFUSALS: list[tuple[int, object, type[ZendeskError], str]] = [
    (
        400,
        {"error": "IdempotentRequestError", "description": SECRET_NAME},
        AlreadySent,
        "400 IdempotentRequestError",
    ),
    (400, {"error": {"title": "Invalid attribute", "message": SECRET_NAME}}, Refused, "400"),
    (
        400,
        {"errors": [{"code": "InvalidPaginationDepth", "detail": SECRET_NAME}]},
        Refused,
        "400 InvalidPaginationDepth",
    ),
    (400, {"errors": []}, Refused, "400"),
    (400, {"errors": [SECRET_NAME]}, Refused, "400"),
    (403, {"error": {"title": "Forbidden", "message": SECRET_NAME}}, NotAllowed, "403 Forbidden"),
    (404, {"error": "RecordNotFound", "description": "Not found"}, NotFound, "404 RecordNotFound"),
    (404, {"error": {"title": "InvalidEndpoint", "message": "Not found"}}, NoEndpoint, "404 InvalidEndpoint"),
    (404, b"", NoAnswer, "404 before its API"),
    (404, b"<h1>No help desk at acme.zendesk.com</h1>", NoAnswer, "404 before its API"),
    (403, b"<html>", NoAnswer, "403 before its API"),
    (403, {"message": SECRET_NAME}, NoAnswer, "403 before its API"),
    (400, b"<html>", NoAnswer, "400 before its API"),
    (408, b"", NoAnswer, "408"),
    (423, {"error": "Locked"}, NoAnswer, "423 Locked"),
    (425, b"", NoAnswer, "425"),
    (413, b"<html>", Refused, "413"),
    (409, {"error": "UpdateConflict", "description": SECRET_NAME}, Conflict, "409 UpdateConflict"),
    (409, b"Database collision", Conflict, "409"),
    (422, _told("status", CLOSED), Refused, "422 RecordInvalid about status"),
    (422, _told("base", CLOSED), Refused, "422 RecordInvalid about base"),
    (422, {"details": {"base": {"description": CLOSED}}}, Refused, "422 about base"),
    (
        422,
        _told("phone", f"Phone: {SECRET_NUMBER} is a duplicate", "DuplicateValue"),
        Duplicate,
        "422 RecordInvalid about phone",
    ),
    (
        422,
        _told("external_id", "External has already been taken"),
        Duplicate,
        "422 RecordInvalid about external_id",
    ),
    (
        422,
        _told("requester", f"Requester: {SECRET_NAME} is suspended"),
        Refused,
        "422 RecordInvalid about requester",
    ),
    (422, {"error": f"{SECRET_NAME} is not welcome", "details": [SECRET_NAME]}, Refused, "422"),
    (422, f"<p>{SECRET_NAME}</p>".encode(), NoAnswer, "422 before its API"),
    (429, {"error": "APIRateLimitExceeded"}, RateLimited, "429 APIRateLimitExceeded"),
    (500, b"<html>", NoAnswer, "500"),
    (502, b"\xff\xfe", NoAnswer, "502"),
    (503, b"", NoAnswer, "503"),
    (301, b"", NoAnswer, "301"),
]


@pytest.mark.parametrize(("status", "body", "kind", "words"), REFUSALS)
def test_each_refusal_is_told_apart_and_repeats_nobodys_words(
    account: Account, status: int, body: object, kind: type[ZendeskError], words: str
) -> None:
    account.answers(status, body, Location=f"{URL}/elsewhere")
    with pytest.raises(ZendeskError) as raised:
        account.client.put("/api/v2/tickets/1", json.dumps({"ticket": {"subject": SECRET_NAME}}))
    assert type(raised.value) is kind
    assert str(raised.value) == f"Zendesk answered {words}"
    assert isinstance(raised.value, RetryLater | Permanent)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "17"}, 17),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "1.2"}, 2),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 60),
        (429, {}, 60),
        (429, {"Retry-After": "3600.5"}, 3600),
        (429, {"Retry-After": "86400"}, 3600),
        (429, {"Retry-After": "9" * 400}, 3600),
        (429, {"Retry-After": "-5"}, 60),
        (429, {"Retry-After": "nan"}, 60),
        (429, {"Retry-After": "inf"}, 60),
        (429, {"Retry-After": "1e400"}, 60),
        (429, {"Retry-After": "a while"}, 60),
        (429, {"Retry-After": ""}, 60),
        (503, {"Retry-After": "nan"}, 10),
        (503, {"Retry-After": "86400"}, 3600),
        (403, {"Retry-After": "30"}, 30),
        (503, {"Retry-After": "120"}, 120),
        (503, {}, 10),
        (409, {}, 2),
    ],
)
def test_zendesk_says_how_long_to_wait(
    account: Account, status: int, headers: dict[str, str], seconds: int
) -> None:
    account.answers(status, b"", **{name.replace("-", "_"): value for name, value in headers.items()})
    with pytest.raises(RetryLater) as raised:
        account.client.post("/api/v2/tickets", "{}")
    assert raised.value.seconds == seconds
    assert raised.value.outcome_unknown == (status in (403, 503))


def test_a_bare_404_of_a_pop_is_of_what_is_to_be_shown(account: Account) -> None:
    account.answers(404, b"")
    with pytest.raises(NotFound):
        display.ticket(account.client, 901, 1)
    account.answers(404, b"<html>")
    with pytest.raises(NoAnswer):
        display.ticket(account.client, 901, 1)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"ok"', b"\xff"])
def test_an_answer_that_is_no_json_object_may_have_been_written(account: Account, body: bytes) -> None:
    account.answers(201, body)
    with pytest.raises(NoAnswer) as raised:
        account.client.post("/api/v2/users", "{}")
    assert raised.value.outcome_unknown


def test_an_answer_without_its_object_may_have_been_written_too(account: Account) -> None:
    account.answers(200, {"ticket": {"status": "open"}})
    for attempt in (
        lambda: users.by_id(account.client, ANA),
        lambda: tickets.by_external_id(account.client, "x"),
        lambda: tickets.update(account.client, 1, {}),
    ):
        with pytest.raises(NoAnswer) as raised:
            attempt()
        assert raised.value.outcome_unknown


def test_a_refusal_names_its_fields_and_the_codes_that_zendesk_gives_them(account: Account) -> None:
    details = {
        "email": [{"description": SECRET_NAME, "error": "DuplicateValue"}, {"description": SECRET_NAME}],
        "name": [{"description": SECRET_NAME, "error": None}],
        "requester": {"description": SECRET_NAME, "error": "UserSuspended"},
        "odd": SECRET_NAME,
    }
    account.answers(422, {"error": "RecordInvalid", "details": details})
    with pytest.raises(Duplicate) as raised:
        account.client.post("/api/v2/users", "{}")
    assert raised.value.codes == {
        "email": {"DuplicateValue"},
        "name": frozenset(),
        "requester": {"UserSuspended"},
        "odd": frozenset(),
    }


# What the account itself says


@pytest.mark.parametrize("options", [{}, {"closed_error_key": "base"}, {"error_details": "object"}])
@pytest.mark.parametrize("language", ["en-US", "fr", "ja"])
def test_a_closed_ticket_is_known_in_any_language(language: str, options: dict[str, Any]) -> None:
    account = Account(**options)
    ticket = account.new_ticket()
    account.close(ticket)
    account.stand_in.faults.language(language)
    with pytest.raises(Closed):
        tickets.update(account.client, ticket, {"comment": {"body": "x", "public": False}})
    with pytest.raises(Closed):
        tickets.remove_tags(account.client, ticket, ["x"])


@pytest.mark.parametrize("field", ["status", "base"])
def test_what_is_refused_of_a_ticket_that_is_not_closed_is_no_closed_ticket(
    account: Account, field: str
) -> None:
    ticket = account.new_ticket()
    account.stand_in.faults.refuse(field, 1)
    with pytest.raises(Refused) as raised:
        tickets.update(account.client, ticket, {})
    assert type(raised.value) is Refused


@pytest.mark.parametrize("options", [{}, {"error_details": "object"}, {"duplicate_phone_says": "sentence"}])
@pytest.mark.parametrize("language", ["en-US", "es"])
def test_what_is_taken_is_known_by_its_field_in_any_language(language: str, options: dict[str, Any]) -> None:
    account = Account(**options)
    account.stand_in.faults.language(language)
    users.create(account.client, users.new_user("Zoë", None, None, "taken"))
    for field, user in {
        "phone": users.new_user("A", ANAS_NUMBER, None, "a"),
        "email": users.new_user("B", None, "ana@example.com", "b"),
        "external_id": users.new_user("C", None, None, "taken"),
    }.items():
        with pytest.raises(Duplicate) as raised:
            users.create(account.client, user)
        assert raised.value.fields == {field}


def test_the_same_key_with_other_bytes_says_that_a_ticket_exists(account: Account) -> None:
    first = account.new_ticket()
    assert account.new_ticket() == first
    with pytest.raises(AlreadySent):
        account.new_ticket(subject="another")


def test_a_scope_that_does_not_cover_a_call_is_permanent(account: Account) -> None:
    account.stand_in.faults.before = lambda request: (
        Response(403, {}, b'{"error":{"title":"Forbidden","message":"..."}}')
        if request.method == "PUT"
        else None
    )
    with pytest.raises(NotAllowed):
        tickets.update(account.client, 1, {})


def test_an_update_with_a_stamp_loses_to_a_later_change(account: Account) -> None:
    ticket = account.new_ticket()
    seen = tickets.by_id(account.client, ticket)
    assert seen is not None
    account.clock.move_by(timedelta(seconds=5))
    note = {"comment": {"body": "x", "public": False}}
    tickets.update(account.client, ticket, note)
    with pytest.raises(Conflict):
        tickets.update(account.client, ticket, note, seen.updated)
    later = tickets.by_id(account.client, ticket)
    assert later is not None
    assert later.updated == datetime.fromisoformat("2026-11-02T09:00:05+00:00")
    tickets.update(account.client, ticket, note, later.updated)


def test_an_update_is_found_again_by_its_marker_however_many_came_after_it(account: Account) -> None:
    ticket = account.new_ticket()
    since = account.clock()
    for number in range(120):
        account.clock.move_by(timedelta(seconds=60))
        mine = {"metadata": {tickets.METADATA: {"step": f"details#{number}"}}}
        tickets.update(account.client, ticket, {"comment": {"body": "x", "public": False}, **mine})
    assert tickets.was_written(account.client, ticket, "details#3", since)
    assert not tickets.was_written(account.client, ticket, "details#120", since)
    # One that was written long before the claim is not looked for.
    assert not tickets.was_written(account.client, ticket, "details#3", account.clock())


@pytest.mark.parametrize("answer", [{}, {"ticket": None}, {"ticket": {"id": 1}}, {"ticket": {"id": None}}])
def test_an_answer_that_lacks_what_it_should_have_or_has_null_there_is_retried(
    account: Account, answer: dict[str, Any]
) -> None:
    account.answers(200, answer)
    asks: tuple[Callable[[], object], ...] = (
        lambda: tickets.by_id(account.client, 1),
        lambda: tickets.update(account.client, 1, {"subject": "x"}),
        lambda: tickets.parse(tickets.create(account.client, "{}", "key")),
    )
    for ask in asks:
        with pytest.raises(NoAnswer, match="without"):
            ask()


@pytest.mark.parametrize("answer", [{}, {"user": None}, {"users": None, "user": None}])
def test_a_user_who_is_null_is_no_answer(account: Account, answer: dict[str, Any]) -> None:
    account.answers(200, answer)
    with pytest.raises(NoAnswer, match="without 'user'"):
        users.by_id(account.client, 1)
    with pytest.raises(NoAnswer, match="without 'users'"):
        users.with_email(account.client, "ana@example.com")


def test_what_is_not_there_is_none(account: Account) -> None:
    assert users.by_id(account.client, 4) is None
    assert tickets.by_id(account.client, 4) is None
    assert users.by_external_id(account.client, "nobody") is None
    assert tickets.by_external_id(account.client, "nothing") is None


def test_of_several_tickets_with_an_external_id_the_first_counts(account: Account) -> None:
    made = [
        tickets.parse(
            tickets.create(
                account.client,
                json.dumps(
                    {"ticket": {"external_id": "x", "comment": {"body": str(number), "public": False}}}
                ),
                f"key-{number}",
            )
        ).id
        for number in range(2)
    ]
    found = tickets.by_external_id(account.client, "x")
    assert found is not None
    assert found.id == min(made)
