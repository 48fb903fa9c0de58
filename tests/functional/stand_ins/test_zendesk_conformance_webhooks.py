"""Webhooks and the events they tell: facts/zendesk.md 6.2."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, WORLD, Account
from tests.functional.stand_ins.receiver import ANY, Receiver, is_signed


def test_6_2_envelope_of_a_new_ticket() -> None:
    account = Account()
    receiver = Receiver(account)
    receiver.webhook()
    ticket = account.created(
        subject="Call me back", status="open", priority="high", type="task", tags=["callback"], group_id=98738
    )
    event = receiver.of("created")
    assert set(event) == {
        "type", "account_id", "id", "time", "zendesk_event_version", "subject", "detail", "event",
    }  # fmt: skip
    assert (event["type"], event["zendesk_event_version"]) == ("zen:event-type:ticket.created", "2022-11-06")
    assert (event["account_id"], event["subject"]) == (22129848, f"zen:ticket:{ticket}")
    assert re.fullmatch(r"2026-11-20T10:00:00\.\d{9}Z", event["time"])
    assert event["detail"] == {
        "id": str(ticket), "status": "OPEN", "priority": "HIGH", "type": "TASK", "subject": "Call me back",
        "requester_id": "7001", "submitter_id": "1", "assignee_id": "", "group_id": "98738", "brand_id": "1",
        "organization_id": "", "form_id": "", "external_id": "", "tags": ["callback"], "is_public": False,
        "via": {"channel": "api"}, "actor_id": "1", "custom_status": None, "description": "Inbound call",
        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z",
    }  # fmt: skip


def test_6_2_null_ids_are_empty_or_zero() -> None:
    for written in ("", "0"):
        account = Account(webhook_null_id=written)
        receiver = Receiver(account)
        receiver.webhook()
        account.created()
        assert receiver.of("created")["detail"]["assignee_id"] == written


@pytest.mark.parametrize(
    ("change", "kind", "event"),
    [
        ({"status": "hold"}, "status_changed", {"current": "HOLD", "previous": "NEW"}),
        ({"priority": "low"}, "priority_changed", {"current": "LOW", "previous": None}),
        ({"type": "task"}, "type_changed", {"current": "TASK", "previous": None}),
        ({"subject": "b"}, "subject_changed", {"current": "b", "previous": "a"}),
        ({"external_id": "x"}, "external_id_changed", {"current": "x", "previous": None}),
        ({"assignee_id": 901}, "agent_assignment_changed", {"current": "901", "previous": ""}),
        ({"group_id": 5}, "group_assignment_changed", {"current": "5", "previous": ""}),
        ({"requester_id": 901}, "requester_changed", {"current": "901", "previous": "7001"}),
        ({"ticket_form_id": 6}, "form_changed", {"current": "6", "previous": ""}),
        ({"brand_id": 8}, "brand_changed", {"current": "8", "previous": "1"}),
        ({"tags": ["b", "c"]}, "tags_changed", {"tags_added": ["b", "c"], "tags_removed": ["a"]}),
        (
            {"custom_fields": [{"id": 5, "value": "x"}]},
            "custom_field_changed",
            {"custom_field": {"id": "5"}, "current": {"value": "x"}, "previous": {"value": None}},
        ),
    ],
)
def test_6_2_event_of_each_change(change: dict[str, Any], kind: str, event: dict[str, Any]) -> None:
    account = Account()
    ticket = account.created(subject="a", tags=["a"])
    receiver = Receiver(account)
    receiver.webhook()
    account.put(ticket, **change)
    told = receiver.of(kind)["event"]
    assert {name: value for name, value in told.items() if name != "meta"} == event


def test_6_2_events_of_one_action_share_a_sequence_and_have_ids_of_their_own() -> None:
    for order, positions in (("kept", [1, 2, 3]), ("reversed", [3, 2, 1])):
        account = Account(webhook_order=order)
        ticket = account.created()
        receiver = Receiver(account)
        receiver.webhook()
        account.put(ticket, status="open", priority="low", comment=NOTE)
        events = receiver.run()
        sequences = [event["event"]["meta"]["sequence"] for event in events]
        assert [sequence["position"] for sequence in sequences] == positions
        assert len({sequence["id"] for sequence in sequences}) == 1
        assert len({event["id"] for event in events}) == 3


def test_6_2_comment_is_told_with_its_author_and_files() -> None:
    account = Account()
    ticket = account.created()
    receiver = Receiver(account)
    receiver.webhook()
    token = account.upload(filename="log.txt")["token"]
    comment = {"body": "Look", "public": True, "author_id": 7001, "uploads": [token]}
    account.put(ticket, comment=comment)
    told = receiver.of("comment_added")["event"]["comment"]
    assert (told["body"], told["is_public"]) == ("Look", True)
    assert told["author"] == {"id": "7001", "name": "Grace Hopper", "is_staff": False}
    assert isinstance(told["id"], str)
    linked = receiver.of("attachment_linked_to_comment")["event"]["comment"]
    assert linked["attachment"]["filename"] == "log.txt"


def test_6_2_creation_can_be_told_without_its_comment() -> None:
    for told, types in ((True, ["created", "comment_added"]), (False, ["created"])):
        account = Account(comment_added_at_creation=told)
        receiver = Receiver(account)
        receiver.webhook()
        account.created()
        assert receiver.types() == types


@pytest.mark.parametrize(
    ("options", "suffix"), [({}, "soft_deleted"), ({"deletion_event": "deleted"}, "deleted")]
)
def test_6_2_deletion_is_told_under_either_name(options: dict[str, Any], suffix: str) -> None:
    account = Account(**options)
    ticket = account.created()
    receiver = Receiver(account)
    receiver.webhook()
    account.delete(f"tickets/{ticket}")
    account.send("PUT", f"/api/v2/deleted_tickets/{ticket}/restore")
    account.delete(f"tickets/{ticket}")
    account.job(account.delete(f"deleted_tickets/{ticket}"))
    assert receiver.types() == [suffix, "undeleted", suffix, "permanently_deleted"]


@pytest.mark.parametrize(
    ("options", "suffix"), [({}, "merged"), ({"merge_event": "ticket_merged"}, "ticket_merged")]
)
def test_6_2_merge_is_told_under_either_name(options: dict[str, Any], suffix: str) -> None:
    account = Account(**options)
    source, target = account.created(), account.created()
    receiver = Receiver(account)
    receiver.webhook(subscriptions=[f"zen:event-type:ticket.{suffix}"])
    account.job(account.post(f"tickets/{target}/merge", {"ids": [source]}))
    (event,) = receiver.run()
    assert event["event"]["target_ticket_id"] == str(target)
    assert event["detail"]["status"] == "CLOSED"


def test_6_2_actor_is_who_did_it() -> None:
    account = Account(integration_user_id=1, world={"users": [{"id": 1, "role": "admin"}, AGENT, CALLER]})
    ticket = account.created()
    receiver = Receiver(account)
    receiver.webhook(subscriptions=["zen:event-type:ticket.status_changed"])
    account.put(ticket, status="open")
    account.zendesk.act(901, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"status": "solved"}})
    assert [event["detail"]["actor_id"] for event in receiver.run()] == ["1", "901"]


def test_6_2_only_what_was_subscribed_to_is_told_and_nothing_while_inactive() -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook(subscriptions=["zen:event-type:ticket.created"])
    ticket = account.created()
    account.put(ticket, status="open")
    assert receiver.types() == ["created"]
    changed = account.send("PATCH", f"/api/v2/webhooks/{webhook['id']}", {"webhook": {"status": "inactive"}})
    assert changed.status == 204
    account.created()
    assert receiver.types() == ["created"]


def test_6_2_signature_is_made_of_the_timestamp_and_the_raw_body() -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook()
    path = f"webhooks/{webhook['id']}/signing_secret"
    secret = account.get(path).json()["signing_secret"]
    assert secret["algorithm"] == "SHA256"
    account.created(subject="Ünal")
    receiver.run()
    first = receiver.got[0]
    assert is_signed(first, secret["secret"])
    assert not is_signed(first, "another")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", first.headers["X-Zendesk-Webhook-Signature-Timestamp"])
    assert first.headers["X-Zendesk-Account-Id"] == "22129848"
    assert first.headers["X-Zendesk-Webhook-Id"] == webhook["id"]
    assert first.headers["Content-Type"] == "application/json"
    reset = account.post(path).json()["signing_secret"]["secret"]
    assert reset != secret["secret"]
    account.created()
    receiver.run()
    assert is_signed(receiver.got[-1], reset)


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ({"type": "bearer_token", "data": {"token": "t"}}, ("Authorization", "Bearer t")),
        ({"type": "basic_auth", "data": {"username": "u", "password": "p"}}, ("Authorization", "Basic dTpw")),
        ({"type": "api_key", "data": {"name": "X-Key", "value": "v"}}, ("X-Key", "v")),
    ],
)
def test_6_2_invocations_authenticate_themselves(given: dict[str, Any], header: tuple[str, str]) -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook(
        authentication={**given, "add_position": "header"}, custom_headers={"X-Stage": "test"}
    )
    assert "data" not in webhook["authentication"]
    account.created()
    receiver.run()
    assert header in receiver.got[0].headers.items()
    assert receiver.got[0].headers["X-Stage"] == "test"


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"endpoint": "ftp://x"}, {"endpoint": "https://[x"}, {"status": "on"},
        {"http_method": "GET"}, {"request_format": "xml"}, {"subscriptions": []},
        {"subscriptions": ["ticket.created"]}, {"authentication": {"type": "bearer_token"}},
        {"subscriptions": ["conditional_ticket_events", "zen:event-type:ticket.created"]},
        {"custom_headers": {"X": "a\nb"}},
    ],
)  # fmt: skip
def test_6_2_wrong_webhook_is_refused(changed: dict[str, Any]) -> None:
    account = Account()
    response = account.post("webhooks", {"webhook": {**ANY, **changed}})
    assert (response.status, response.json()["errors"][0]["code"]) == (400, "InvalidWebhook")
    assert account.get("webhooks").json()["webhooks"] == []


def test_6_2_webhooks_are_listed_and_deleted_and_cannot_change_how_they_are_connected() -> None:
    account = Account()
    webhook = Receiver(account).webhook()
    asked = {"webhook": {"subscriptions": ["conditional_ticket_events"]}}
    assert account.send("PUT", f"/api/v2/webhooks/{webhook['id']}", asked).status == 400
    assert [shown["id"] for shown in account.get("webhooks").json()["webhooks"]] == [webhook["id"]]
    assert account.delete(f"webhooks/{webhook['id']}").status == 204
    assert account.get(f"webhooks/{webhook['id']}").status == 404


def test_6_2_trial_accounts_have_ten_webhooks_and_sixty_invocations_a_minute() -> None:
    account = Account({**WORLD, "plan": {"trial": True}})
    receiver = Receiver(account)
    for _ in range(10):
        receiver.webhook(subscriptions=["zen:event-type:ticket.created"])
    assert account.post("webhooks", {"webhook": ANY}).status == 400
    for _ in range(7):
        account.created()
    assert len(receiver.run()) == 60
    account.later(60)
    assert len(receiver.run()) == 70


@pytest.mark.parametrize(("scope", "status"), [("webhooks:write", 201), ("tickets:write", 403)])
def test_6_2_webhooks_have_a_scope_of_their_own(scope: str, status: int) -> None:
    assert Account(scope=scope).post("webhooks", {"webhook": ANY}).status == status


def test_6_2_actor_of_a_job_is_who_started_it() -> None:
    account = Account()
    source, target = account.created(), account.created()
    receiver = Receiver(account)
    receiver.webhook(subscriptions=["zen:event-type:ticket.merged"])
    account.zendesk.act(901, "POST", f"/api/v2/tickets/{target}/merge", {"ids": [source]})
    account.later(2)
    (event,) = receiver.run()
    assert event["detail"]["actor_id"] == "901"
    assert account.get("users/me").json()["user"]["id"] == 1
