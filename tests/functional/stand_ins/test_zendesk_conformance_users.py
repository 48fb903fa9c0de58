"""Users matched, listed and given more identities: facts/zendesk.md 3."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import Response
from tests.functional.stand_ins.account import AGENT, CALLER, Account, reason

OFTEN = {"user_updates_per_second": 1000, "user_updates_per_user": 1000}
PEOPLE = {"users": [{**CALLER, "external_id": "Connect:1"}, AGENT], "plan": OFTEN,
          "user_fields": [{"key": "vip"}, {"key": "calls"}]}  # fmt: skip


def upsert(account: Account, **user: Any) -> Response:
    return account.post("users/create_or_update", {"user": user})


@pytest.mark.parametrize(
    ("user", "status"),
    [
        ({"email": "GRACE@home.example"}, 200),
        ({"external_id": "connect:1"}, 200),
        ({"phone": CALLER["phone"], "shared_phone_number": True}, 201),
        ({"external_id": "connect:2"}, 201),
    ],
)
def test_3_3_create_or_update_matches_by_email_or_external_id_never_by_phone(
    user: dict[str, Any], status: int
) -> None:
    account = Account(PEOPLE)
    response = upsert(account, name="Grace H.", **user)
    assert response.status == status
    assert (response.json()["user"]["id"] == 7001) == (status == 200)
    assert response.json()["user"]["name"] == "Grace H."


def test_3_3_create_or_update_rewrites_the_case_of_the_external_id() -> None:
    account = Account(PEOPLE)
    upsert(account, name="Grace", external_id="CONNECT:1")
    assert account.get("users/7001").json()["user"]["external_id"] == "CONNECT:1"


def test_3_3_name_alone_makes_a_user_each_time() -> None:
    account = Account(PEOPLE)
    assert upsert(account, name="A").json()["user"]["id"] != upsert(account, name="A").json()["user"]["id"]


def test_4_create_or_update_is_limited_as_an_update_is() -> None:
    account = Account({"users": [CALLER, AGENT]})
    assert upsert(account, name="G", email=CALLER["email"]).headers["zendesk-ratelimit-users-update"]
    assert upsert(account, name="G", email=AGENT["email"]).status == 429
    assert account.put_user(901, notes="x").status == 429
    for count in range(4):
        account.later(1)
        assert account.put_user(7001, notes=str(count)).status == 200
    account.later(1)
    assert upsert(account, name="Gr", email=CALLER["email"]).status == 429
    account.later(1)
    assert upsert(account, name="Gr", email=AGENT["email"]).status == 200


@pytest.mark.parametrize(
    ("rule", "left"), [("kept", {"vip": "a", "calls": 3}), ("emptied", {"vip": None, "calls": 3})]
)
def test_3_3_user_fields_that_are_not_given_stay_or_go(rule: str, left: dict[str, Any]) -> None:
    account = Account(PEOPLE, user_fields_not_given=rule)
    account.put_user(7001, user_fields={"vip": "a"})
    account.put_user(7001, notes="x")
    assert account.put_user(7001, user_fields={"calls": 3}).json()["user"]["user_fields"] == left


@pytest.mark.parametrize(("rule", "status"), [("ignored", 200), ("refused", 422)])
def test_3_3_unknown_user_fields_are_ignored_or_refused(rule: str, status: int) -> None:
    account = Account(PEOPLE, unknown_user_fields=rule)
    response = account.put_user(7001, user_fields={"vip": "a", "mistyped": 1})
    assert response.status == status
    assert account.get("users/7001").json()["user"]["user_fields"]["vip"] == ("a" if status == 200 else None)


def test_3_3_user_fields_are_made_and_listed() -> None:
    account = Account(PEOPLE)
    asked = {"key": "voice_id", "title": "Voice ID", "type": "text"}
    assert account.post("user_fields", {"user_field": asked}).status == 201
    assert account.get("users/7001").json()["user"]["user_fields"]["voice_id"] is None
    assert (
        account.put_user(7001, user_fields={"voice_id": "x"}).json()["user"]["user_fields"]["voice_id"] == "x"
    )
    assert [f["key"] for f in account.get("user_fields").json()["user_fields"]] == [
        "vip",
        "calls",
        "voice_id",
    ]
    assert "taken" in reason(account.post("user_fields", {"user_field": asked}), "key")
    for wrong, field in (({"key": "5"}, "key"), ({"title": ""}, "title"), ({"type": "song"}, "type")):
        assert reason(account.post("user_fields", {"user_field": {**asked, "key": "new", **wrong}}), field)


def test_3_1_further_number_is_an_identity_and_stays_when_the_users_own_changes() -> None:
    account = Account(PEOPLE)
    asked = {"identity": {"type": "phone_number", "value": "+441632960555"}}
    made = account.post("users/7001/identities", asked)
    assert (made.status, made.json()["identity"]["primary"]) == (201, False)
    assert reason(account.post("users/901/identities", asked), "phone")
    account.put_user(7001, phone="+441632960777")
    values = [item["value"] for item in account.get("users/7001/identities").json()["identities"]]
    assert values == ["grace@home.example", "+441632960555", "+441632960777"]
    number = made.json()["identity"]["id"]
    assert account.delete(f"users/7001/identities/{number}").status == 204
    assert account.post("users/901/identities", asked).status == 201


@pytest.mark.parametrize(
    ("identity", "field"),
    [
        ({"type": "pigeon", "value": "x"}, "type"),
        ({"type": "email", "value": ""}, "value"),
        ({"type": "email", "value": "no address"}, "email"),
        ({"type": "email", "value": AGENT["email"]}, "email"),
    ],
)
def test_3_1_identity_that_cannot_be_is_refused(identity: dict[str, Any], field: str) -> None:
    assert reason(Account(PEOPLE).post("users/7001/identities", {"identity": identity}), field)


@pytest.mark.parametrize(("says", "error"), [("code", "DuplicateValue"), ("sentence", None)])
def test_3_2_duplicate_number_is_refused_with_a_code_or_in_words_only(says: str, error: str | None) -> None:
    response = Account(PEOPLE, duplicate_phone_says=says).add_user(name="B", phone=CALLER["phone"])
    assert "already being used" in reason(response, "phone")
    assert response.json()["details"]["phone"][0].get("error") == error


def test_3_4_agents_are_listed_by_role_page_by_page() -> None:
    users = [{"id": 900 + n, "role": role} for n, role in enumerate(("agent", "admin", "end-user", "agent"))]
    account = Account({"users": users})
    assert [user["id"] for user in account.get("users", role="agent").json()["users"]] == [900, 903]
    query = {"role[]": "agent,admin", "page[size]": 2}
    first = account.send("GET", "/api/v2/users", query=query).json()
    rest = account.send(
        "GET", "/api/v2/users", query={**query, "page[after]": first["meta"]["after_cursor"]}
    ).json()
    assert [user["id"] for user in first["users"] + rest["users"]] == [900, 901, 903]


def test_3_1_many_users_are_shown_with_their_identities() -> None:
    account = Account(PEOPLE)
    content = account.get("users/show_many", ids="901,4711,7001", include="identities").json()
    assert [user["id"] for user in content["users"]] == [901, 7001]
    assert {identity["user_id"] for identity in content["identities"]} == {901, 7001}
    assert [u["id"] for u in account.get("users/show_many", external_ids="connect:1,x").json()["users"]] == [
        7001
    ]
    assert account.get("users/show_many", ids="x").status == 400


def test_3_3_locale_wins_over_its_id() -> None:
    user = Account(PEOPLE).put_user(7001, locale="pt-BR", locale_id=1176).json()["user"]
    assert (user["locale"], user["locale_id"]) == ("pt-BR", 1)


@pytest.mark.parametrize(("needed", "status"), [(True, 422), (False, 201)])
def test_2_1_requester_object_needs_a_name_or_not(needed: bool, status: int) -> None:
    account = Account(requester_name_needed=needed)
    response = account.create(requester_id=None, requester={"phone": "+441632960444"})
    assert response.status == status


def test_3_3_a_user_field_that_is_deleted_takes_its_values_with_it() -> None:
    account = Account(PEOPLE)
    asked = {"key": "voice", "type": "text", "title": "Voice", "description": "Made by us"}
    made = account.post("user_fields", {"user_field": asked}).json()["user_field"]
    assert made["description"] == "Made by us"
    account.put_user(7001, user_fields={"voice": "a"})
    assert account.send("DELETE", f"/api/v2/user_fields/{made['id']}").status == 204
    assert account.send("DELETE", f"/api/v2/user_fields/{made['id']}").status == 404
    assert "voice" not in account.get("users/7001").json()["user"]["user_fields"]
    assert "voice" not in [field["key"] for field in account.get("user_fields").json()["user_fields"]]
