"""Which rules of `ticket_fields` fit a contact, and what they give its ticket (T17)."""

from dataclasses import replace
from typing import Any

import pytest

from connect_zendesk.rules.contacts.contact import Leg, Queue
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.tickets import ticket_fields
from connect_zendesk.rules.tickets.ticket_fields import TicketFields
from tests.unit.rules.world import ASMITH, BEGAN, SUPPORT, minutes_before

QUEUE_ARN = "arn:aws:connect:eu-west-2:111122223333:instance/i/queue/Q-1"
CALL = Leg(
    "c-1",
    "c-1",
    "VOICE",
    "INBOUND",
    BEGAN,
    BEGAN,
    ended=minutes_before(-4),
    agent=ASMITH,
    queue=replace(SUPPORT, id="q-1"),
    attributes={"tier": "Gold", "order": "A-1", "empty": " none "},
)
MISSED = replace(CALL, agent=None, attempts=1)
BY_AGENT_QUEUE = replace(CALL, queue=Queue())


def given(leg: Leg, *rules: dict[str, Any]) -> TicketFields:
    document = {"ticket_fields": [{"name": f"Rule {n}", **rule} for n, rule in enumerate(rules, 1)]}
    app, problems = app_settings.read(document)
    assert not problems
    return ticket_fields.of_contact(leg, app)


@pytest.mark.parametrize(
    ("leg", "when", "fits"),
    [
        (CALL, {}, True),
        (CALL, {"channel": ["chat", "voice"]}, True),
        (CALL, {"channel": "chat"}, False),
        (CALL, {"direction": "inbound"}, True),
        (replace(CALL, initiation_method="OUTBOUND"), {"direction": "inbound"}, False),
        (replace(CALL, initiation_method="CALLBACK"), {"direction": "inbound"}, True),
        (CALL, {"queue": " SUPPORT "}, True),
        (CALL, {"queue": ["Sales", QUEUE_ARN]}, True),
        (CALL, {"queue": "q-1"}, True),
        (CALL, {"queue": "Sales"}, False),
        (BY_AGENT_QUEUE, {"queue": "Support"}, False),
        (replace(CALL, queue=None), {"queue": "Support"}, False),
        (CALL, {"kind": "answered"}, True),
        (CALL, {"kind": "missed"}, False),
        (MISSED, {"kind": "answered"}, False),
        (MISSED, {"kind": ["missed", "abandoned"]}, True),
        (replace(CALL, agent=None, ended=None), {"kind": ["answered", "missed", "abandoned"]}, False),
        (CALL, {"attributes": {"tier": ["silver", "gold"]}}, True),
        (CALL, {"attributes": {"tier": "gold", "order": "A-2"}}, False),
        (CALL, {"attributes": {"Tier": "gold"}}, False),
        (CALL, {"attributes": {"order": "*"}}, True),
        (CALL, {"attributes": {"empty": "*"}}, False),
        (CALL, {"attributes": {"missing": "*"}}, False),
        (CALL, {"channel": "voice", "kind": "missed"}, False),
    ],
)
def test_T17_a_rule_fits_where_each_of_its_conditions_holds(
    leg: Leg, when: dict[str, Any], *, fits: bool
) -> None:
    assert given(leg, {"when": when, "set": {"tags": "x"}}).tags == (["x"] if fits else [])


def test_T17_an_attribute_that_is_not_set_leaves_the_field_to_the_next_rule() -> None:
    found = given(
        CALL,
        {"set": {"fields": {"5": {"attribute": "empty"}, "6": {"attribute": "order"}}}},
        {"set": {"fields": {"5": "unknown", "6": "unknown"}}},
    )
    assert found.properties == {"custom_fields": [{"id": 6, "value": "A-1"}, {"id": 5, "value": "unknown"}]}


def test_T17_no_reason_has_what_an_attribute_holds_and_none_is_too_long() -> None:
    fields = {str(number): "v" * 200 for number in range(1, 40)}
    found = given(CALL, {"set": {"fields": {"99": {"attribute": "order"}, **fields}}})
    (reason,) = found.reasons
    assert "A-1" not in reason.line
    assert "field 99 to what the attribute order holds" in reason.line
    assert len(reason.text) == 300
    assert reason.settings == ("ticket_fields",)


def test_T17_without_rules_nothing_is_given() -> None:
    assert given(CALL) == TicketFields()
    assert (TicketFields().properties, TicketFields().tags, TicketFields().reasons) == ({}, [], ())
