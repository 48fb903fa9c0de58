"""O2: doctor finds parts of the stack that were switched off, stopped or deleted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from administration.doctor.findings import Severity
from tests.functional.doctor.living import BUS, EVENTS_SEND, FILES, RULE, Living, queue_arn

REVERT = 'make deploy ARGS="--revert-drift"'


def mapping(system: Living) -> str:
    found = system.aws["lambda"].list_event_source_mappings(EventSourceArn=queue_arn("Contacts"))
    return str(found["EventSourceMappings"][0]["UUID"])


def remove_targets(system: Living) -> None:
    system.aws["events"].remove_targets(Rule=FILES, Ids=["Target0"])


def delete_rule(system: Living) -> None:
    system.aws["events"].remove_targets(Rule=RULE, EventBusName=BUS, Ids=["Target0"])
    system.aws["events"].delete_rule(Name=RULE, EventBusName=BUS)


@dataclass(frozen=True)
class Planted:
    """A fault: what plants it, the finding by its name, a line of its cure, what else is found with it."""

    plant: Callable[[Living], object]
    name: str
    cure: str = REVERT
    severity: Severity = Severity.FAULT
    beside: tuple[str, ...] = ()


FAULTS = {
    "a function that may not run": Planted(
        lambda s: s.aws["lambda"].put_function_concurrency(
            FunctionName="Reader", ReservedConcurrentExecutions=0
        ),
        "function-stopped",
    ),
    "a function deleted": Planted(
        lambda s: s.aws["lambda"].delete_function(FunctionName="Reader"),
        "function-missing",
        beside=("address-missing", "rule-target-closed"),
    ),
    "a queue whose mapping is switched off": Planted(
        lambda s: s.aws["lambda"].update_event_source_mapping(UUID=mapping(s), Enabled=False),
        "queue-not-read",
        "aws lambda update-event-source-mapping --uuid",
    ),
    "a queue without a mapping": Planted(
        lambda s: s.aws["lambda"].delete_event_source_mapping(UUID=mapping(s)), "queue-not-read"
    ),
    "a queue deleted": Planted(
        lambda s: s.aws["sqs"].delete_queue(QueueUrl=s.queue), "queue-missing", beside=("rule-target-closed",)
    ),
    "a queue without a dead-letter queue": Planted(
        # The library in memory loses a queue's policy with its other attributes.
        lambda s: s.aws["sqs"].set_queue_attributes(
            QueueUrl=s.queue, Attributes={"RedrivePolicy": "", "Policy": json.dumps(EVENTS_SEND)}
        ),
        "queue-without-dead-letters",
        severity=Severity.WARNING,
    ),
    "a rule switched off": Planted(
        lambda s: s.aws["events"].disable_rule(Name=RULE, EventBusName=BUS),
        "rule-off",
        f"aws events enable-rule --name {RULE} --event-bus-name {BUS}",
    ),
    "a rule of the default bus switched off": Planted(
        lambda s: s.aws["events"].disable_rule(Name=FILES),
        "rule-off",
        f"aws events enable-rule --name {FILES} --event-bus-name default",
    ),
    "a rule without a target": Planted(remove_targets, "rule-without-target"),
    "a queue that EventBridge may not send to": Planted(
        lambda s: s.aws["sqs"].set_queue_attributes(QueueUrl=s.queue, Attributes={"Policy": ""}),
        "rule-target-closed",
    ),
    "a function that EventBridge may not invoke": Planted(
        lambda s: s.aws["lambda"].remove_permission(FunctionName="Reader", StatementId="events"),
        "rule-target-closed",
    ),
    "an address deleted": Planted(
        lambda s: s.aws["lambda"].delete_function_url_config(FunctionName="Reader"), "address-missing"
    ),
    "an address for signed requests only": Planted(
        lambda s: s.aws["lambda"].update_function_url_config(FunctionName="Reader", AuthType="AWS_IAM"),
        "address-closed",
        "--auth-type NONE",
    ),
    "a rule deleted": Planted(delete_rule, "rule-missing"),
}


@pytest.mark.parametrize("planted", FAULTS.values(), ids=FAULTS)
def test_O2_a_part_changed_by_hand_is_found_with_what_mends_it(system: Living, planted: Planted) -> None:
    planted.plant(system)
    found, *others = sorted(system.findings(), key=lambda each: each.name != planted.name)
    assert (found.name, found.severity) == (planted.name, planted.severity)
    assert {other.name for other in others} == set(planted.beside)
    assert any(planted.cure in line for line in found.cure), found.cure


def test_O2_a_rule_that_is_not_the_stacks_may_be_switched_off(system: Living) -> None:
    listed = system.aws["events"].list_rules(EventBusName=BUS)["Rules"]
    assert [rule["Name"] for rule in listed if rule["State"] == "DISABLED"] == ["Theirs"]
    assert system.findings() == []
