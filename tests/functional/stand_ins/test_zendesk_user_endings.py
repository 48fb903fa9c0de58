"""Users suspended, deleted, merged, and values dropped: facts/zendesk.md 3, facts/zendesk-2.md D2."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import Response
from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, Account, reason

TWIN = {"id": 7002, "name": "Caller +441632960009", "phone": "+441632960009", "external_id": "connect:9"}
FIELDS = [
    {"key": "vip", "type": "checkbox"},
    {"key": "calls", "type": "integer"},
    {"key": "score", "type": "decimal"},
    {"key": "since", "type": "date"},
    {"key": "tier", "type": "dropdown", "custom_field_options": [{"name": "Gold", "value": "gold"}]},
    {"key": "code", "type": "regexp", "regexp_for_validation": "^[A-Z]{2}$"},
    {"key": "words", "type": "text"},
]
WORLD: dict[str, Any] = {
    "users": [AGENT, CALLER, TWIN],
    "user_fields": FIELDS,
    "tickets": [{"id": 5, "requester_id": 7002, "comments": [NOTE]}],
    "plan": {"user_updates_per_second": 1000, "user_updates_per_user": 1000},
}


def merge(account: Account, source: int, target: object) -> Response:
    return account.send("PUT", f"/api/v2/users/{source}/merge", {"user": {"id": target}})


def test_D2_deleted_user_is_shown_and_not_active() -> None:
    account = Account(WORLD)
    deleted = account.delete("users/7002")
    assert (deleted.status, deleted.json()["user"]["active"]) == (200, False)
    assert account.get("users/7002").json()["user"]["active"] is False
    assert account.get("users/7002/identities").json()["identities"] == []
    assert 7002 not in [user["id"] for user in account.get("users").json()["users"]]
    assert account.get("users", external_id="connect:9").json()["users"] == []
    for answer in (
        account.delete("users/7002"),
        account.put_user(7002, name="x"),
        merge(account, 7002, 7001),
    ):
        assert (answer.status, answer.json()["error"]) == (404, "RecordNotFound")


def test_3_1_search_finds_a_deleted_user_for_a_while() -> None:
    account = Account(WORLD)
    account.delete("users/7002")
    assert account.search_users("phone:*1632960009") == [7002]
    account.later(120)
    assert account.search_users("phone:*1632960009") == []


def test_D2_number_and_external_id_of_a_deleted_user_are_free() -> None:
    account = Account(WORLD)
    account.delete("users/7002")
    assert account.add_user(name="N", phone=TWIN["phone"], external_id="connect:9").status == 201


@pytest.mark.parametrize("ended", ["deleted", "merged"])
def test_D2_whoever_is_gone_requests_no_ticket(ended: str) -> None:
    account = Account(WORLD)
    if ended == "deleted":
        account.delete("users/7002")
    else:
        assert merge(account, 7002, 7001).status == 200
    refused = account.create(requester_id=7002)
    assert refused.json()["details"]["requester"][0]["error"] == "InvalidValue"
    assert account.put(5, comment=NOTE).status == 200


@pytest.mark.parametrize(("option", "status"), [("missing", 404), ("inactive", 200)])
def test_D2_merged_user_is_missing_or_inactive(option: str, status: int) -> None:
    account = Account(WORLD, merged_user=option)
    merged = merge(account, 7002, 7001)
    assert (merged.status, merged.json()["user"]["id"]) == (200, 7001)
    answer = account.get("users/7002")
    assert answer.status == status
    assert status == 404 or answer.json()["user"]["active"] is False
    shown = account.get("users/show_many", ids="7001,7002").json()["users"]
    assert [user["id"] for user in shown] == ([7001] if status == 404 else [7001, 7002])


def test_D2_identities_and_tickets_move_to_the_other_user() -> None:
    account = Account(WORLD)
    merge(account, 7002, 7001)
    identities = account.get("users/7001/identities").json()["identities"]
    assert [(item["value"], item["user_id"], item["primary"]) for item in identities] == [
        ("grace@home.example", 7001, True), ("+441632960001", 7001, False), ("+441632960009", 7001, False),
    ]  # fmt: skip
    assert account.ticket(5)["requester_id"] == 7001
    assert [t["id"] for t in account.get("users/7001/tickets/requested").json()["tickets"]] == [5]
    assert reason(account.add_user(name="N", phone=TWIN["phone"]), "phone")
    assert account.get("users/7001").json()["user"]["phone"] == CALLER["phone"]


def test_D2_user_without_a_number_takes_that_of_the_merged_one() -> None:
    account = Account({**WORLD, "users": [AGENT, {"id": 7001, "name": "Grace"}, TWIN]})
    merge(account, 7002, 7001)
    user = account.get("users/7001").json()["user"]
    assert (user["phone"], user["shared_phone_number"]) == (TWIN["phone"], False)
    account.later(120)
    assert account.search_users("phone:*1632960009") == [7001]


@pytest.mark.parametrize(
    ("source", "target", "status"),
    [
        (7002, 7002, 422),
        (7002, 901, 422),
        (901, 7001, 422),
        (7002, 4711, 404),
        (4711, 7001, 404),
        (7002, None, 404),
    ],
)
def test_D2_merge_of_what_cannot_be_is_refused(source: int, target: object, status: int) -> None:
    account = Account(WORLD)
    assert merge(account, source, target).status == status
    assert [user["active"] for user in account.zendesk.users()] == [True] * 3


def test_owner_of_the_OAuth_client_does_not_delete_itself() -> None:
    assert reason(Account(WORLD, integration_user_id=901).delete("users/901"), "base")


def test_D2_user_suspended_by_an_agent_requests_no_more() -> None:
    account = Account(WORLD)
    account.zendesk.act(901, "PUT", "/api/v2/users/7002", {"user": {"suspended": True}})
    assert account.create(requester_id=7002).json()["details"]["requester"][0]["error"] == "UserSuspended"
    assert account.put(5, requester_id=7002, comment=NOTE).status == 422
    assert account.put(5, comment=NOTE).status == 200


@pytest.mark.parametrize(("allowed", "status"), [(True, 200), (False, 422)])
def test_2_4_ticket_of_a_suspended_requester_can_be_updated_or_not(allowed: bool, status: int) -> None:
    account = Account(WORLD, suspended_requester_updated=allowed)
    account.put_user(7002, suspended=True)
    answer = account.put(5, comment=NOTE)
    assert answer.status == status
    assert status == 200 or answer.json()["details"]["requester"][0]["error"] == "UserSuspended"
    assert account.put(5, requester_id=7001, comment=NOTE).status == 200


@pytest.mark.parametrize(("copied", "status"), [(True, 422), (False, 201)])
def test_2_4_follow_up_of_a_suspended_requesters_ticket(copied: bool, status: int) -> None:
    closed = {"id": 6, "requester_id": 7002, "status": "closed"}
    account = Account({**WORLD, "tickets": [closed]}, followup_copies_requester=copied)
    account.put_user(7002, suspended=True)
    asked = {"ticket": {"via_followup_source_id": 6, "comment": NOTE}}
    answer = account.post("tickets", asked)
    assert answer.status == status
    named = {"ticket": {**asked["ticket"], "requester_id": 7002}}
    assert account.post("tickets", named).json()["details"]["requester"][0]["error"] == "UserSuspended"


@pytest.mark.parametrize(("rule", "kept"), [("kept", "call me"), ("dropped", None)])
def test_3_2_phone_that_is_no_number_is_kept_or_dropped(rule: str, kept: str | None) -> None:
    account = Account(WORLD, odd_phone=rule)
    made = account.add_user(name="N", phone="call me").json()["user"]
    assert made["phone"] == kept
    assert account.add_user(name="M", phone="(0163) 296-0007").json()["user"]["phone"] == "(0163) 296-0007"


WRONG = {
    "vip": "yes",
    "calls": "7",
    "score": "1.5",
    "since": "soon",
    "tier": "tin",
    "code": "abc",
    "words": 5,
}
RIGHT = {
    "vip": True,
    "calls": 7,
    "score": 1.5,
    "since": "2026-11-20",
    "tier": "gold",
    "code": "AB",
    "words": "a",
}


@pytest.mark.parametrize("rule", ["kept", "dropped", "refused"])
def test_3_3_value_of_another_type_is_kept_dropped_or_refused(rule: str) -> None:
    account = Account(WORLD, wrong_user_field_values=rule)
    assert account.put_user(7001, user_fields=RIGHT).json()["user"]["user_fields"] == RIGHT
    for key, value in WRONG.items():
        answer = account.put_user(7001, user_fields={key: value})
        now = account.get("users/7001").json()["user"]["user_fields"]
        assert now[key] == (value if rule == "kept" else RIGHT[key])
        assert answer.status == (422 if rule == "refused" else 200)
        assert rule != "refused" or list(answer.json()["details"]) == [key]
    assert account.put_user(7001, user_fields=dict.fromkeys(RIGHT)).status == 200
