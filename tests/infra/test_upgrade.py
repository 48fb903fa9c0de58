"""From the release before to this one: what holds data is updated in place, never replaced (O1, O6)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.infra.conftest import Synthesised

BEFORE = Path(__file__).parents[1] / "fixtures" / "release_0_1_0" / "template.json.gz"
#: The module that publishes records of calls with voice authentication.
RECORDS = "from_contact_record"
#: What CloudFormation replaces a resource for, by type, where it holds data.
REPLACED_FOR: dict[str, tuple[str, ...]] = {
    "AWS::DynamoDB::Table": ("KeySchema", "TableName"),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::KMS::Key": ("KeySpec", "MultiRegion"),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::Archive": ("ArchiveName", "SourceArn"),
    "AWS::AppConfig::Application": (),
    "AWS::AppConfig::Environment": ("ApplicationId",),
    "AWS::AppConfig::ConfigurationProfile": ("ApplicationId", "LocationUri", "Type"),
    "AWS::AppConfig::DeploymentStrategy": ("ReplicateTo",),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
}


def holding_data(template: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what is replaced if it changes, by logical id, of the resources that hold data."""
    return {
        name: (
            resource["Type"],
            *(
                json.dumps(resource.get("Properties", {}).get(part))
                for part in REPLACED_FOR[resource["Type"]]
            ),
        )
        for name, resource in template["Resources"].items()
        if resource["Type"] in REPLACED_FOR
    }


def test_O6_an_upgrade_replaces_nothing_that_holds_data(synthesise: Callable[..., Synthesised]) -> None:
    before = holding_data(json.loads(gzip.decompress(BEFORE.read_bytes())))
    now = holding_data(
        synthesise(
            agent_event_stream_arn="arn:aws:kinesis:eu-west-2:111122223333:stream/agent-events",
            contact_buckets="amazon-connect-acme",
            alarm_email="operations@example.com",
        ).template
    )
    assert len(before) > 20
    assert {name: now.get(name) for name in before} == before
    assert {kind for kind, *_ in before.values()} == set(REPLACED_FOR)


def comes_after(template: dict[str, Any], first: str, then: str) -> bool:
    """Return whether CloudFormation makes or changes one resource only when another is done."""
    waits_for = template["Resources"][then].get("DependsOn", [])
    return first in waits_for or any(comes_after(template, first, each) for each in waits_for)


def rules_by_what_they_take(template: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return the logical ids of rules by detail type and target."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Events::Rule" and "EventPattern" in resource["Properties"]:
            for kind in resource["Properties"]["EventPattern"].get("detail-type", ()):
                target = json.dumps(resource["Properties"]["Targets"][0]["Arn"])
                found.setdefault((str(kind), target), []).append(name)
    return found


def test_O6_an_upgrade_loses_no_event_between_two_rules(synthesise: Callable[..., Synthesised]) -> None:
    before = rules_by_what_they_take(json.loads(gzip.decompress(BEFORE.read_bytes())))
    upgraded = synthesise(
        agent_event_stream_arn="arn:aws:kinesis:eu-west-2:111122223333:stream/agent-events",
        contact_buckets="amazon-connect-acme",
    )
    template, functions = upgraded.template, upgraded.of_type("AWS::Lambda::Function")
    now = rules_by_what_they_take(template)
    resources = template["Resources"]
    changed = {
        (kind, target): rule
        for (kind, target), rules in before.items()
        for rule in rules
        if rule in resources and rule not in now.get((kind, target), ())  # one that is gone ends last of all
    }
    assert sorted(kind for kind, _ in changed) == ["Contact File", "Contact Files Expected", "Contact Record"]
    for (kind, target), rule in changed.items():
        if kind != "Contact Record":
            (taken_over,) = now[kind, target]
            assert comes_after(template, taken_over, rule)
    # Records of calls with voice authentication: one that knows them, a rule, and one that publishes them.
    (rule,) = (name for (kind, _), (name, *_) in now.items() if kind == "Voice Record")
    (ended,) = (name for (kind, _), name in changed.items() if kind == "Contact Record")
    (reader,) = (name for name in functions if name.startswith("VoiceIdSync"))
    (publisher,) = (
        name for name, each in functions.items() if each["Properties"]["Handler"] == f"{RECORDS}.handler"
    )
    order = (reader, rule, publisher, ended)
    assert [comes_after(template, *pair) for pair in pairwise(order)] == [True] * 3
