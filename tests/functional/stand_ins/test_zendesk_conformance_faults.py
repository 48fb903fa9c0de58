"""What can be made to go wrong, and an agent at work beside it."""

from __future__ import annotations

import json

import pytest

from tests.functional.stand_ins.account import NOTE, Account


def test_faults_are_listed_with_their_arguments_and_can_all_be_applied() -> None:
    account = Account()
    values = {
        "seconds": 5,
        "count": 2,
        "yes or no": True,
        "endpoint": "GET /api/v2/users/{id}",
        "fault": "slow",
        "text": "phone",
        "status": 403,
        "body": "html",
    }
    for fault in account.zendesk.faults.catalogue():
        assert fault["what"]
        assert json.dumps(fault)
        needed = {a["name"]: values[a["kind"]] for a in fault["arguments"] if a["needed"]}
        for arguments in (needed, {a["name"]: values[a["kind"]] for a in fault["arguments"]}):
            account.zendesk.faults.apply({fault["name"]: arguments})
    names = {fault["name"] for fault in account.zendesk.faults.active()}
    assert names == {fault["name"] for fault in account.zendesk.faults.catalogue()} - {
        "clear",
        "revoke_tokens",
    }


def test_active_faults_say_what_is_left_and_until_when() -> None:
    account = Account()
    account.zendesk.faults.apply(
        {"outage": {"count": 2, "matching": "GET /api/v2/users/{id}"}, "rate_limit": {"seconds": 90}}
    )
    account.later(90)
    account.get("users/7001")
    assert account.zendesk.faults.active() == [
        {"name": "outage", "matching": "GET /api/v2/users/{id}", "count": 1, "seconds": None, "until": None}
    ]
    account.zendesk.faults.slow(3, lasting=60)
    assert account.zendesk.faults.active()[1]["until"] == "2026-11-20T10:02:30Z"
    account.later(60)
    assert len(account.zendesk.faults.active()) == 1


def test_index_lag_changes_what_is_on_its_way_and_ends_with_the_fault() -> None:
    account = Account()
    account.created(subject="one")
    account.zendesk.faults.apply({"index_lag": {"seconds": 0}})
    account.created(subject="two")
    assert account.get("search", query="type:ticket").json()["count"] == 2
    account.zendesk.faults.apply({"index_lag": {"seconds": 600, "lasting": 60}})
    account.created(subject="three")
    account.later(120)
    assert account.get("search", query="type:ticket").json()["count"] == 2
    account.created(subject="four")
    account.zendesk.faults.clear()
    assert account.get("search", query="type:ticket").json()["count"] == 3
    account.later(120)
    assert account.get("search", query="type:ticket").json()["count"] == 4


def test_one_fault_can_be_ended_and_the_others_stay() -> None:
    account = Account()
    account.zendesk.faults.apply({"outage": {}, "slow": {"seconds": 1}})
    account.zendesk.faults.apply({"clear": {"only": "outage"}})
    assert [fault["name"] for fault in account.zendesk.faults.active()] == ["slow"]
    with pytest.raises(ValueError, match="storm"):
        account.zendesk.faults.apply({"clear": {"only": "storm"}, "outage": {}})
    assert [fault["name"] for fault in account.zendesk.faults.active()] == ["slow"]


def test_conflict_hits_writes_only_and_does_nothing() -> None:
    account = Account()
    account.zendesk.faults.conflict(1)
    assert account.get("users/7001").status == 200
    response = account.create(comment=NOTE)
    assert (response.status, response.json()["error"]) == (409, "DatabaseConflict")
    assert account.zendesk.tickets() == []
    assert account.create(comment=NOTE).status == 201


def test_an_agent_at_work_needs_no_token_and_is_not_counted() -> None:
    account = Account()
    ticket = account.created()
    account.zendesk.faults.outage()
    before = dict(account.zendesk.requests)
    answer = account.zendesk.act(901, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"comment": NOTE}})
    assert (answer.status, account.ticket(ticket)["comments"][-1]["author_id"]) == (200, 901)
    assert account.zendesk.act(901, "GET", "/api/v2/nothing").status == 404
    assert dict(account.zendesk.requests) == before
    with pytest.raises(ValueError, match="4711"):
        account.zendesk.act(4711, "GET", "/api/v2/tickets")
