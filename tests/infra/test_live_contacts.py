"""What is deployed for contacts that are going on: acceptance, pops while they ring, the agent map."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.infra.conftest import AGENT_STREAM, INSTANCE, Synthesised
from tests.infra.test_functions import actions, arn_of, resources_for
from tests.live import agent_event, contact_event, on_agent
from tests.records import CHAYAS_NAME

pytestmark = pytest.mark.xdist_group("synthesis")

ACCEPTANCE = ("ticket_creation", "from_contact_event")


def logical_id(template: Synthesised, *function: str) -> str:
    wanted = template.function(*function)
    (found,) = [
        name
        for name, held in template.of_type("AWS::Lambda::Function").items()
        if held["Properties"] is wanted
    ]
    return found


def rules_of(template: Synthesised, *function: str) -> list[dict[str, Any]]:
    """Return the properties of the rules that start a function."""
    arn = {"Fn::GetAtt": [logical_id(template, *function), "Arn"]}
    return [
        rule["Properties"]
        for rule in template.of_type("AWS::Events::Rule").values()
        if any(target["Arn"] == arn for target in rule["Properties"]["Targets"])
    ]


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Tell whether a pattern takes an event.

    A pattern looks into lists of objects: it takes the event if it takes it with one object of each list in
    the list's place, which the matcher used here does not do by itself.
    """
    matcher = EventPattern.load(json.dumps(pattern))
    return any(matcher.matches_event(variant) for variant in _one_object_of_each_list(event))


def _one_object_of_each_list(value: Any) -> list[Any]:
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [variant for item in value for variant in _one_object_of_each_list(item)]
    if not isinstance(value, dict):
        return [value]
    fields = [[(name, variant) for variant in _one_object_of_each_list(held)] for name, held in value.items()]
    return [dict(choice) for choice in product(*fields)]


def test_acceptance_takes_contact_events_from_the_default_bus(made: Synthesised) -> None:
    rules = rules_of(made, *ACCEPTANCE)
    assert not any("EventBusName" in rule for rule in rules)
    patterns = [rule["EventPattern"] for rule in rules]
    assert all(pattern["source"] == ["aws.connect"] for pattern in patterns)
    assert all(pattern["detail-type"] == ["Amazon Connect Contact Event"] for pattern in patterns)
    assert sorted((pattern["detail"] for pattern in patterns), key=str) == [
        {"eventType": ["CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"]},
        {"eventType": ["CONTACT_DATA_UPDATED"], "updatedProperties": ["UserDefinedAttributes"]},
    ]


def test_acceptance_takes_events_of_the_configured_instance_only(imported: Synthesised) -> None:
    for rule in rules_of(imported, *ACCEPTANCE):
        assert rule["EventPattern"]["detail"]["instanceArn"] == [INSTANCE]


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        (contact_event("CONNECTED_TO_AGENT"), True),
        (contact_event("COMPLETED"), True),
        (contact_event("QUEUED"), False),
        (contact_event("CONTACT_DATA_UPDATED", updatedProperties=["Tags", "UserDefinedAttributes"]), True),
        (contact_event("CONTACT_DATA_UPDATED", updatedProperties=["Tags"]), False),
    ],
)
def test_acceptance_is_started_by_what_it_follows(
    made: Synthesised, event: dict[str, Any], taken: bool
) -> None:
    rules = rules_of(made, *ACCEPTANCE)
    assert any(matches(rule["EventPattern"], event) for rule in rules) is taken


def test_acceptance_is_never_retried_and_what_fails_goes_to_the_contact_queue(made: Synthesised) -> None:
    contacts = arn_of(made, "AWS::SQS::Queue", "Contacts")
    for rule in rules_of(made, *ACCEPTANCE):
        (target,) = rule["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": contacts}
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 60
    function = {"Ref": logical_id(made, *ACCEPTANCE)}
    (config,) = [
        held["Properties"]
        for held in made.of_type("AWS::Lambda::EventInvokeConfig").values()
        if held["Properties"]["FunctionName"] == function
    ]
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": contacts}}


def test_acceptance_may_ask_about_contacts_and_agents_of_the_instance(imported: Synthesised) -> None:
    statements = imported.statements(*ACCEPTANCE)
    assert resources_for(statements, "connect:DescribeContact") == [INSTANCE, f"{INSTANCE}/contact/*"]
    assert resources_for(statements, "connect:DescribeUser") == [INSTANCE, f"{INSTANCE}/agent/*"]
    assert not {action for action in actions(statements) if action.startswith("kinesis")}


def test_acceptance_has_its_handler_a_short_timeout_and_a_lease_beyond_it(made: Synthesised) -> None:
    function = made.function(*ACCEPTANCE)
    assert (function["Handler"], function["Timeout"]) == ("from_contact_event.handler", 20)
    assert function["Environment"]["Variables"]["LEASE_SECONDS"] == "80"


def test_pops_while_it_rings_are_deployed_only_with_a_stream(made: Synthesised) -> None:
    folders = [
        function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for function in made.of_type("AWS::Lambda::Function").values()
    ]
    assert "screen_pop" not in folders
    assert "agent_map" not in folders


def test_pops_read_the_agent_stream_from_its_end_and_try_nothing_again(imported: Synthesised) -> None:
    mapping = dict(imported.mapping("screen_pop")["Properties"])
    del mapping["FunctionName"], mapping["FilterCriteria"]
    assert mapping == {
        "EventSourceArn": AGENT_STREAM,
        "StartingPosition": "LATEST",
        "BatchSize": 5,
        "ParallelizationFactor": 10,
        "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 0,
    }
    statements = imported.statements("screen_pop")
    assert resources_for(statements, "kinesis:GetRecords") == [AGENT_STREAM]
    decrypt = [statement for statement in statements if "kinesis" in str(statement.get("Condition"))]
    assert [statement["Action"] for statement in decrypt] == ["kms:Decrypt"]


RINGING = on_agent("c", "CONNECTING")
TALKING = on_agent("c", "CONNECTED")
WATCHING = on_agent("w", "CONNECTED", InitiationMethod="MONITOR")


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        pytest.param(agent_event([], [RINGING]), True, id="it rings"),
        pytest.param(
            agent_event([TALKING], [TALKING, on_agent("d", "CONNECTING")]), True, id="the second rings"
        ),
        pytest.param(agent_event([], [WATCHING], agent=CHAYAS_NAME), True, id="a supervisor watches"),
        pytest.param(agent_event([WATCHING], [], agent=CHAYAS_NAME), True, id="a supervisor leaves"),
        pytest.param(agent_event([], []), True, id="a change of status"),
        pytest.param(agent_event([RINGING], [TALKING]), True, id="accepted"),
        pytest.param(agent_event([TALKING], [on_agent("c", "ENDED")]), True, id="ended"),
        pytest.param(agent_event([RINGING], [RINGING], kind="HEART_BEAT"), False, id="a heartbeat"),
        pytest.param(agent_event([], [], kind="LOGIN"), False, id="a login"),
    ],
)
def test_changes_start_the_function_and_idle_agents_do_not(
    imported: Synthesised, event: dict[str, Any], taken: bool
) -> None:
    filters = imported.mapping("screen_pop")["Properties"]["FilterCriteria"]["Filters"]
    patterns = [json.loads(pattern["Pattern"]) for pattern in filters]
    assert any(matches(pattern, {"data": event}) for pattern in patterns) is taken


def test_the_agent_map_is_filled_each_quarter_of_an_hour_and_after_a_deployment(
    imported: Synthesised,
) -> None:
    by_kind = {
        "schedule" if "ScheduleExpression" in rule else "deployed": rule
        for rule in rules_of(imported, "agent_map")
    }
    assert by_kind["schedule"]["ScheduleExpression"] == "rate(15 minutes)"
    pattern = by_kind["deployed"]["EventPattern"]
    assert pattern["source"] == ["aws.cloudformation"]
    assert pattern["detail"]["stack-id"] == [{"Ref": "AWS::StackId"}]
    told = {
        "source": "aws.cloudformation",
        "detail-type": "CloudFormation Stack Status Change",
        "detail": {"stack-id": "this", "status-details": {"status": "UPDATE_COMPLETE", "status-reason": ""}},
    }
    detail = {**pattern["detail"], "stack-id": ["this"]}
    assert matches({**pattern, "detail": detail}, told)
    told["detail"] = {"stack-id": "this", "status-details": {"status": "UPDATE_IN_PROGRESS"}}
    assert not matches({**pattern, "detail": detail}, told)


def test_the_agent_map_may_list_the_users_of_its_instance(imported: Synthesised) -> None:
    statements = imported.statements("agent_map")
    assert resources_for(statements, "connect:ListUsers") == [INSTANCE]
    assert "connect:DescribeContact" not in actions(statements)


@pytest.mark.parametrize(
    ("function", "sends_to", "asks_for_agents"),
    [
        (("customer_lookup", "from_contact_flow"), [], False),
        (("screen_pop",), [], True),
        (("agent_map",), [], True),
        (("customer_update",), ["DeadLetters"], False),
        (("ticket_creation", "from_contact_flow"), ["Contacts", "Customers", "DeadLetters"], True),
    ],
)
def test_only_what_links_tickets_may_send_anything(
    imported: Synthesised, function: tuple[str, ...], sends_to: list[str], asks_for_agents: bool
) -> None:
    statements = imported.statements(*function)
    queues = [arn_of(imported, "AWS::SQS::Queue", name) for name in sends_to]
    assert resources_for(statements, "sqs:SendMessage") == queues
    assert bool(resources_for(statements, "events:PutEvents")) is (len(sends_to) == 3)
    assert bool(resources_for(statements, "connect:DescribeUser")) is asks_for_agents
