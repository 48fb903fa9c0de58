"""The bus that a deployment names for Zendesk's events: two rules on it, and nothing else of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.replay.matching import matches
from tests.infra.conftest import ZENDESK_BUS, Synthesise, Synthesised
from tests.tasks import event
from tests.unit.zendesk.test_partner_event import envelope as partners
from tests.webhooks import envelope as webhooks

pytestmark = pytest.mark.xdist_group("synthesis")

FOLDER = "zendesk_bus"


def rules(template: Synthesised) -> dict[str, dict[str, Any]]:
    """Return the rules that fill the worker's queue, by logical id."""
    queue = template.queue_of(FOLDER)
    return {
        name: rule["Properties"]
        for name, rule in template.of_type("AWS::Events::Rule").items()
        if any(target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]} for target in rule["Properties"]["Targets"])
    }


def test_K3_the_rules_are_on_the_bus_that_the_deployment_names(complete: Synthesised) -> None:
    made = rules(complete)
    assert {rule["EventBusName"] for rule in made.values()} == {ZENDESK_BUS}
    assert len(made) == 2
    elsewhere = [
        name
        for name, rule in complete.of_type("AWS::Events::Rule").items()
        if rule["Properties"].get("EventBusName") == ZENDESK_BUS and name not in made
    ]
    assert elsewhere == []


def test_K3_a_bus_can_be_named_by_its_arn(synthesise: Synthesise) -> None:
    arn = "arn:aws:events:eu-west-2:111122223333:event-bus/zendesk-events"
    made = synthesise(zendesk_event_bus=arn)
    assert {rule["EventBusName"] for rule in rules(made).values()} == {arn}


PIPED = {"source": "com.acme", "detail-type": "anything", "detail": webhooks()}


@pytest.mark.parametrize(
    ("arrived", "taken"),
    [
        (partners(), True),
        (partners("Ticket Permanently Deleted"), True),
        (PIPED, True),
        ({**PIPED, "detail": webhooks("agent.unified_state_changed")}, False),
        ({**PIPED, "detail-type": "Support Chat: Chat Ended", "detail": {}}, False),
        # What this stack publishes itself goes round in no circle, whichever bus is named.
        ({"source": "connect-zendesk", "detail-type": "Zendesk Event", "detail": event().as_detail()}, False),
        ({"source": "aws.health", "detail-type": "AWS Health Event", "detail": {}}, False),
    ],
)
def test_K3_ticket_events_of_either_shape_are_taken_and_nothing_else(
    complete: Synthesised, arrived: dict[str, Any], taken: bool
) -> None:
    patterns = [rule["EventPattern"] for rule in rules(complete).values()]
    assert any(matches(pattern, arrived) for pattern in patterns) is taken


def test_the_queue_takes_messages_from_its_own_rules_only(complete: Synthesised) -> None:
    queue = complete.queue_of(FOLDER)
    (policy,) = [
        policy["Properties"]["PolicyDocument"]["Statement"]
        for policy in complete.of_type("AWS::SQS::QueuePolicy").values()
        if policy["Properties"]["Queues"] == [{"Ref": queue}]
    ]
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert all(s["Principal"] == {"Service": "events.amazonaws.com"} for s in allowed)
    named = json.dumps([statement["Condition"]["ArnEquals"] for statement in allowed])
    assert all(name in named for name in rules(complete))


def test_the_worker_publishes_on_the_stacks_bus_and_may_do_nothing_with_the_other(
    complete: Synthesised,
) -> None:
    statements = [s for s in complete.statements(FOLDER) if "events" in json.dumps(s["Action"])]
    assert [statement["Action"] for statement in statements] == ["events:PutEvents"]
    assert ZENDESK_BUS not in json.dumps(complete.statements(FOLDER))
    assert "connect:" not in json.dumps([statement["Action"] for statement in complete.statements(FOLDER)])


def test_K4_who_takes_webhooks_knows_that_the_same_event_can_come_by_the_other_bus(
    complete: Synthesised, made: Synthesised
) -> None:
    for folder in ("zendesk_webhook", "zendesk_recovery"):
        assert complete.function(folder)["Environment"]["Variables"]["ZENDESK_EVENT_BUS"] == ZENDESK_BUS
        assert "ZENDESK_EVENT_BUS" not in made.function(folder)["Environment"]["Variables"]


def test_without_a_bus_there_is_neither_worker_nor_queue(made: Synthesised) -> None:
    assert not any(folder == FOLDER for folder, _ in made.handlers())
    assert "Arrivals" not in json.dumps(list(made.template["Resources"]))
