"""Makes an EventBridge rule of a row of the topology, with what only this deployment knows."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import Stack
from aws_cdk import aws_events as events
from constructs import Construct

from connect_zendesk.detail_types import CALL_ANALYTICS_CHANGED, SOURCE, TRANSCRIPTION_CHANGED
from connect_zendesk.function_kinds import Rule
from infra.deployed_function import Foundation

#: Where the events of each engine have the name of a job.
_JOB_NAMES = {TRANSCRIPTION_CHANGED: "TranscriptionJobName", CALL_ANALYTICS_CHANGED: "JobName"}


def event_rule(
    scope: Construct, rule: Rule, *, foundation: Foundation, target: events.IRuleTarget
) -> events.Rule:
    """Make the rule: on the project's bus for its own events, on the account's default bus for those of AWS.

    Only AWS may put events of its services anywhere, and puts them there. Where the row says so it is on
    another bus, which is the customer's: nothing else of that bus is touched.
    """
    made = events.Rule(
        scope,
        rule.id,
        description=rule.description,
        event_bus=foundation.bus if rule.source == SOURCE and not rule.bus else None,
        event_pattern=events.EventPattern(source=["to be replaced"]),
        targets=[target],
    )
    asked = dict(rule.pattern)
    if detail := {**rule.detail, **_known_here(scope, rule, foundation)}:
        asked["detail"] = detail
    resource = cast(events.CfnRule, made.node.default_child)
    resource.event_pattern = asked
    if rule.bus:  # as it is named, which may be by its ARN
        resource.event_bus_name = getattr(foundation.context, rule.bus)
    return made


def _known_here(scope: Construct, rule: Rule, foundation: Foundation) -> Mapping[str, Any]:
    """Return what the pattern asks beyond the topology, by the source of the events."""
    context = foundation.context
    match rule.source:
        case "aws.connect" if context.connect_instance_arn:
            return {"instanceArn": [context.connect_instance_arn]}
        case "aws.s3" if rule.own_bucket:
            assert foundation.speech is not None  # noqa: S101 - the row needs it
            return {"bucket": {"name": [foundation.speech.bucket.bucket_name]}}
        case "aws.s3":
            return {"bucket": {"name": list(context.contact_buckets)}}
        case "aws.transcribe":
            # Jobs of others in the account end too; those of this stack begin with its name.
            name = _JOB_NAMES[rule.detail_types[0]]
            return {name: [{"prefix": f"{Stack.of(scope).stack_name}-"}]}
        case "aws.cloudformation":
            return {"stack-id": [Stack.of(scope).stack_id]}
    return {}
