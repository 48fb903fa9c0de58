"""A Zendesk event becomes a task in Amazon Connect, once, at the pace that is allowed (K1, K2, K4)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.amazon_connect.errors import NoAnswer
from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.ledger import pace, steps
from connect_zendesk.ledger.schema import TASK, own_step
from connect_zendesk.ledger.steps import intention
from connect_zendesk.messaging import dead_letter_data
from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.zendesk_events import task_decision as task_rules
from local.stand_ins.amazon_connect.options import Options
from tests.logs import Logs
from tests.records import INSTANCE, NINE
from tests.stack import Stack
from tests.tasks import FLOW, event, rule, rules, stack_with, tasks, tell

START = "StartTaskContact"


def options(stack: Stack, **changed: Any) -> None:
    """Have the Amazon Connect stand-in behave otherwise."""
    object.__setattr__(stack.connect._tasks, "options", Options(**changed))


# One task


def test_K2_a_task_of_the_ticket_without_a_request_to_zendesk() -> None:
    stack = stack_with()
    tell(stack, event())
    (task,) = tasks(stack)
    assert task["ContactDetails"]["Name"] == "Zendesk-4711"
    assert task["Attributes"]["zendesk_ticket"] == "4711"
    assert task["References"] == [
        {"Name": "Zendesk ticket", "Type": "URL", "Value": "https://laptop.zendesk.com/agent/tickets/4711"}
    ]
    assert task["ScheduledTimestamp"] is None
    assert stack.requests_made() == {}
    assert stack.messages.dead_letters == []


def test_K2_a_task_can_start_later() -> None:
    stack = stack_with(rule(task={"contact_flow": FLOW, "schedule_in_minutes": 30}))
    tell(stack, event())
    assert tasks(stack)[0]["ScheduledTimestamp"] == "2026-11-02T09:30:00Z"


@pytest.mark.parametrize(
    ("way", "place", "flow"),
    [
        ("contact_flow", "flows", {}),
        ("quick_connect", "quick_connects", {}),
        ("template", "task_templates", {"ContactFlowId": FLOW}),
    ],
)
def test_K2_a_task_starts_in_the_flow_by_the_quick_connect_or_from_the_template_of_its_rule(
    way: str, place: str, flow: dict[str, str]
) -> None:
    stack = stack_with(rule(task={way: FLOW}))
    getattr(stack.connect._world, place)[FLOW] = {"Id": FLOW, **flow}
    tell(stack, event())
    assert len(tasks(stack)) == 1


def test_K1_no_rule_that_fits_makes_nothing_and_keeps_nothing() -> None:
    stack = stack_with(rule(when={"priority": "low"}), rule("Off", enabled=False))
    tell(stack, event())
    assert tasks(stack) == []
    assert stack.messages.waiting == []
    assert intention(stack.services.ledger, own_step(TASK.key(account=22129848, event="event-1"))) is None


def test_K1_the_log_says_which_rule_and_why_and_nothing_that_a_customer_wrote() -> None:
    logs = Logs()
    stack = stack_with(rule("Low", when={"priority": "low"}), rule("Any"))
    with logs:
        tell(stack, event())
    text = "\n".join(logs.text)
    (line,) = (line for line in logs.lines if line["message"] == "task rules evaluated")
    assert line["reasons"] == [
        'K1: rule "Low" does not fit: priority is high, expected low',
        'K1: rule "Any" fits',
    ]
    assert (line["event"], line["ticket"], line["rule"]) == ("event-1", 4711, "Any")
    assert "lamp" not in text


# Exactly one


def test_K4_an_event_that_is_delivered_again_makes_no_second_task() -> None:
    stack = stack_with()
    tell(stack, event(), event())
    stack.clock.move_by(timedelta(days=29))
    tell(stack, event())
    assert len(tasks(stack)) == 1
    assert stack.connect.requests[START] == 1


def test_K4_two_events_of_one_change_are_two_tasks() -> None:
    stack = stack_with()
    tell(stack, event("event-1"), event("event-2", "created"))
    assert len(tasks(stack)) == 2


def test_K4_an_event_makes_one_task_whatever_the_rules_have_become_meanwhile() -> None:
    stack = stack_with(rule("A"))
    tell(stack, event())
    change(stack, rule("B"))
    tell(stack, event())
    assert [task["Attributes"]["zendesk_rule"] for task in tasks(stack)] == ["A"]


@pytest.mark.parametrize(
    "own",
    [
        {"by_connector": True},
        {"kind": "created", "ticket": {"external_id": "amazon-connect:contact-1"}},
        {"kind": "tags_changed", "change": {"tags_added": ("connect_attach",)}},
    ],
)
def test_K4_what_this_connector_did_makes_none(own: dict[str, Any]) -> None:
    stack = stack_with(rule(events=list(EVENTS)))
    tell(stack, event(**own))
    assert tasks(stack) == []


def test_K4_what_the_bus_filters_would_make_no_task_either() -> None:
    stack = stack_with(rule(events=list(EVENTS)))
    send(stack, event("event-1", by_connector=True).as_detail())
    send(stack, event("event-2", "permanently_deleted").as_detail())
    stack.run(until=None)
    assert tasks(stack) == []
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("after_write", [False, True])
def test_K4_an_answer_that_is_lost_leaves_one_task(after_write: bool) -> None:
    stack = stack_with()
    stack.connect.faults.lose_answer(after_write=after_write, matching=START)
    tell(stack, event())
    assert len(tasks(stack)) == 1
    assert stack.connect.requests[START] == 2


def test_K4_what_may_have_got_through_is_repeated_as_it_was() -> None:
    stack = stack_with(rule("A", task={"contact_flow": FLOW, "schedule_in_minutes": 60}))
    options(stack, client_token_reused="refuse")
    stack.connect.faults.lose_answer(after_write=True, matching=START)
    stack.messages.publish(ZENDESK_EVENT, event().as_detail())
    stack.run(until=stack.clock())
    change(stack, rule("B"))
    stack.run(until=None)
    assert [task["Attributes"]["zendesk_rule"] for task in tasks(stack)] == ["A"]
    assert stack.messages.dead_letters == []


def test_K4_a_doubt_outlives_a_throttled_attempt() -> None:
    stack = stack_with(rule("A"))
    stack.connect.faults.lose_answer(after_write=True, matching=START)
    stack.messages.publish(ZENDESK_EVENT, event().as_detail())
    stack.run(until=stack.clock())
    stack.connect.faults.throttle(count=2, matching=START)
    change(stack, rule("B"))
    stack.run(until=None)
    assert [task["Attributes"]["zendesk_rule"] for task in tasks(stack)] == ["A"]


def test_K1_what_certainly_was_not_made_begins_anew_by_the_rules_that_hold_then() -> None:
    stack = stack_with(rule("A"))
    stack.connect.faults.throttle(count=1, matching=START)
    stack.messages.publish(ZENDESK_EVENT, event().as_detail())
    stack.run(until=stack.clock())
    change(stack, rule("A", enabled=False), rule("B"))
    stack.run(until=None)
    assert [task["Attributes"]["zendesk_rule"] for task in tasks(stack)] == ["B"]


def test_K2_a_task_whose_moment_passed_while_it_waited_starts_at_once() -> None:
    stack = stack_with(rule(task={"contact_flow": FLOW, "schedule_in_minutes": 1}))
    stack.connect.faults.lose_answer(after_write=False, matching=START)
    stack.connect.faults.outage(lasting=300, matching=START)
    stack.messages.publish(ZENDESK_EVENT, event().as_detail())
    stack.run(until=None)
    (task,) = tasks(stack)
    assert task["ScheduledTimestamp"] is None
    assert task["InitiationTimestamp"] > "2026-11-02T09:05"


def test_K2_a_moment_that_will_have_passed_when_it_is_read_starts_at_once() -> None:
    """Amazon Connect refuses what has passed by its own clock, and a dead letter would be the end of it."""
    stack = stack_with(rule(task={"contact_flow": FLOW, "schedule_in_minutes": 1}))
    stack.clock.move_by(timedelta(seconds=55))
    tell(stack, event())
    (task,) = tasks(stack)
    assert task["ScheduledTimestamp"] is None


# The pace


def test_two_tasks_a_second_and_no_more() -> None:
    stack = stack_with()
    tell(stack, *(event(f"event-{number}") for number in range(20)))
    assert len(tasks(stack)) == 20
    assert stack.connect.requests[START] == 20  # none was throttled


def test_K4_throttled_tasks_come_in_their_order_and_all_of_them() -> None:
    stack = stack_with()
    stack.connect.faults.throttle(lasting=20, matching=START)
    for number in range(10):
        stack.messages.publish(
            ZENDESK_EVENT, event(f"event-{number}", ticket={"id": 100 + number}).as_detail()
        )
    stack.run(until=None)
    numbers = [int(task["Attributes"]["zendesk_ticket"]) for task in tasks(stack)]
    assert numbers == list(range(100, 110))


def test_a_pause_that_zendesk_asked_for_holds_up_no_task() -> None:
    stack = stack_with()
    pace.pause(stack.services.ledger, 3600)
    tell(stack, event())
    assert len(tasks(stack)) == 1


# What goes wrong


def test_too_many_active_tasks_are_waited_for() -> None:
    stack = stack_with()
    options(stack, active_tasks=1)
    tell(stack, event("event-1"), event("event-2"))
    assert len(tasks(stack)) == 1
    stack.connect.contacts.end(tasks(stack)[0]["ContactId"], "AGENT_COMPLETED")
    stack.run(until=None)
    assert len(tasks(stack)) == 2
    assert stack.messages.dead_letters == []


def test_an_outage_of_amazon_connect_is_waited_for() -> None:
    stack = stack_with()
    stack.connect.faults.outage(lasting=6 * 3600, matching=START)
    stack.messages.publish(ZENDESK_EVENT, event().as_detail())
    stack.run(until=None)
    assert len(tasks(stack)) == 1
    assert stack.clock() - NINE < timedelta(hours=6, minutes=2)  # whatever waits holds up all behind it


def test_one_task_that_amazon_connect_never_answers_holds_up_the_others_for_half_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = stack_with()
    start = stack.services.amazon_connect.start_task

    def stumbles(instance: str, task: Any) -> str:
        if task.attributes["zendesk_event"] == "created":
            raise NoAnswer("StartTaskContact answered InternalServiceException")
        return start(instance, task)

    monkeypatch.setattr(stack.services.amazon_connect, "start_task", stumbles)
    for one in (event("event-1", "created"), event("event-2")):
        stack.messages.publish(ZENDESK_EVENT, one.as_detail())
    stack.run(until=NINE + timedelta(hours=11))
    assert tasks(stack) == []
    stack.run(until=NINE + timedelta(hours=13))
    assert len(tasks(stack)) == 1
    reason = stack.letter()["reason"]
    assert reason == "tried 720 times: StartTaskContact answered InternalServiceException"


def test_a_rule_with_a_wrong_flow_makes_dead_letters_that_are_sent_again_once_it_is_mended() -> None:
    stack = stack_with(rule("Lamps"))
    stack.connect._world.flows["other"] = {"Id": "other"}
    tell(stack, event("event-1"))
    letter = stack.letter()
    assert letter["source"] == "task_creation"
    assert (
        letter["reason"] == 'Refused: StartTaskContact answered ResourceNotFoundException, for rule "Lamps"'
    )
    stack.connect._world.flows[FLOW] = {"Id": FLOW}
    stack.messages.send(dead_letter_data(letter).decode(), queue="tasks")
    stack.run(until=None)
    assert len(tasks(stack)) == 1


def test_a_rule_for_another_instance_than_the_stacks_says_so_and_holds_up_nothing() -> None:
    other = f"{INSTANCE[:-12]}{'9' * 12}"
    stack = stack_with(
        rule("Elsewhere", events=["created"], task={"contact_flow": f"{other}/contact-flow/{FLOW}"}),
        rule("Here", task={"contact_flow": f"{INSTANCE}/contact-flow/{FLOW}"}),
    )
    tell(stack, event("event-1", "created"), event("event-2"))
    assert stack.letter()["reason"].startswith('Refused: the task rule "Elsewhere" names another instance')
    assert len(tasks(stack)) == 1


def test_a_stack_without_an_instance_says_what_to_set() -> None:
    stack = stack_with()
    object.__setattr__(stack.services, "connect_instance", "")
    tell(stack, event())
    assert "set connect_instance_arn in deployment.toml" in stack.letter()["reason"]
    stack.messages.dead_letters.clear()
    change(stack, rule(task={"contact_flow": f"{INSTANCE}/contact-flow/{FLOW}"}))
    tell(stack, event("event-1"))
    assert len(tasks(stack)) == 1
    change(stack, rule(enabled=False))
    tell(stack, event("event-2"))
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"id": "event-1", "type": "ticket.created"},
        {**event().as_detail(), "id": ""},
        {**event().as_detail(), "id": "x" * 201},
        {**event().as_detail(), "id": 7},
        {**event().as_detail(), "ticket": None},
        {**event().as_detail(), "ticket": {"id": "4711"}},
        {**event().as_detail(), "ticket": {"id": 0}},
        {**event().as_detail(), "type": None},
        {**event().as_detail(), "change": 7},
        {**event().as_detail(), "ticket": {"id": 4711, "tags": None}},
    ],
)
def test_what_is_no_event_is_a_dead_letter_at_once(detail: dict[str, Any]) -> None:
    stack = stack_with()
    send(stack, detail)
    send(stack, event("event-2").as_detail())
    stack.run(until=None)
    assert stack.letter()["reason"].startswith("Permanent: ")
    assert len(tasks(stack)) == 1
    assert stack.clock() - NINE < timedelta(seconds=5)


def test_an_event_that_tells_little_makes_its_task_all_the_same() -> None:
    stack = stack_with()
    ticket: dict[str, Any] = {"id": 4711, "subject": None, "tags": []}
    send(stack, {"id": "event-1", "type": "ticket.created", "account": 22, "time": None, "ticket": ticket})
    stack.run(until=None)
    assert tasks(stack)[0]["ContactDetails"]["Name"] == "Zendesk-4711"


def test_another_message_is_a_dead_letter() -> None:
    stack = stack_with()
    send(stack, {}, "Contact Record")
    stack.run(until=None)
    assert stack.letter()["reason"] == "Permanent: no message for this queue"


def test_a_fault_of_one_message_holds_up_the_others_for_half_a_minute_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide = task_rules.decide

    def fails(told: Any, app: Any) -> Any:
        if told.id == "event-1":
            raise ZeroDivisionError("whose words are not told")
        return decide(told, app)

    monkeypatch.setattr(task_rules, "decide", fails)
    stack = stack_with()
    for number in range(1, 4):
        send(stack, event(f"event-{number}").as_detail())
    stack.run(until=None)
    assert len(tasks(stack)) == 2
    reason = stack.letter()["reason"]
    assert reason.startswith("tried 5 times: unexpected ZeroDivisionError at test_task_creation.py:")
    assert "words" not in reason
    assert stack.clock() - NINE <= timedelta(seconds=40)


def test_where_aws_is_out_of_order_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    stack = stack_with()
    get, mended = stack.items.get, NINE + timedelta(hours=2)

    def out_of_order(partition: str, sort: str) -> Any:
        if stack.clock() < mended:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")
        return get(partition, sort)

    monkeypatch.setattr(stack.items, "get", out_of_order)
    send(stack, event().as_detail())
    stack.run(until=None)
    assert len(tasks(stack)) == 1
    assert stack.messages.dead_letters == []


def test_a_worker_that_died_after_the_task_was_made_makes_no_second_one() -> None:
    stack = stack_with()
    with mock.patch.object(steps, "confirm", side_effect=SystemExit):
        send(stack, event().as_detail())
        message = stack.messages.next_due(None)
        assert message is not None
        with pytest.raises(SystemExit):
            stack.deliver(message)
    stack.messages.put_back(message)
    stack.run(until=None)
    assert len(tasks(stack)) == 1


def send(stack: Stack, detail: dict[str, Any], detail_type: str = ZENDESK_EVENT) -> None:
    """Send a message to the task queue, past the rules of the bus."""
    stack.messages.send(json.dumps({"detail-type": detail_type, "detail": detail}), queue="tasks")


def change(stack: Stack, *written: dict[str, Any]) -> None:
    """Have the administrator put other rules into force."""
    object.__setattr__(stack.app_settings, "task_rules", rules(*written))


def test_the_pace_is_kept_by_the_moments_at_which_amazon_connect_is_asked() -> None:
    stack, moments = stack_with(), []
    start = stack.connect._tasks.start

    def noted(asked: Any, now: datetime) -> Any:
        moments.append(now)
        return start(asked, now)

    stack.connect._tasks.start = noted  # type: ignore[method-assign]
    tell(stack, *(event(f"event-{number}") for number in range(5)))
    assert [(moment - NINE).total_seconds() for moment in moments] == [0, 0.5, 1, 1.5, 2]
