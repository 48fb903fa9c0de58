"""What Zendesk's webhook could not deliver is fetched, put on the bus once, or said to be lost (K3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.messaging import NotPublished
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from local.replay import lambda_events
from local.stand_ins.zendesk import Options, Response
from tests.logs import Logs
from tests.records import ANA
from tests.stack import Stack

INVOCATIONS = "GET /api/v2/webhooks/{id}/invocations"
ATTEMPTS = "GET /api/v2/webhooks/{id}/invocations/{id}/attempts"


class Outage(Stack):
    """A stack whose endpoint can be down: Zendesk gives up what it delivers then."""

    def __init__(self, *events: str) -> None:
        super().__init__()
        self.down: int | None = None
        self.connect_webhooks(*events or ("created",))

    def request_webhook(self, request: Mapping[str, Any]) -> tuple[int, Mapping[str, str]]:
        return (self.down, {}) if self.down else super().request_webhook(request)

    def new_ticket(self, subject: str) -> None:
        """A customer makes a ticket."""
        asked = {"ticket": {"requester_id": ANA, "subject": subject, "comment": {"body": "x"}}}
        self.zendesk.act(901, "POST", "/api/v2/tickets", asked)
        self.run(until=None)

    def later(self, **units: float) -> None:
        self.clock.move_by(timedelta(**units))

    @property
    def told(self) -> list[str]:
        """The subjects of the tickets whose events are on the bus."""
        return [d["ticket"]["subject"] for kind, d in self.messages.published if kind == ZENDESK_EVENT]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs() as logs:
        yield logs


def test_what_was_given_up_on_is_on_the_bus_in_the_end_and_once(logs: Logs) -> None:
    stack = Outage()
    stack.new_ticket("before")
    stack.down = 500
    stack.new_ticket("lost on the way")
    stack.down = None
    stack.new_ticket("after")
    for _ in range(3):
        stack.later(minutes=15)
        stack.recover_webhooks()
    assert stack.told == ["before", "after", "lost on the way"]
    assert logs.metrics["ZendeskEventRecovered"] == 1
    assert stack.messages.dead_letters == []


def test_what_came_through_and_was_not_answered_is_known() -> None:
    stack = Outage()
    deliver = super(Outage, stack).request_webhook

    def answers_too_late(request: Mapping[str, Any]) -> tuple[int, Mapping[str, str]]:
        deliver(request)
        return 500, {}

    stack.request_webhook = answers_too_late  # type: ignore[method-assign]
    stack.new_ticket("once")
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert stack.told == ["once"]


@pytest.mark.parametrize("user", [None, 902])
def test_K4_a_connector_that_is_another_user_than_the_secret_says_is_found_out_and_said(
    logs: Logs, user: int | None
) -> None:
    stack = Outage("comment_added")
    stack.recover_webhooks()
    assert "IntegrationUserUnknown" not in logs.metrics
    stack.webhooks.keys = replace(stack.webhooks.keys, integration_user=user)
    stack.new_ticket("lamp")
    stack.recover_webhooks()
    assert logs.metrics["IntegrationUserUnknown"] >= 1
    stack.later(minutes=5)  # then the endpoint asks again
    stack.messages.published.clear()
    note = {"ticket": {"comment": {"body": "Outcome", "public": False}}}
    stack.services.zendesk.put(f"/api/v2/tickets/{stack.ticket()['id']}", json.dumps(note))
    stack.run(until=None)
    (event,) = [detail for kind, detail in stack.messages.published if kind == ZENDESK_EVENT]
    assert event["by_connector"] is True


def test_when_nothing_failed_a_run_takes_two_requests() -> None:
    stack = Outage()
    stack.new_ticket("fine")
    stack.zendesk.requests.clear()
    stack.recover_webhooks()
    asked = {name for name in stack.zendesk.requests if name != "POST /oauth/tokens"}
    assert asked == {INVOCATIONS, "GET /api/v2/users/me"}


def test_without_a_webhook_nothing_is_asked() -> None:
    stack = Stack()
    stack.webhooks.keys = WebhookKeys()
    stack.recover_webhooks()
    assert not stack.zendesk.requests


def test_what_is_recovered_is_the_event_as_it_was() -> None:
    stack = Outage("created", "tags_changed")
    stack.new_ticket("a")
    stack.down = 500
    number = stack.ticket()["id"]
    stack.services.zendesk.put(f"/api/v2/tickets/{number}", json.dumps({"ticket": {"tags": ["vip"]}}))
    stack.run(until=None)
    stack.down = None
    stack.later(minutes=15)
    stack.recover_webhooks()
    event = stack.messages.published[-1][1]
    assert (event["type"], event["change"]["tags_added"], event["by_connector"]) == (
        "ticket.tags_changed", ("vip",), True,
    )  # fmt: skip


def test_what_is_not_told_is_lost_and_said_in_one_letter(logs: Logs) -> None:
    stack = Outage()
    silent = replace(Options(), webhook_attempts_show_request=False)
    stack.zendesk._invocations._deliveries._options = silent
    stack.down = 500
    for subject in ("a", "b"):
        stack.new_ticket(subject)
    stack.down = None
    for _ in range(2):
        stack.later(minutes=15)
        stack.recover_webhooks()
    letter = stack.letter()
    assert letter["source"] == "zendesk_recovery"
    assert letter["reason"] == "Zendesk gave up on 2 deliveries and does not show what was in them"
    named = json.loads(letter["data"])["invocations"]
    assert [item["event_type"] for item in named] == ["zen:event-type:ticket.created"] * 2
    assert logs.metrics["ZendeskEventLost"] == 2
    assert stack.told == []


def test_what_the_bus_does_not_take_comes_in_the_next_run() -> None:
    stack = Outage()
    stack.down = 500
    stack.new_ticket("a")
    stack.down = None
    stack.later(minutes=15)
    publish = stack.messages.publish

    def refuse(*_: object) -> None:
        raise NotPublished("ThrottlingException")

    stack.messages.publish = refuse  # type: ignore[method-assign, assignment]
    with pytest.raises(NotPublished):
        stack.recover_webhooks()
    stack.messages.publish = publish  # type: ignore[method-assign]
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert stack.told == ["a"]


def test_an_outage_of_zendesk_is_no_error_and_the_next_run_looks_back_further() -> None:
    stack = Outage()
    stack.down = 500
    stack.new_ticket("a")
    stack.down = None
    stack.zendesk.faults.before = lambda _: Response(503, {}, b"")
    for _ in range(20):
        stack.later(minutes=15)
        stack.recover_webhooks()
    stack.zendesk.faults.before = lambda _: None
    stack.recover_webhooks()
    assert stack.told == ["a"]


def test_more_than_a_run_has_time_for_is_done_by_the_next_ones() -> None:
    stack = Outage()
    stack.down = 500
    subjects = [f"{number}" for number in range(120)]
    for subject in subjects:
        stack.new_ticket(subject)
    stack.down = None
    stack.later(minutes=15)
    stack.run(until=None)  # Zendesk had paused after a hundred failures, and has the rest still to send
    delivered = len(stack.told)
    left = iter([20.0] * 50 + [5.0] * 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            lambda_events.LambdaContext, "get_remaining_time_in_millis", lambda _: next(left) * 1000
        )
        stack.recover_webhooks()
    assert delivered < len(stack.told) < 120
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert sorted(stack.told) == sorted(subjects)


def test_what_is_older_than_the_last_run_is_not_looked_at_again() -> None:
    stack = Outage()
    stack.down = 500
    for number in range(30):
        stack.new_ticket(f"{number}")
    stack.down = None
    stack.recover_webhooks()
    stack.later(hours=2)
    stack.recover_webhooks()
    stack.later(hours=2)
    with mock.patch.object(stack.items, "get", wraps=stack.items.get) as get:
        stack.recover_webhooks()
    assert not [asked for asked in get.call_args_list if "done#" in asked.args[1]]
    assert len(stack.told) == 30


def test_one_invocation_that_zendesk_refuses_to_tell_of_stops_no_other() -> None:
    stack = Outage()
    stack.down = 500
    for subject in ("first", "second", "third"):
        stack.new_ticket(subject)
    stack.down = None
    asked: list[str] = []

    def refuses_the_second(request: Any) -> Response | None:
        if not request.path.endswith("/attempts"):
            return None
        asked.append(request.path)
        return Response(422, {}, b'{"error": "RecordInvalid"}') if len(asked) == 2 else None

    stack.zendesk.faults.before = refuses_the_second
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert sorted(stack.told) == ["first", "third"]
    assert stack.letter()["reason"].startswith("Zendesk gave up on 1 deliveries")


def test_a_webhook_that_is_gone_stops_no_other(logs: Logs) -> None:
    stack = Outage()
    stack.down = 500
    stack.new_ticket("a")
    stack.down = None
    keys = stack.webhooks.keys
    gone = {"01JGONE": next(iter(keys.webhooks.values()))}
    stack.webhooks.keys = replace(keys, webhooks={**gone, **keys.webhooks})
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert stack.told == ["a"]
    assert logs.metrics["WebhookNotFound"]


def test_what_zendesk_refuses_to_list_is_looked_at_again(logs: Logs) -> None:
    stack = Outage()
    stack.down = 500
    stack.new_ticket("a")
    stack.down = None
    no = Response(403, {}, b'{"error": {"title": "Forbidden", "message": "..."}}')
    stack.zendesk.faults.before = lambda request: None if "oauth" in request.path else no
    for _ in range(20):
        stack.later(minutes=15)
        stack.recover_webhooks()
    assert logs.metrics["RecoveryRefused"] == 20
    stack.zendesk.faults.before = lambda _: None
    stack.recover_webhooks()
    assert stack.told == ["a"]


def test_an_event_of_another_account_is_not_believed() -> None:
    stack = Outage()
    stack.down = 500
    stack.new_ticket("a")
    stack.down = None
    stack.webhooks.keys = replace(stack.webhooks.keys, account=7)
    stack.later(minutes=15)
    stack.recover_webhooks()
    assert stack.told == []
    assert len(stack.messages.dead_letters) == 1
