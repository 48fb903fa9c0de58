"""Task rules as an administrator writes them (K1)."""

from typing import Any

import pytest
from jsonschema import Draft4Validator

from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.schema import app_settings_schema
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.rules.settings.task_rules import Conditions, TaskRule, TaskStart

FLOW = "11111111-2222-3333-4444-555555555555"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/99999999-2222-3333-4444-555555555555"
RULE = {"name": "New", "events": ["created"], "task": {"contact_flow": FLOW}}

VALIDATOR = Draft4Validator(app_settings_schema())


def read(*rules: dict[str, Any]) -> tuple[TaskRule, ...]:
    document = {"task_rules": list(rules)}
    assert VALIDATOR.is_valid(document)
    settings, problems = app_settings.read(document)
    assert not problems
    return settings.task_rules


def test_K1_a_rule_needs_a_name_events_and_a_start() -> None:
    assert read(RULE) == (TaskRule("New", frozenset({"created"}), TaskStart(contact_flow=FLOW)),)


def test_K1_an_ARN_names_the_instance_that_the_task_is_made_in_and_an_id_does_not() -> None:
    assert TaskStart(contact_flow=f"{INSTANCE}/contact-flow/{FLOW}").instance == INSTANCE
    assert TaskStart(template=FLOW).instance is None


def test_K1_rules_keep_their_order_because_the_first_hit_wins() -> None:
    assert [rule.name for rule in read(RULE, {**RULE, "name": "B"}, {**RULE, "name": "A"})] == [
        "New",
        "B",
        "A",
    ]


def test_K1_conditions_are_written_as_one_value_or_a_list_in_any_case() -> None:
    toml = f"""
        [[task_rules]]
        name = "Urgent"
        enabled = false
        events = ["created", "Status_Changed"]
        [task_rules.task]
        quick_connect = "{INSTANCE}/transfer-destination/{FLOW.upper()}"
        schedule_in_minutes = 30
        [task_rules.when]
        status = "OPEN"
        priority = ["High", "urgent"]
        type = "incident"
        tags_any = ["VIP", "gold"]
        tags_all = "callback"
        tags_none = ["no_task"]
        group = 98738
        brand = ["123", 456]
        form = "687"
        channel = "Web"
    """
    document = from_toml(toml)
    assert VALIDATOR.is_valid(document)
    (rule,) = app_settings.read(document)[0].task_rules
    assert rule == TaskRule(
        name="Urgent",
        enabled=False,
        events=frozenset({"created", "status_changed"}),
        task=TaskStart(
            quick_connect=f"{INSTANCE}/transfer-destination/{FLOW}".lower(), schedule_in_minutes=30
        ),
        when=Conditions(
            status=frozenset({"open"}),
            priority=frozenset({"high", "urgent"}),
            type=frozenset({"incident"}),
            tags_any=frozenset({"vip", "gold"}),
            tags_all=frozenset({"callback"}),
            tags_none=frozenset({"no_task"}),
            group=frozenset({98738}),
            brand=frozenset({123, 456}),
            form=frozenset({687}),
            channel=frozenset({"web"}),
        ),
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, 'task_rules[1].name: expected a name of 100 characters or fewer, got " "'),
        ({"name": "x" * 101}, "task_rules[1].name: expected a name"),
        ({"events": []}, "task_rules[1].events: expected created, comment_added"),
        ({"events": ["create"]}, "task_rules[1].events[1]: expected created, comment_added"),
        ({"enabled": "perhaps"}, 'task_rules[1].enabled: expected true or false, got "perhaps"'),
        ({"when": {"status": "shut"}}, "task_rules[1].when.status: expected new, open, pending"),
        ({"when": {"priority": ["high", "top"]}}, "task_rules[1].when.priority[2]: expected low, normal"),
        (
            {"when": {"group": "Support"}},
            "task_rules[1].when.group: expected a number, got",
        ),
        ({"when": {"tags_any": ["two words"]}}, "task_rules[1].when.tags_any[1]: expected a tag"),
        ({"when": {"subject": "x"}}, "task_rules[1].when.subject: expected one of status, priority"),
        ({"task": {}}, "task_rules[1].task: expected exactly one of contact_flow, quick_connect, template"),
        (
            {"task": {"contact_flow": FLOW, "template": FLOW}},
            "task_rules[1].task: expected exactly one of contact_flow, quick_connect, template",
        ),
        (
            {"task": {"contact_flow": "Main flow"}},
            "task_rules[1].task.contact_flow: expected the id or ARN of",
        ),
        (
            {"task": {"contact_flow": f"{INSTANCE}/task-template/{FLOW}"}},
            "task_rules[1].task.contact_flow: expected the id or ARN of a flow",
        ),
        (
            {"task": {"contact_flow": FLOW, "schedule_in_minutes": 8641}},
            "task_rules[1].task.schedule_in_minutes: expected a whole number from 0 to 8640",
        ),
        ({"colour": "red"}, "task_rules[1].colour: expected one of name, enabled, events, when, task"),
    ],
)
def test_S8_a_wrong_rule_is_refused_with_the_place_and_the_reason(
    change: dict[str, Any], problem: str
) -> None:
    document = {"task_rules": [{**RULE, **change}]}
    assert not VALIDATOR.is_valid(document)
    settings, (found,) = app_settings.read(document)
    assert found.startswith(problem)
    assert settings.task_rules == ()


@pytest.mark.parametrize("missing", ["name", "events", "task"])
def test_S8_a_rule_without_something_it_needs_is_refused(missing: str) -> None:
    document = {"task_rules": [{name: value for name, value in RULE.items() if name != missing}]}
    assert not VALIDATOR.is_valid(document)
    (found,) = app_settings.read(document)[1]
    assert found.startswith(f"task_rules[1].{missing}: expected ")


def test_S8_two_rules_of_one_name_are_refused_by_the_reader_as_no_schema_can() -> None:
    (found,) = app_settings.read({"task_rules": [RULE, {**RULE, "events": ["merged"]}]})[1]
    assert found == 'task_rules[2].name: expected a name that no other rule has, got "New"'
