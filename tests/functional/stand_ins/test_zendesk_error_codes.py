"""The codes of errors, and the languages of what is said beside them: facts/zendesk-2.md D."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from local.stand_ins.zendesk import Response
from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, Account

OWNER = {"id": 1, "name": "Connect", "role": "admin"}
SUSPENDED = {"id": 7002, "name": "Eve", "suspended": True, "phone": "+441632960002"}
TICKETS = [
    {"id": 5, "requester_id": 7001, "priority": "high", "comments": [NOTE]},
    {"id": 6, "requester_id": 7001, "status": "closed"},
]


def account(locale: str = "en-US", **options: Any) -> Account:
    """Return an account whose integration user has a locale."""
    users = [{**OWNER, "locale": locale}, AGENT, CALLER, SUSPENDED]
    return Account({"users": users, "tickets": TICKETS}, integration_user_id=1, **options)


def inline(**requester: Any) -> Callable[[Account], Response]:
    return lambda one: one.create(requester_id=None, requester=requester)


#: Each case of D2: what asks for it, its status and error, the field, and the codes of its details.
CASES: Mapping[str, tuple[Callable[[Account], Response], int, str, str | None, list[str | None]]] = {
    "ticket closed": (lambda one: one.put(6, comment=NOTE), 422, "RecordInvalid", "status", [None]),
    "unknown ticket": (lambda one: one.put(99, comment=NOTE), 404, "RecordNotFound", None, []),
    "requester suspended": (
        lambda one: one.create(requester_id=7002), 422, "RecordInvalid", "requester", ["UserSuspended"]),
    "assignee no agent": (
        lambda one: one.put(5, assignee_id=7001), 422, "RecordInvalid", "assignee", ["InvalidValue", None]),
    "blank comment": (
        lambda one: one.create(comment={"body": " "}), 422, "RecordInvalid", "base", ["BlankValue"]),
    "priority to none": (lambda one: one.put(5, priority=None), 422, "RecordInvalid", "priority", [None]),
    "address taken": (
        lambda one: one.add_user(name="B", email="grace@home.example"),
        422, "RecordInvalid", "email", ["DuplicateValue"]),
    "number taken": (
        lambda one: one.add_user(name="B", phone="+441632960001"),
        422, "RecordInvalid", "phone", ["DuplicateValue"]),
    "address malformed": (
        lambda one: one.add_user(name="B", email="grace"), 422, "RecordInvalid", "email", [None]),
    "address malformed inline": (
        inline(name="B", email="grace"), 422, "RecordInvalid", "requester", [None]),
    "name blank": (lambda one: one.add_user(name=" "), 422, "RecordInvalid", "name", [None]),
    "name too long": (lambda one: one.add_user(name="x" * 256), 422, "RecordInvalid", "name", [None]),
    "name blank inline": (inline(name=""), 422, "RecordInvalid", "requester", [None]),
    "number malformed": (
        lambda one: one.add_user(name="B", phone="one"), 422, "RecordInvalid", "phone", ["InvalidFormat"]),
    "upload without a type": (
        lambda one: one.send("POST", "/api/v2/uploads", b"x", query={"filename": "a"}, content_type=""),
        422, "RecordInvalid", "content_type", ["BlankValue"]),
    "stale safe update": (
        lambda one: one.put(5, subject="x", safe_update=True, updated_stamp="2020-01-01T00:00:00Z"),
        409, "UpdateConflict", None, []),
    "a hundred and one": (
        lambda one: one.get("tickets/show_many", ids=",".join("5" * 101)), 400, "TooManyValues", None, []),
}  # fmt: skip


def codes(response: Response) -> tuple[int, str, str | None, list[str | None]]:
    """Return what of a refusal is no language: status, error, the field and the codes of its details."""
    content = response.json()
    details = content.get("details") or {None: []}
    ((field, entries),) = details.items()
    return response.status, content["error"], field, [entry.get("error") for entry in entries]


def texts(content: Any) -> list[str]:
    """Return every description of a refusal."""
    if isinstance(content, list):
        return [text for item in content for text in texts(item)]
    if not isinstance(content, dict):
        return []
    own = [content["description"]] if "description" in content else []
    return own + [text for value in content.values() for text in texts(value)]


@pytest.mark.parametrize("case", CASES)
def test_D2_code_of_each_case(case: str) -> None:
    ask, *expected = CASES[case]
    one = account(validate_phone_numbers=True)
    assert codes(ask(one)) == tuple(expected)
    assert len(one.zendesk.tickets()) == 2


@pytest.mark.parametrize("locale", ["de", "fr-CA", "es", "ja"])
@pytest.mark.parametrize("case", CASES)
def test_D1_language_changes_nothing_but_the_texts(case: str, locale: str) -> None:
    ask = CASES[case][0]
    english, other = (ask(account(said, validate_phone_numbers=True)) for said in ("en-US", locale))
    assert codes(other) == codes(english)
    assert len(texts(other.json())) == len(texts(english.json())) > 0
    assert not set(texts(other.json())) & set(texts(english.json()))
    words = " ".join(texts(other.json())).lower()
    assert not any(
        english in words for english in ("closed prevents", "suspended", "already", "blank", "valid ")
    )


def test_D1_language_can_be_switched_by_a_fault_and_by_the_users_own_locale() -> None:
    one = account()
    english = one.put(6, comment=NOTE).json()
    one.zendesk.faults.apply({"language": {"locale": "fr", "lasting": 60}})
    french = one.put(6, comment=NOTE).json()
    one.later(60)
    assert one.put(6, comment=NOTE).json() == english
    assert one.put_user(1, locale="fr").status == 200
    assert one.put(6, comment=NOTE).json() == french != english


def test_D1_language_is_also_that_of_an_agent_at_a_browser_and_of_the_limits() -> None:
    one = account("de")
    refused = one.zendesk.act(901, "PUT", "/api/v2/tickets/6", {"ticket": {"comment": NOTE}})
    assert texts(refused.json())[0] == "Record validation errors"
    one.zendesk.faults.rate_limit(60)
    limited = one.get("users/7001")
    assert (limited.json()["error"], limited.headers["Retry-After"]) == ("APIRateLimitExceeded", "60")
    assert texts(limited.json()) == ["Die Zahl der erlaubten Anfragen ist überschritten"]


def test_D2_older_accounts_say_that_a_requester_is_suspended_in_words_only() -> None:
    one = account(suspended_says="sentence")
    assert codes(one.create(requester_id=7002)) == (422, "RecordInvalid", "requester", [None])


@pytest.mark.parametrize("status", [422, 413])
def test_D2_file_that_is_too_large(status: int) -> None:
    one = account(upload_size=3, upload_too_large_status=status)
    answer = one.send("POST", "/api/v2/uploads", b"four", query={"filename": "a"}, content_type="text/plain")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (status, "AttachmentTooLarge")


def test_A1_more_than_a_hundred_in_a_batch() -> None:
    tickets = [{"id": 5, "subject": "x"}] * 101
    refused = account().send("PUT", "/api/v2/tickets/update_many", {"tickets": tickets})
    assert refused.status == 400
    assert refused.json() == {
        "error": "TooManyValues",
        "description": "Parameter  cannot specify more than 100 values",
        "max_count": 100,
    }
