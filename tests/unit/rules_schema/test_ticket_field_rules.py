"""Ticket field rules as an administrator writes them (T17)."""

from typing import Any

import pytest
from jsonschema import Draft4Validator

from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.schema import app_settings_schema
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.rules.settings.ticket_field_rules import (
    ContactConditions,
    FromAttribute,
    TicketFieldRule,
    TicketValues,
)

RULE = {"name": "All", "set": {"group": 11}}
VALIDATOR = Draft4Validator(app_settings_schema())


def test_T17_a_rule_is_read_with_all_that_it_can_have() -> None:
    document = from_toml("""
        [[ticket_fields]]
        name = "Orders"
        enabled = false
        [ticket_fields.when]
        channel = "Voice"
        direction = ["inbound"]
        queue = ["Orders", "Vip orders"]
        kind = ["answered", "Missed"]
        attributes = { customer_tier = ["Gold", "silver"], order_number = "*" }
        [ticket_fields.set]
        tags = ["Order", "b"]
        group = 11
        brand = "22"
        form = 33
        priority = "High"
        type = "question"
        [ticket_fields.set.fields]
        360001 = "topic_order"
        360002 = true
        360003 = 5
        360004 = ["one", "two"]
        360005 = { attribute = "order_number" }
    """)
    assert VALIDATOR.is_valid(document)
    settings, problems = app_settings.read(document)
    assert not problems
    assert settings.ticket_fields == (
        TicketFieldRule(
            "Orders",
            TicketValues(
                tags=("b", "order"),
                group=11,
                brand=22,
                form=33,
                priority="high",
                type="question",
                fields={
                    360001: "topic_order",
                    360002: True,
                    360003: 5,
                    360004: ("one", "two"),
                    360005: FromAttribute("order_number"),
                },
            ),
            ContactConditions(
                channel=frozenset({"voice"}),
                direction=frozenset({"inbound"}),
                queue=frozenset({"orders", "vip orders"}),
                kind=frozenset({"answered", "missed"}),
                attributes={
                    "customer_tier": frozenset({"gold", "silver"}),
                    "order_number": frozenset({"*"}),
                },
            ),
            enabled=False,
        ),
    )
    assert {"customer_tier", "order_number"} <= settings.named_attributes


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": ""}, "ticket_fields[1].name: expected a name of 100 characters or fewer"),
        ({"set": {}}, "ticket_fields[1].set: expected a table of tags, group"),
        ({"set": {"group": "Support"}}, "ticket_fields[1].set.group: expected a number"),
        ({"set": {"priority": "top"}}, "ticket_fields[1].set.priority: expected low, normal"),
        ({"set": {"status": "solved"}}, "ticket_fields[1].set.status: expected one of tags, group"),
        ({"set": {"tags": "two words"}}, "ticket_fields[1].set.tags: expected a tag"),
        ({"set": {"fields": {"Topic": "x"}}}, "ticket_fields[1].set.fields.Topic: expected the id of a"),
        ({"set": {"fields": {"5": []}}}, "ticket_fields[1].set.fields.5: expected a text, a whole number"),
        (
            {"set": {"fields": {"5": {"attribut": "x"}}}},
            "ticket_fields[1].set.fields.5.attribut: expected one of attribute",
        ),
        ({"when": {"kind": "lost"}}, "ticket_fields[1].when.kind: expected answered, abandoned"),
        ({"when": {"sentiment": "angry"}}, "ticket_fields[1].when.sentiment: expected positive, negative"),
        (
            {"when": {"category": "Refund"}},
            "ticket_fields[1].set.group: expected only tags and fields beside category or sentiment",
        ),
        (
            {"when": {"sentiment": "mixed", "channel": "voice"}, "set": {"tags": "x", "priority": "urgent"}},
            "ticket_fields[1].set.priority: expected only tags and fields beside category or sentiment",
        ),
        (
            {"when": {"category": ["a"]}, "set": {"type": "task"}, "enabled": False},
            "ticket_fields[1].set.type: expected only tags and fields beside category or sentiment",
        ),
        ({"when": {"channel": "fax"}}, "ticket_fields[1].when.channel: expected voice, chat or task"),
    ],
)
def test_S8_a_wrong_rule_is_refused_with_the_place_and_the_reason(
    change: dict[str, Any], problem: str
) -> None:
    document = {"ticket_fields": [{**RULE, **change}]}
    assert not VALIDATOR.is_valid(document)
    settings, (found,) = app_settings.read(document)
    assert found.startswith(problem)
    assert settings.ticket_fields == ()


def test_S8_two_rules_of_one_name_are_refused() -> None:
    (found,) = app_settings.read({"ticket_fields": [RULE, RULE]})[1]
    assert found == 'ticket_fields[2].name: expected a name that no other rule has, got "All"'


def test_T17_a_rule_that_waits_for_an_analysis_is_read() -> None:
    when = {"category": ["Late Parcel", " Refund "], "sentiment": "Negative", "channel": "voice"}
    document = {"ticket_fields": [{"name": "R", "when": when, "set": {"tags": "a", "fields": {"5": "x"}}}]}
    assert VALIDATOR.is_valid(document)
    settings, problems = app_settings.read(document)
    assert not problems
    (rule,) = settings.ticket_fields
    assert rule.when.category == {"late parcel", "refund"}
    assert rule.when.sentiment == {"negative"}
    assert rule.when.need_analysis
    assert not ContactConditions(channel=frozenset({"voice"})).need_analysis
