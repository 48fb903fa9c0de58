"""Users: facts/zendesk.md 3."""

from __future__ import annotations

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, Account, reason


def test_3_3_user_is_shown_by_id_and_unknown_ones_are_not_found() -> None:
    account = Account()
    shown = account.get("users/7001.json").json()["user"]
    assert (shown["name"], shown["role"], shown["phone"]) == ("Grace Hopper", "end-user", "+441632960001")
    for path in ("users/7002", "users/abc"):
        response = account.get(path)
        assert (response.status, response.json()["error"]) == (404, "RecordNotFound")


def test_3_2_phone_only_user_is_created_with_a_direct_line() -> None:
    account = Account()
    response = account.add_user(name="Caller +441632960002", phone="+441632960002", skip_verify_email=True)
    user = response.json()["user"]
    assert response.status == 201
    assert (user["phone"], user["shared_phone_number"], user["role"]) == ("+441632960002", False, "end-user")
    identities = account.get(f"users/{user['id']}/identities").json()["identities"]
    assert [(item["type"], item["value"]) for item in identities] == [("phone_number", "+441632960002")]


def test_3_2_shared_number_is_no_identity() -> None:
    account = Account()
    user = account.add_user(name="Office", phone="+441632960002", shared_phone_number=True).json()["user"]
    assert account.get(f"users/{user['id']}/identities").json()["identities"] == []


def test_3_2_absent_flag_can_mean_a_shared_number() -> None:
    account = Account(phone_is_direct_line_by_default=False)
    assert account.add_user(name="A", phone=CALLER["phone"]).json()["user"]["shared_phone_number"] is True


@pytest.mark.parametrize("name", [None, "", "  "])
def test_3_3_user_needs_a_name(name: str | None) -> None:
    assert reason(Account().add_user(name=name), "name") == "Name: cannot be blank"


@pytest.mark.parametrize("phone", ["+441632960001", "+44 1632 960001"])
def test_3_2_direct_line_of_somebody_else_is_refused(phone: str) -> None:
    account = Account()
    response = account.add_user(name="Twin", phone=phone)
    assert "already being used" in reason(response, "phone")
    assert account.add_user(name="Twin", phone=phone, shared_phone_number=True).status == 201
    assert len(account.zendesk.users()) == 3


def test_3_2_malformed_number_is_refused_where_the_account_validates() -> None:
    asked = {"name": "A", "phone": "01632 960002"}
    assert Account().add_user(**asked).status == 201
    response = Account(validate_phone_numbers=True).add_user(**asked)
    assert response.json()["details"]["phone"][0]["error"] == "InvalidFormat"


@pytest.mark.parametrize("field", ["email", "external_id"])
def test_3_3_address_and_external_id_belong_to_one_user(field: str) -> None:
    account = Account()
    assert account.add_user(name="A", **{field: "one@home.example"}).status == 201
    response = account.add_user(name="B", **{field: "ONE@home.example"})
    assert response.json()["details"][field][0]["error"] == "DuplicateValue"
    if field == "external_id":
        assert reason(response, field) == "External has already been taken"


def test_2_6_details_can_come_as_single_objects() -> None:
    response = Account(error_details="object").add_user()
    assert response.json()["details"] == {"name": {"description": "Name: cannot be blank"}}


def test_3_1_external_id_finds_a_user_at_once() -> None:
    account = Account()
    user = account.add_user(name="A", external_id="connect:1").json()["user"]["id"]
    for path in ("users", "users/search"):
        found = account.get(path, external_id="CONNECT:1").json()["users"]
        assert [entry["id"] for entry in found] == [user]
        assert account.get(path, external_id="connect:2").json()["users"] == []


def test_3_3_user_fields_are_merged_and_unknown_keys_dropped_without_a_word() -> None:
    account = Account(
        {"users": [CALLER], "user_fields": [{"key": "vip"}, {"key": "calls", "type": "integer"}]}
    )
    account.put_user(7001, user_fields={"vip": "yes"})
    account.later(1)
    response = account.put_user(7001, user_fields={"calls": 3, "mistyped": 1})
    assert response.status == 200
    assert response.json()["user"]["user_fields"] == {"vip": "yes", "calls": 3}
    assert [field["key"] for field in account.get("user_fields").json()["user_fields"]] == ["vip", "calls"]


def test_3_3_updated_at_moves_only_on_a_real_change() -> None:
    account = Account()
    before = account.get("users/7001").json()["user"]["updated_at"]
    account.later(60)
    assert account.put_user(7001, name=CALLER["name"]).json()["user"]["updated_at"] == before
    account.later(60)
    assert account.put_user(7001, name="Grace").json()["user"]["updated_at"] == "2026-11-20T10:02:00Z"


def test_3_3_address_given_in_an_update_becomes_a_further_one() -> None:
    account = Account()
    response = account.put_user(7001, email="grace@work.example")
    assert response.json()["user"]["email"] == "grace@home.example"
    values = [item["value"] for item in account.get("users/7001/identities").json()["identities"]]
    assert values == ["grace@home.example", "grace@work.example", "+441632960001"]


def test_3_2_number_added_to_a_user_is_that_users_direct_line() -> None:
    account = Account({"users": [{"id": 1, "name": "A"}, CALLER]})
    assert "already being used" in reason(account.put_user(1, phone=CALLER["phone"]), "phone")
    account.later(1)
    assert account.put_user(1, phone="+441632960003").json()["user"]["shared_phone_number"] is False
    assert "already being used" in reason(account.add_user(name="B", phone="+441632960003"), "phone")


def test_3_3_shared_user_is_not_updated_and_blank_name_is_refused() -> None:
    account = Account({"users": [{"id": 1, "shared": True}, CALLER]})
    assert account.put_user(1, name="x").status == 403
    account.later(1)
    assert reason(account.put_user(7001, name=" "), "name") == "Name: cannot be blank"


def test_4_one_user_update_a_second_for_the_account() -> None:
    account = Account()
    assert account.put_user(7001, notes="1").status == 200
    refused = account.put_user(901, notes="1")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    account.later(1)
    assert account.put_user(901, notes="1").status == 200


def test_4_five_updates_a_minute_for_one_user() -> None:
    account = Account({"users": [AGENT, CALLER]})
    statuses = []
    for count in range(6):
        statuses.append(account.put_user(7001, notes=str(count)).status)
        account.later(2)
    assert statuses == [200] * 5 + [429]
    assert account.put_user(901, notes="other").status == 200
    account.later(60)
    assert account.put_user(7001, notes="again").status == 200
