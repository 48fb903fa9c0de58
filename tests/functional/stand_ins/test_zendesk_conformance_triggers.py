"""Triggers that invoke webhooks: facts/zendesk.md 6.2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.stand_ins.account import NOTE, Account, reason
from tests.functional.stand_ins.receiver import Receiver


def trigger(account: Account, webhook: str, body: str, **conditions: Any) -> Any:
    asked = {"title": "Callback", "conditions": conditions,
             "actions": [{"field": "notification_webhook", "value": [webhook, body]}]}  # fmt: skip
    return account.post("triggers", {"trigger": asked})


def test_6_2_connected_webhook_sends_the_triggers_body_under_its_conditions() -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook(subscriptions=["conditional_ticket_events"])["id"]
    body = '{"id": "{{ticket.id}}", "title": "{{ticket.title}}", "who": "{{ticket.requester.name}}"}'
    conditions = [{"field": "current_tags", "operator": "includes", "value": "callback"},
                  {"field": "status", "operator": "less_than", "value": "solved"}]  # fmt: skip
    assert trigger(account, webhook, body, all=conditions).status == 201
    account.created(subject='Say "hi"')
    account.created(tags=["callback"], status="solved")
    wanted = account.created(tags=["callback"], subject='Say "hi"')
    assert receiver.run() == [{"id": str(wanted), "title": 'Say "hi"', "who": "Grace Hopper"}]
    assert account.delete("triggers/1").status == 404
    number = account.get("triggers").json()["triggers"][0]["id"]
    assert account.delete(f"triggers/{number}").status == 204
    account.created(tags=["callback"])
    assert len(receiver.run()) == 1


def test_6_2_webhook_is_either_subscribed_or_connected() -> None:
    account = Account()
    subscribed = Receiver(account).webhook()["id"]
    assert "subscribes" in reason(trigger(account, subscribed, "{}"), "base")
    assert reason(trigger(account, "nobody", "{}"), "base")


@pytest.mark.parametrize(
    ("condition", "fires"),
    [
        ({"field": "update_type", "value": "Change"}, True),
        ({"field": "update_type", "value": "Create"}, False),
        ({"field": "status", "value": "open"}, True),
        ({"field": "status", "operator": "is_not", "value": "open"}, False),
        ({"field": "status", "operator": "changed"}, True),
        ({"field": "priority", "operator": "not_changed"}, True),
        ({"field": "status", "operator": "greater_than", "value": "new"}, True),
        ({"field": "status", "operator": "less_than", "value": "open"}, False),
        ({"field": "status", "operator": "less_than", "value": "never"}, False),
        ({"field": "current_tags", "operator": "not_includes", "value": "vip"}, False),
        ({"field": "comment_is_public", "value": "true"}, False),
        ({"field": "comment_is_public", "value": False}, True),
        ({"field": "custom_fields_5", "value": "gold"}, True),
        ({"field": "requester", "value": "7001"}, True),
        ({"field": "via_id", "value": "api"}, True),
        ({"field": "group_id", "value": ""}, True),
    ],
)
@pytest.mark.parametrize("part", ["all", "any"])
def test_6_2_conditions_of_triggers(condition: dict[str, Any], fires: bool, part: str) -> None:
    account = Account()
    ticket = account.created(tags=["vip"], custom_fields=[{"id": 5, "value": "gold"}])
    receiver = Receiver(account)
    webhook = receiver.webhook(subscriptions=["conditional_ticket_events"])["id"]
    assert trigger(account, webhook, "{}", **{part: [condition]}).status == 201
    account.put(ticket, status="open", comment=NOTE)
    assert len(receiver.run()) == fires


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"actions": None},
        {"conditions": {"all": [5]}},
        {"conditions": 5},
        {"conditions": {"all": [{"field": "status", "operator": "like"}]}},
    ],
)
def test_6_2_trigger_that_cannot_be_is_refused(changed: dict[str, Any]) -> None:
    asked = {"title": "T", "actions": [{"field": "status", "value": "open"}], **changed}
    assert Account().post("triggers", {"trigger": asked}).status == 422
