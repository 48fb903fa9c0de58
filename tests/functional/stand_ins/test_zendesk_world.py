"""What a world becomes."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import WorldError
from tests.functional.stand_ins.account import Account


def test_sparse_user_gets_zendesks_defaults() -> None:
    account = Account(
        {"users": [{"phone": "+441632960001"}, {"id": 5}, {"name": "A", "user_fields": {"vip": 1}}]}
    )
    first, second, third = sorted(account.zendesk.users(), key=lambda user: user["name"])
    assert (first["name"], first["id"]) == ("+441632960001", 6)
    assert (second["name"], second["user_fields"]) == ("A", {"vip": 1})
    assert (third["name"], third["role"], third["suspended"]) == ("User 5", "end-user", False)
    assert {user["created_at"] for user in (first, second, third)} == {"2026-11-20T10:00:00Z"}


def test_sparse_ticket_gets_zendesks_defaults_and_its_comments() -> None:
    comments = [
        {"body": "I called", "public": True, "author_id": 7001, "created_at": "2026-11-01T00:00:00Z"},
        {"body": "Noted", "public": False, "metadata": {"leg": "1"}},
        {"public": False, "data": {"call_duration": 3}},
    ]
    account = Account({"tickets": [{"id": 3, "requester_id": 7001, "comments": comments}, {"subject": "B"}]})
    ticket, other = account.zendesk.tickets()
    assert (ticket["status"], ticket["is_public"], ticket["metadata"]) == (
        "open",
        True,
        [{}, {"leg": "1"}, {}],
    )
    assert [(c["kind"], c["public"]) for c in ticket["comments"]] == [
        ("comment", True), ("comment", False), ("voice_comment", False),
    ]  # fmt: skip
    assert ticket["comments"][0]["author_id"] == 7001
    assert (other["id"], other["comments"], other["is_public"]) == (4, [], True)


def test_new_ids_do_not_collide_with_the_worlds() -> None:
    account = Account({"users": [{"id": 500}], "tickets": [{"id": 7, "requester_id": 900}]})
    assert account.add_user(name="A").json()["user"]["id"] == 901
    assert account.created(requester_id=500) == 8
    assert Account({}).add_user(name="A").json()["user"]["id"] == 101


def test_one_number_of_two_users_is_nobodys_direct_line() -> None:
    same = [{"id": 1, "phone": "+441632960001"}, {"id": 2, "phone": "+44 1632 960001"}]
    account = Account({"users": [*same, {"id": 3, "phone": "+441632960003"}]})
    assert [user["shared_phone_number"] for user in account.zendesk.users()] == [True, True, False]


def test_world_is_searched_from_the_start() -> None:
    assert Account().search_users("phone:*1632960001") == [7001]


@pytest.mark.parametrize(
    "world",
    [
        {"people": []},
        {"users": {}},
        {"users": [1]},
        {"users": [{"id": "7001"}]},
        {"users": [{"id": 1}, {"id": 1}]},
        {"user_fields": [{"title": "no key"}]},
        {"tickets": [{"updated_at": "yesterday"}]},
        {"tickets": [{"comments": [{"body": ""}]}]},
        {"tickets": [{"requester_id": "abc"}]},
        {"macros": [{"title": "nothing to do"}]},
        {"plan": 5},
        {"plan": "suite_team"},
        {"plan": {"requests_per_minute": "many"}},
        {"plan": {"requests_per_minute": -1}},
        {"plan": {"high_volume": "yes"}},
        {"plan": {"name": 5}},
    ],
)
def test_world_that_cannot_be_read_is_refused(world: dict[str, Any]) -> None:
    with pytest.raises(WorldError, match="Zendesk world"):
        Account(world)


def test_macros_of_a_world_keep_their_ids() -> None:
    macro = {"id": 7, "title": "Tag", "actions": [{"field": "current_tags", "value": "x"}]}
    assert Account({"macros": [macro]}).get("macros/7").json()["macro"]["title"] == "Tag"


def test_integration_user_must_be_of_the_world() -> None:
    with pytest.raises(WorldError, match="4711"):
        Account(integration_user_id=4711)


def test_moments_are_kept_as_zendesk_writes_them() -> None:
    account = Account({"tickets": [{"created_at": "2026-11-01T01:00:00.750+01:00", "external_id": 5}]})
    ticket = account.zendesk.tickets()[0]
    assert (ticket["created_at"], ticket["updated_at"]) == ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z")
    assert ticket["external_id"] == "5"


def test_revision_grows_with_each_change() -> None:
    account = Account()
    seen = [account.zendesk.revision]
    for change in (
        account.created,
        lambda: account.add_user(name="A"),
        lambda: account.zendesk.replace({}),
    ):
        change()
        seen.append(account.zendesk.revision)
    assert seen == sorted(set(seen))


def test_snapshot_is_a_copy() -> None:
    account = Account()
    account.zendesk.users()[0]["name"] = "changed"
    assert account.zendesk.users()[0]["name"] == "Ada Byron"
