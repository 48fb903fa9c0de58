"""Writes that are carried out after their client has gone: facts/zendesk.md 2.4 and 11."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stand_ins.zendesk import AnswerLost, Options, Outgoing, Request, WebhookSender, Zendesk
from tests.functional.stand_ins.account import CALLER, NOTE, WORLD, Account
from tests.waiting import wait_for

DAY = 86_400
PUT = "PUT /api/v2/tickets/{id}"


def put_late(account: Account, ticket: int, seconds: float, **asked: Any) -> None:
    """Send an update whose answer is lost and which is carried out so much later."""
    account.zendesk.faults.late_write(seconds, 1, matching=PUT)
    with pytest.raises(AnswerLost):
        account.put(ticket, **asked)


def bodies(account: Account, ticket: int) -> list[str]:
    return [comment["body"] for comment in account.ticket(ticket)["comments"]]


@pytest.mark.parametrize("seconds", [1, 21, 600, DAY])
def test_11_update_is_carried_out_so_much_later(seconds: float) -> None:
    account = Account()
    ticket = account.created()
    put_late(account, ticket, seconds, comment={"body": "late", "public": False})
    account.later(seconds - 1)
    assert bodies(account, ticket) == ["Inbound call"]
    account.later(1)
    assert bodies(account, ticket) == ["Inbound call", "late"]
    assert [late["status"] for late in account.zendesk.late_writes] == [200]


def test_11_creation_is_carried_out_later_and_its_key_is_known_from_then_on() -> None:
    account = Account()
    account.zendesk.faults.late_write(30, 1)
    with pytest.raises(AnswerLost):
        account.create({"idempotency_key": "k"})
    assert account.zendesk.tickets() == []
    account.later(30)
    assert len(account.zendesk.tickets()) == 1
    assert account.create({"idempotency_key": "k"}).headers["x-idempotency-lookup"] == "hit"


def test_11_creation_that_comes_after_its_own_repetition_makes_no_second_ticket() -> None:
    account = Account()
    account.zendesk.faults.late_write(30, 1)
    with pytest.raises(AnswerLost):
        account.create({"idempotency_key": "k"})
    assert account.create({"idempotency_key": "k"}).status == 201
    account.later(30)
    assert len(account.zendesk.tickets()) == 1


def test_2_4_late_update_without_a_stamp_is_written_twice_and_one_with_a_stamp_loses() -> None:
    account = Account()
    plain, safe = account.created(), account.created()
    stamp = account.ticket(safe)["updated_at"]
    put_late(account, plain, 30, comment=NOTE)
    put_late(account, safe, 30, comment=NOTE, safe_update=True, updated_stamp=stamp)
    account.later(10)
    assert account.put(plain, comment=NOTE).status == 200
    assert account.put(safe, comment=NOTE, safe_update=True, updated_stamp=stamp).status == 200
    account.later(20)
    assert [len(bodies(account, ticket)) for ticket in (plain, safe)] == [3, 2]
    assert [late["status"] for late in account.zendesk.late_writes] == [200, 409]


@pytest.mark.parametrize(
    ("becomes", "status"),
    [("closed", 422), ("deleted", 404), ("merged", 422), ("open", 200)],
)
def test_2_4_what_has_become_of_the_ticket_decides(becomes: str, status: int) -> None:
    account = Account()
    ticket, other = account.created(), account.created()
    put_late(account, ticket, 60, comment={"body": "late", "public": False})
    match becomes:
        case "deleted":
            account.zendesk.act(901, "DELETE", f"/api/v2/tickets/{ticket}")
        case "merged":
            account.zendesk.act(901, "POST", f"/api/v2/tickets/{other}/merge", {"ids": [ticket]})
        case _:
            account.zendesk.act(901, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"status": becomes}})
    account.later(60)
    assert [late["status"] for late in account.zendesk.late_writes] == [status]


def test_11_those_due_together_come_in_the_order_of_arrival_and_each_at_its_time() -> None:
    account = Account()
    ticket = account.created()
    put_late(account, ticket, 30, comment={"body": "second", "public": False})
    put_late(account, ticket, 30, comment={"body": "third", "public": False})
    put_late(account, ticket, 20, comment={"body": "first", "public": False})
    account.later(DAY)
    comments = account.ticket(ticket)["comments"]
    assert [c["body"] for c in comments] == ["Inbound call", "first", "second", "third"]
    assert [c["created_at"][11:19] for c in comments] == ["10:00:00", "10:00:20", "10:00:30", "10:00:30"]


def test_11_a_request_that_is_refused_at_the_door_is_never_carried_out() -> None:
    account = Account()
    account.zendesk.faults.late_write(5)
    assert (
        account.send(
            "POST", "/api/v2/tickets", {"ticket": {"comment": NOTE}}, authorization="Bearer no"
        ).status
        == 401
    )
    account.later(5)
    assert (account.zendesk.tickets(), account.zendesk.late_writes) == ([], [])


def test_11_simulation_puts_off_single_requests_by_its_own_chance() -> None:
    account = Account()
    ticket = account.created()

    def before(request: Request) -> None:
        if b"late" in request.body:
            account.zendesk.faults.late_write(60, 1)

    account.zendesk.faults.before = before
    assert account.put(ticket, subject="now").status == 200
    with pytest.raises(AnswerLost):
        account.put(ticket, subject="late")
    assert account.put(ticket, subject="meanwhile").status == 200
    account.later(60)
    assert account.ticket(ticket)["subject"] == "late"


def test_11_world_that_is_replaced_forgets_what_was_under_way() -> None:
    account = Account()
    account.zendesk.faults.late_write(5, 1)
    with pytest.raises(AnswerLost):
        account.create()
    account.zendesk.replace(WORLD)
    account.later(5)
    assert (account.zendesk.late_writes, account.zendesk.tickets()) == ([], [])


def test_11_late_write_announces_itself_to_webhooks() -> None:
    account = Account()
    asked = {
        "name": "all", "endpoint": "https://receiver.example/", "http_method": "POST",
        "request_format": "json", "status": "active", "subscriptions": ["*"],
    }  # fmt: skip
    assert account.post("webhooks", {"webhook": asked}).status == 201
    sent: list[Outgoing] = []

    def send(outgoing: Outgoing) -> tuple[int, dict[str, str]]:
        sent.append(outgoing)
        return 200, {}

    account.zendesk.faults.late_write(30, 1)
    with pytest.raises(AnswerLost):
        account.create()
    sender = WebhookSender(account.zendesk, send)
    assert sender.run_due() == 0
    due = account.zendesk.next_webhook()
    assert due == account.now + timedelta(seconds=30)
    account.later(30)
    assert sender.run_due() == 2


def test_11_on_the_real_clock_it_is_there_when_it_is_looked_for() -> None:
    zendesk = Zendesk(
        {**WORLD, "tickets": [{"id": 5, "requester_id": CALLER["id"]}]},
        clock=lambda: datetime.now(UTC),
        options=Options(),
    )
    asked = (
        b'{"grant_type":"client_credentials","client_id":"connect_zendesk","client_secret":"laptop-only",'
        b'"scope":"read write"}'
    )
    token = zendesk.handle(Request("POST", "/oauth/tokens", {}, {}, asked)).json()["access_token"]
    zendesk.faults.apply({"late_write": {"seconds": 0.3}})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with pytest.raises(AnswerLost):
        zendesk.handle(Request("PUT", "/api/v2/tickets/5", {}, headers, b'{"ticket":{"subject":"late"}}'))
    assert zendesk.tickets()[0]["subject"] is None
    wait_for(lambda: zendesk.tickets()[0]["subject"] == "late")
