"""Updating tickets: facts/zendesk.md 2.1, 2.4 and 4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.stand_ins.account import CALLER, NOTE, WORLD, Account, reason


def test_2_4_comment_and_fields_are_written_in_one_update() -> None:
    account = Account()
    ticket = account.created(tags=["one"])
    account.later(60)
    response = account.put(
        ticket,
        comment={"body": "Report", "public": False},
        tags=["two"],
        assignee_id=901,
        metadata={"leg": "1"},
    )
    shown = response.json()["ticket"]
    assert response.status == 200
    assert (shown["status"], shown["tags"], shown["assignee_id"]) == ("open", ["two"], 901)
    assert (shown["created_at"], shown["updated_at"]) == ("2026-11-20T10:00:00Z", "2026-11-20T10:01:00Z")
    assert account.ticket(ticket)["metadata"] == [{}, {"leg": "1"}]
    events = response.json()["audit"]["events"]
    assert [(e["type"], e.get("field_name")) for e in events] == [
        ("Comment", None), ("Change", "status"), ("Change", "assignee_id"), ("Change", "tags"),
    ]  # fmt: skip


def test_2_4_update_that_changes_nothing_moves_nothing() -> None:
    account = Account()
    ticket = account.created(subject="Hi")
    revision = account.zendesk.revision
    account.later(60)
    response = account.put(ticket, subject="Hi", metadata={"leg": "1"})
    assert response.json()["ticket"]["updated_at"] == "2026-11-20T10:00:00Z"
    assert account.ticket(ticket)["metadata"] == [{}]
    assert account.zendesk.revision == revision


def test_2_4_same_update_twice_writes_the_comment_twice() -> None:
    account = Account()
    ticket = account.created()
    for _ in range(2):
        account.put(ticket, comment=NOTE)
    assert len(account.ticket(ticket)["comments"]) == 3


def test_1_2_voice_comment_is_added_as_private_as_the_first_comment() -> None:
    account = Account()
    for public in (True, False):
        ticket = account.created(comment={"body": "x", "public": public})
        response = account.put(ticket, voice_comment={"from": "+441632960001", "call_duration": 3})
        assert response.json()["audit"]["events"][0]["type"] == "VoiceComment"
        assert response.json()["audit"]["events"][0]["data"] == {"from": "+441632960001", "call_duration": 3}
        assert account.ticket(ticket)["comments"][1]["public"] is public
    for rule, public in (("always", True), ("never", False)):
        account = Account(voice_comment_public=rule)
        ticket = account.created()
        account.put(ticket, voice_comment={"call_duration": 3})
        assert account.ticket(ticket)["comments"][1]["public"] is public
        assert account.ticket(ticket)["is_public"] is public


def test_10_4_voice_comment_beside_a_text_comment_is_dropped() -> None:
    account = Account()
    ticket = account.created()
    account.put(ticket, comment=NOTE, voice_comment={"call_duration": 3})
    assert [c["kind"] for c in account.ticket(ticket)["comments"]] == ["comment", "comment"]


def test_2_1_comment_without_a_flag_is_as_public_as_the_first() -> None:
    account = Account()
    for first, flags in ((False, [False, False]), (True, [True, True])):
        ticket = account.created(comment={"body": "x", "public": first})
        account.put(ticket, comment={"body": "y"})
        assert [c["public"] for c in account.ticket(ticket)["comments"]] == flags


def test_2_1_ticket_is_public_with_any_public_comment() -> None:
    account = Account()
    ticket = account.created()
    assert account.ticket(ticket)["is_public"] is False
    account.put(ticket, comment={"body": "Hello", "public": True})
    assert account.ticket(ticket)["is_public"] is True


@pytest.mark.parametrize("key", ["status", "base"])
def test_2_4_closed_ticket_refuses_every_update(key: str) -> None:
    account = Account(
        {**WORLD, "tickets": [{"id": 5, "status": "closed", "requester_id": 7001}]}, closed_error_key=key
    )
    for response in (
        account.put(5, comment=NOTE),
        account.send("PUT", "/api/v2/tickets/5/tags", {"tags": ["x"]}),
    ):
        assert reason(response, key) == "Status: closed prevents ticket update"
    assert account.ticket(5)["comments"] == []


def test_2_4_ticket_can_be_closed_through_the_api() -> None:
    account = Account()
    ticket = account.created()
    assert account.put(ticket, status="closed").status == 200
    assert account.put(ticket, subject="x").status == 422


def test_2_4_deleted_and_unknown_tickets_are_not_found() -> None:
    account = Account({**WORLD, "tickets": [{"id": 5, "status": "deleted", "requester_id": 7001}]})
    for number in (5, 6):
        response = account.put(number, comment=NOTE)
        assert (response.status, response.json()) == (
            404,
            {"error": "RecordNotFound", "description": "Not found"},
        )
    assert account.zendesk.tickets() == []


@pytest.mark.parametrize("flag", [True, False])
def test_2_4_safe_update_refuses_an_outdated_stamp(flag: bool) -> None:
    account = Account()
    ticket = account.created()
    stamp = account.get(f"tickets/{ticket}").json()["ticket"]["updated_at"]
    account.later(1)
    assert account.put(ticket, comment=NOTE, safe_update=flag, updated_stamp=stamp).status == 200
    account.later(1)
    response = account.put(ticket, comment=NOTE, safe_update=flag, updated_stamp=stamp)
    assert (response.status, response.json()["error"]) == (409, "UpdateConflict")
    assert response.json()["description"].startswith(
        "Safe Update prevented the update due to outdated ticket data."
    )
    assert len(account.ticket(ticket)["comments"]) == 2


def test_2_4_safe_update_without_a_stamp_is_refused() -> None:
    account = Account()
    assert account.put(account.created(), comment=NOTE, safe_update=True).status == 409


def test_2_4_stamps_have_no_fractions_so_two_writers_in_one_second_both_pass() -> None:
    account = Account()
    ticket = account.created()
    for _ in range(2):
        response = account.put(ticket, comment=NOTE, safe_update=True, updated_stamp="2026-11-20T10:00:00Z")
        assert response.status == 200


def test_2_1_comments_end_at_the_limit() -> None:
    account = Account(comments_per_ticket=2)
    ticket = account.created()
    assert account.put(ticket, comment=NOTE).status == 200
    assert "2 comments" in reason(account.put(ticket, comment=NOTE), "base")
    assert account.put(ticket, subject="still").status == 200


@pytest.mark.parametrize(("asked", "field"), [({"assignee_id": 7001}, "assignee"), ({"comment": {}}, "")])
def test_2_4_wrong_update_changes_nothing(asked: dict[str, Any], field: str) -> None:
    account = Account()
    ticket = account.created(subject="Hi")
    before = account.ticket(ticket)
    response = account.put(ticket, **asked)
    if field:
        reason(response, field)
    assert account.ticket(ticket) == before


def test_2_1_custom_fields_not_mentioned_stay() -> None:
    account = Account()
    ticket = account.created(custom_fields=[{"id": 1, "value": "a"}, {"id": 2, "value": "b"}])
    account.put(ticket, custom_fields=[{"id": 2, "value": "c"}])
    assert account.ticket(ticket)["custom_fields"] == [{"id": 1, "value": "a"}, {"id": 2, "value": "c"}]


def test_2_1_tags_are_added_at_their_own_path() -> None:
    account = Account()
    ticket = account.created(tags=["one"])
    response = account.send("PUT", f"/api/v2/tickets/{ticket}/tags", {"tags": ["two", "one"]})
    assert (response.status, response.json()) == (200, {"tags": ["one", "two"]})
    assert account.ticket(ticket)["tags"] == ["one", "two"]


def test_4_thirty_updates_in_ten_minutes_for_one_ticket() -> None:
    account = Account()
    ticket, other = account.created(), account.created()
    assert [account.put(ticket, comment=NOTE).status for _ in range(31)] == [200] * 30 + [429]
    refused = account.put(ticket, comment=NOTE)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "600")
    assert account.put(other, comment=NOTE).status == 200
    account.later(600)
    assert account.put(ticket, comment=NOTE).status == 200


@pytest.mark.parametrize(
    ("plan", "allowed"),
    [({}, 100), ({"high_volume": True}, 300), ({"sandbox": True}, 20), ({"ticket_updates_per_minute": 3}, 3)],
)
def test_4_ticket_updates_of_the_account_are_limited_by_plan(plan: dict[str, Any], allowed: int) -> None:
    tickets = [{"id": number, "requester_id": 7001} for number in range(1, 12)]
    account = Account({"users": [CALLER], "tickets": tickets, "plan": {"requests_per_minute": 1000, **plan}})
    statuses = [account.put(count % 11 + 1, comment=NOTE).status for count in range(allowed + 1)]
    assert statuses == [200] * allowed + [429]
    account.later(60)
    headers = account.put(1, comment=NOTE).headers
    assert (
        headers["zendesk-ratelimit-tickets-update"] == f"total={allowed}; remaining={allowed - 1}; resets=60"
    )


def test_2_4_audits_are_read_newest_first_in_pages() -> None:
    account = Account()
    ticket = account.created(metadata={"step": 0})
    for step in (1, 2, 3):
        account.put(ticket, comment=NOTE, metadata={"step": step})
    path = f"tickets/{ticket}/audits"
    first = account.page(path, page_size=3, sort="-created_at")
    assert [audit["metadata"]["custom"]["step"] for audit in first["audits"]] == [3, 2, 1]
    assert first["meta"]["has_more"] is True
    rest = account.page(path, page_size=3, page_after=first["meta"]["after_cursor"], sort="-created_at")
    assert [audit["metadata"]["custom"]["step"] for audit in rest["audits"]] == [0]
    assert account.get(path).json()["audits"][0]["metadata"]["custom"] == {"step": 0}


def test_2_4_comments_are_listed_with_their_metadata() -> None:
    account = Account()
    ticket = account.created()
    account.put(ticket, voice_comment={"call_duration": 3}, metadata={"leg": "1"})
    comments = account.page(f"tickets/{ticket}/comments", page_size=10, sort="-created_at")["comments"]
    assert [comment["type"] for comment in comments] == ["VoiceComment", "Comment"]
    assert comments[0]["metadata"]["custom"] == {"leg": "1"}
    assert comments[1]["html_body"] == '<div class="zd-comment" dir="auto"><p>Inbound call</p></div>'
