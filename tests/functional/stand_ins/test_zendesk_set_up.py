"""What administrators set up, and what becomes of values that do not fit it: facts/zendesk-2.md D2."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import WorldError
from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, Account

TIER = {
    "id": 31,
    "type": "tagger",
    "title": "Tier",
    "custom_field_options": [{"name": "Gold", "value": "gold"}],
}
CODE = {"id": 32, "type": "regexp", "title": "Code", "regexp_for_validation": "^[A-Z]{2}$"}
COUNT = {"id": 33, "type": "integer", "title": "Count"}
DUE = {"id": 34, "type": "date", "title": "Due"}
VIP = {"id": 35, "type": "checkbox", "title": "VIP"}
PRICE = {"id": 36, "type": "decimal", "title": "Price"}
WORDS = {"id": 37, "title": "Words"}
WORLD: dict[str, Any] = {
    "users": [AGENT, {"id": 902, "name": "Bo", "role": "agent"}, CALLER],
    "ticket_fields": [TIER, CODE, COUNT, DUE, VIP, PRICE, WORDS],
    "ticket_forms": [{"id": 41, "name": "Default", "default": True, "ticket_field_ids": [31, 32]}],
    "groups": [{"id": 51, "name": "Support"}, {"id": 52, "name": "Billing"}],
    "group_memberships": [
        {"id": 61, "user_id": 901, "group_id": 51}, {"id": 62, "user_id": 902, "group_id": 52},
    ],
    "brands": [{"id": 71, "name": "Acme"}],
    "installations": [{"id": 81, "app_id": 5, "settings": {"name": "Connect", "address": "https://x.example"}}],
}  # fmt: skip


def fields(account: Account, ticket: int) -> dict[int, Any]:
    return {field["id"]: field["value"] for field in account.ticket(ticket)["custom_fields"]}


@pytest.mark.parametrize(
    ("path", "name", "ids"),
    [
        ("ticket_fields", "ticket_fields", [31, 32, 33, 34, 35, 36, 37]),
        ("ticket_forms", "ticket_forms", [41]),
        ("groups", "groups", [51, 52]),
        ("groups/52/memberships", "group_memberships", [62]),
        ("group_memberships", "group_memberships", [61, 62]),
        ("users/901/group_memberships", "group_memberships", [61]),
        ("brands", "brands", [71]),
        ("apps/installations", "installations", [81]),
        ("locales", "locales", [1, 8, 16, 2, 67]),
    ],
)
def test_lists_are_those_of_the_world(path: str, name: str, ids: list[int]) -> None:
    account = Account(WORLD)
    assert [entry["id"] for entry in account.get(path).json()[name]] == ids
    first = account.page(path, page_size=1)
    assert [entry["id"] for entry in first[name]] == ids[:1]
    if name != "locales":
        assert Account().get(path).json()[name] == []


@pytest.mark.parametrize(
    ("path", "name", "has"),
    [
        ("ticket_fields/31", "ticket_field", {"type": "tagger", "required": False}),
        ("ticket_forms/41", "ticket_form", {"ticket_field_ids": [31, 32]}),
        ("groups/51", "group", {"name": "Support"}),
        ("brands/71", "brand", {"name": "Acme"}),
        ("apps/installations/81", "", {"app_id": 5, "enabled": True}),
    ],
)
def test_one_of_a_list_is_shown(path: str, name: str, has: dict[str, Any]) -> None:
    account = Account(WORLD)
    shown = account.get(path).json()
    shown = shown[name] if name else shown
    assert {key: shown[key] for key in has} == has
    assert account.get(f"{path}9").json()["error"] == "RecordNotFound"


def test_current_locale_is_that_of_the_user() -> None:
    assert Account().get("locales/current").json()["locale"]["locale"] == "en-US"
    users = [{"id": 1, "role": "admin", "locale": "fr"}]
    account = Account({"users": users}, integration_user_id=1)
    assert account.get("locales/current").json()["locale"]["id"] == 16
    assert account.get("users/me").json()["user"]["locale"] == "fr"


def test_5_installed_apps_have_a_scope_of_their_own() -> None:
    assert Account(WORLD, scope="apps:read").get("apps/installations").status == 200
    assert Account(WORLD, scope="tickets:read").get("apps/installations").status == 403


@pytest.mark.parametrize(
    "world", [{"groups": {}}, {"brands": [{"id": 1}, {"id": 1}]}, {"ticket_fields": [5]}]
)
def test_list_that_cannot_be_read_is_refused(world: dict[str, Any]) -> None:
    with pytest.raises(WorldError, match="Zendesk world"):
        Account(world)


@pytest.mark.parametrize(
    ("number", "value"), [(31, "tin"), (31, ["gold", "tin"]), (99, "x"), (35, "perhaps"), (31, 5)]
)
def test_D2_unknown_field_or_option_is_dropped_without_a_word(number: int, value: object) -> None:
    account = Account(WORLD)
    ticket = account.created(custom_fields=[{"id": 31, "value": "gold"}, {"id": 35, "value": True}])
    answer = account.put(ticket, custom_fields=[{"id": number, "value": value}], comment=NOTE)
    assert answer.status == 200
    assert fields(account, ticket) == {31: "gold", 32: None, 33: None, 34: None, 35: True, 36: None, 37: None}


@pytest.mark.parametrize(
    ("number", "value", "kind"),
    [
        (32, "abc", "FieldRegexp"), (33, "many", "FieldInteger"), (34, "soon", "FieldDate"),
        (36, "a lot", "FieldDecimal"),
    ],
)  # fmt: skip
def test_D2_value_of_a_checked_field_is_refused(number: int, value: str, kind: str) -> None:
    account = Account(WORLD)
    answer = account.create(custom_fields=[{"id": number, "value": value}])
    (entry,) = answer.json()["details"]["base"]
    assert (answer.status, entry["error"], entry["ticket_field_id"]) == (422, "InvalidValue", number)
    assert (entry["ticket_field_type"], entry["field_key"]) == (kind, number)
    assert account.zendesk.tickets() == []


def test_values_that_fit_are_kept() -> None:
    account = Account(WORLD)
    values = {31: "gold", 32: "AB", 33: "7", 34: "2026-11-20", 35: False, 36: "1.5", 37: "any"}
    ticket = account.created(custom_fields=[{"id": n, "value": v} for n, v in values.items()])
    assert fields(account, ticket) == values
    account.put(ticket, custom_fields=[{"id": 31, "value": None}])
    assert fields(account, ticket) == {**values, 31: None}


@pytest.mark.parametrize(("rule", "status"), [("refused", 422), ("dropped", 200)])
@pytest.mark.parametrize(
    ("name", "key"), [("group_id", "group"), ("brand_id", "brand"), ("ticket_form_id", "ticket_form")]
)
def test_unknown_group_brand_or_form_is_refused_or_dropped(
    name: str, key: str, rule: str, status: int
) -> None:
    account = Account(WORLD, unknown_ticket_ids=rule)
    ticket = account.created()
    before = account.get(f"tickets/{ticket}").json()["ticket"].get(name)
    answer = account.put(ticket, **{name: 99})
    assert answer.status == status
    assert status == 200 or answer.json()["details"][key][0]["error"] == "InvalidValue"
    assert account.get(f"tickets/{ticket}").json()["ticket"].get(name) == before


def test_D2_assignee_has_to_be_in_the_group() -> None:
    account = Account(WORLD)
    ticket = account.created(group_id=51)
    answer = account.put(ticket, assignee_id=902)
    assert [entry.get("error") for entry in answer.json()["details"]["assignee"]] == ["InvalidValue", None]
    assert account.put(ticket, assignee_id=901).status == 200
    assert account.put(ticket, group_id=52).status == 422
    assert account.put(ticket, group_id=52, assignee_id=902).status == 200


def test_D2_required_fields_are_needed_to_solve() -> None:
    needed = [
        {**COUNT, "required": True},
        {"id": 30, "type": "assignee", "title": "Assignee", "required": True},
    ]
    account = Account({**WORLD, "ticket_fields": needed})
    ticket = account.created()
    answer = account.put(ticket, status="solved", comment=NOTE)
    entries = answer.json()["details"]["base"]
    assert [(entry["error"], entry["ticket_field_id"], entry["ticket_field_type"]) for entry in entries] == [
        (None, 33, "FieldInteger"), (None, 30, "FieldAssignee"),
    ]  # fmt: skip
    assert (account.ticket(ticket)["status"], len(account.ticket(ticket)["comments"])) == ("new", 1)
    assert account.put(ticket, status="pending").status == 200
    filled = account.put(ticket, status="solved", assignee_id=901, custom_fields=[{"id": 33, "value": "1"}])
    assert filled.status == 200


def test_without_lists_everything_is_taken_as_it_comes() -> None:
    account = Account()
    ticket = account.created(
        group_id=99, brand_id=98, ticket_form_id=97, custom_fields=[{"id": 1, "value": "x"}], assignee_id=901
    )
    assert fields(account, ticket) == {1: "x"}
    assert account.put(ticket, status="solved").status == 200
