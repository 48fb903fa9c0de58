"""From the release before to this one: what holds data is updated in place, never replaced (O1, O6)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.infra.conftest import Synthesised

BEFORE = Path(__file__).parents[1] / "fixtures" / "release_0_1_0" / "template.json.gz"
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
