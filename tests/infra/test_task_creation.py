"""Zendesk events that become tasks, or attach contacts: rules, queues, what the workers may do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS
from local.replay.matching import matches
from tests.infra.conftest import INSTANCE, Synthesised
from tests.tasks import event

pytestmark = pytest.mark.xdist_group("synthesis")

FOLDER = "task_creation"
#: EventBridge takes no longer pattern.
LONGEST_PATTERN = 2048


def rules_to(template: Synthesised, folder: str) -> list[dict[str, Any]]:
    """Return the rules that bring Zendesk events to a worker's queue."""
    return [
        rule["Properties"]
        for rule in template.of_type("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("detail-type") == ["Zendesk Event"]
        and rule["Properties"]["Targets"][0]["Arn"]["Fn::GetAtt"][0] == template.queue_of(folder)
    ]


def rule_to(template: Synthesised, folder: str) -> dict[str, Any]:
    """Return the only rule that brings Zendesk events to a worker's queue."""
    (rule,) = rules_to(template, folder)
    return rule


def test_K1_events_that_rules_can_name_go_to_one_queue_in_one_order(made: Synthesised) -> None:
    rule = rule_to(made, FOLDER)
    assert rule["EventPattern"]["source"] == ["connect-zendesk"]
    (target,) = rule["Targets"]
    assert target["SqsParameters"] == {"MessageGroupId": "tasks"}
    assert "DeadLetters" in target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    queue = made.of_type("AWS::SQS::Queue")[made.queue_of(FOLDER)]["Properties"]
    assert (queue["FifoQueue"], queue["ContentBasedDeduplication"]) == (True, True)
    assert (queue["MessageRetentionPeriod"], queue["VisibilityTimeout"]) == (14 * 24 * 3600, 180)
    assert made.template["Outputs"]["TaskQueueUrl"]["Value"] == {"Ref": made.queue_of(FOLDER)}


def test_K4_an_event_that_comes_twice_is_the_same_message(made: Synthesised) -> None:
    (target,) = rule_to(made, FOLDER)["Targets"]
    transformer = target["InputTransformer"]
    assert set(transformer["InputPathsMap"].values()) == {"$.detail-type", "$.detail"}
    names = {path: name for name, path in transformer["InputPathsMap"].items()}
    assert transformer["InputTemplate"] == (
        f'{{"detail-type":<{names["$.detail-type"]}>,"detail":<{names["$.detail"]}>}}'
    )


def pattern_of(template: Synthesised, folder: str) -> dict[str, Any]:
    """Return what the only rule to a worker's queue asks of an event's detail."""
    return detail_of(rule_to(template, folder))


def detail_of(rule: dict[str, Any]) -> dict[str, Any]:
    """Return what a rule asks of an event's detail."""
    pattern: dict[str, Any] = rule["EventPattern"]
    assert len(json.dumps(pattern, separators=(",", ":"))) <= LONGEST_PATTERN
    detail: dict[str, Any] = pattern["detail"]
    return detail


@pytest.mark.parametrize("kind", EVENTS)
def test_K1_each_event_that_a_rule_can_name_passes_the_bus_unless_we_made_it(
    made: Synthesised, kind: str
) -> None:
    pattern = pattern_of(made, FOLDER)
    assert matches(pattern, event(kind=kind).as_detail())
    assert not matches(pattern, event(kind=kind, by_connector=True).as_detail())


def test_K1_an_event_that_no_rule_can_name_wakes_nobody(made: Synthesised) -> None:
    assert not matches(pattern_of(made, FOLDER), event(kind="permanently_deleted").as_detail())


@pytest.mark.parametrize(
    ("kind", "fields", "passes"),
    [
        *(("tags_changed", {"change": {"tags_added": ("vip", tag)}}, True) for tag in MACRO_TAGS),
        *(("created", {"ticket": {"tags": ("vip", tag)}}, True) for tag in MACRO_TAGS),
        ("tags_changed", {"change": {"tags_added": ("vip",)}, "ticket": {"tags": MACRO_TAGS}}, False),
        ("tags_changed", {"change": {"tags_removed": MACRO_TAGS}}, False),
        ("tags_changed", {"change": {"tags_added": MACRO_TAGS}, "by_connector": True}, False),
        ("created", {"ticket": {"tags": MACRO_TAGS}, "by_connector": True}, False),
        ("merged", {"change": {"merged_into": 4003}}, True),
        ("created", {}, False),
        ("status_changed", {"ticket": {"tags": MACRO_TAGS}, "change": {"tags_added": MACRO_TAGS}}, False),
    ],
)
def test_A1_T12_only_tickets_that_get_a_macros_tag_or_are_merged_reach_the_attachments(
    made: Synthesised, kind: str, fields: dict[str, Any], passes: bool
) -> None:
    told = event(kind=kind, **fields).as_detail()
    patterns = [detail_of(rule) for rule in rules_to(made, "ticket_attachment")]
    assert sum(matches(pattern, told) for pattern in patterns) == passes


def test_tasks_are_made_one_at_a_time(imported: Synthesised) -> None:
    function, mapping = imported.function(FOLDER), imported.mapping(FOLDER)["Properties"]
    assert (function["Handler"], function["Timeout"]) == ("from_zendesk_event.handler", 30)
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})
    assert function["Environment"]["Variables"]["OWN_QUEUE_URL"] == {"Ref": imported.queue_of(FOLDER)}
    assert function["Environment"]["Variables"]["CONNECT_INSTANCE_ARN"] == INSTANCE


def test_the_worker_may_start_tasks_in_the_instance_and_nothing_else(imported: Synthesised) -> None:
    allowed = {action for statement in imported.statements(FOLDER) for action in _actions(statement)}
    assert {action for action in allowed if action.startswith("connect:")} == {"connect:StartTaskContact"}
    assert not any(action.startswith(("events:", "secretsmanager:")) for action in allowed)
    (statement,) = (
        statement
        for statement in imported.statements(FOLDER)
        if "connect:StartTaskContact" in _actions(statement)
    )
    assert statement["Resource"][0] == INSTANCE
    assert all(resource.startswith(f"{INSTANCE}/") for resource in statement["Resource"][1:])


def test_without_an_instance_it_may_start_them_in_any_of_the_account_as_rules_name_it(
    made: Synthesised,
) -> None:
    statements = [s for s in made.statements(FOLDER) if "connect:StartTaskContact" in _actions(s)]
    (resources,) = (json.dumps(statement["Resource"]) for statement in statements)
    assert resources.count(":instance/*") == len(statements[0]["Resource"]) == 5
    assert "AWS::AccountId" in resources


def test_tasks_that_wait_or_fail_have_their_alarm(made: Synthesised) -> None:
    alarms = made.of_type("AWS::CloudWatch::Alarm")
    (waiting,) = (alarm["Properties"] for name, alarm in alarms.items() if "TasksDelayed" in name)
    assert waiting["MetricName"] == "ApproximateAgeOfOldestMessage"
    metrics = {alarm["Properties"]["MetricName"] for name, alarm in alarms.items() if "TaskCreation" in name}
    assert metrics == {"Errors", "Throttles"}


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions
