"""What agents' merging and deleting leaves on tickets and in events: facts/zendesk.md 2.4, 6.2 and 11."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.stand_ins.account import NOTE, Account


def events_of(account: Account, ticket: int) -> list[tuple[str, Any, Any]]:
    """Return the changes that a ticket's audits name: field, before and after."""
    audits = account.get(f"tickets/{ticket}/audits").json()["audits"]
    return [
        (event["field_name"], event["previous_value"], event["value"])
        for audit in audits
        for event in audit["events"]
        if event["type"] == "Change"
    ]


def merged(account: Account, source: int, target: int) -> None:
    answer = account.zendesk.act(901, "POST", f"/api/v2/tickets/{target}/merge", {"ids": [source]})
    assert answer.status == 200
    account.later(2)


def test_2_4_merge_writes_comments_and_audits_on_both_tickets() -> None:
    account = Account()
    source, target = account.created(subject="Lamp"), account.created(subject="Bill")
    merged(account, source, target)
    (*_, joining) = account.get(f"tickets/{target}/audits").json()["audits"]
    (*_, leaving) = account.get(f"tickets/{source}/audits").json()["audits"]
    assert [audit["author_id"] for audit in (joining, leaving)] == [901, 901]
    assert joining["via"]["source"] == {"from": {"ticket_ids": [source]}, "to": {}, "rel": "merge"}
    assert leaving["via"]["source"]["from"] == {"ticket_id": target, "subject": "Bill"}
    assert joining["events"][0]["via"] == joining["via"]
    said = account.ticket(target)["comments"][-1]
    assert (said["public"], f"#{source}" in said["body"], "Inbound call" in said["body"]) == (
        False,
        True,
        True,
    )
    assert f"#{target}" in account.ticket(source)["comments"][-1]["body"]
    assert ("status", "new", "closed") in events_of(account, source)
    assert ("tags", [], ["closed_by_merge"]) in events_of(account, source)


def test_2_4_follow_up_of_a_merged_ticket_is_made() -> None:
    account = Account()
    source, target = account.created(), account.created()
    merged(account, source, target)
    assert account.create(via_followup_source_id=source).status == 201


def test_2_4_deletion_and_restoration_stand_in_the_audits() -> None:
    account = Account()
    ticket = account.created()
    account.zendesk.act(901, "DELETE", f"/api/v2/tickets/{ticket}")
    assert account.get(f"tickets/{ticket}/audits").status == 404
    account.zendesk.act(901, "PUT", f"/api/v2/deleted_tickets/{ticket}/restore")
    assert events_of(account, ticket) == [("status", "new", "deleted"), ("status", "deleted", "new")]
    authors = [audit["author_id"] for audit in account.get(f"tickets/{ticket}/audits").json()["audits"]]
    assert authors[1:] == [901, 901]


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ("value", {"field": {"id": "33"}, "current": "b", "previous": "a"}),
        (
            "object",
            {"custom_field": {"id": "33"}, "current": {"value": "b"}, "previous": {"value": "a"}},
        ),
    ],
)
def test_11_change_of_a_custom_field_carries_its_values(shape: str, told: dict[str, Any]) -> None:
    account = Account(custom_field_event=shape)
    asked = {
        "name": "all", "endpoint": "https://receiver.example/", "http_method": "POST",
        "request_format": "json", "status": "active",
        "subscriptions": ["zen:event-type:ticket.custom_field_changed"],
    }  # fmt: skip
    account.post("webhooks", {"webhook": asked})
    ticket = account.created(custom_fields=[{"id": 33, "value": "a"}])
    account.put(ticket, custom_fields=[{"id": 33, "value": "b"}], comment=NOTE)
    sent: list[Any] = []

    def send(outgoing: Any) -> tuple[int, dict[str, str]]:
        sent.append(outgoing)
        return 200, {}

    while account.zendesk.send_webhook(send):
        continue
    (event,) = [json.loads(outgoing.body)["event"] for outgoing in sent]
    del event["meta"]
    assert event == told
