"""What a deployment makes, changes and takes away, by kind: its template against the one that is deployed."""

from collections.abc import Iterator, Mapping
from typing import Any

#: By type of resource, in the order in which they are listed; every other type is *other*.
_KINDS = {
    "AWS::Lambda::Function": "functions",
    "AWS::Lambda::LayerVersion": "layers of libraries",
    "AWS::Lambda::Url": "addresses for webhooks and the agent app",
    "AWS::SQS::Queue": "queues",
    "AWS::Kinesis::Stream": "streams",
    "AWS::DynamoDB::GlobalTable": "tables",
    "AWS::DynamoDB::Table": "tables",
    "AWS::Events::EventBus": "event buses",
    "AWS::Events::Archive": "event archives",
    "AWS::Events::Rule": "rules on events",
    "AWS::Scheduler::Schedule": "schedules",
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::KMS::Key": "KMS keys",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::Dashboard": "dashboards",
    "AWS::SNS::Topic": "topics for alarms",
    "AWS::Logs::LogGroup": "log groups",
    "AWS::IAM::Role": "roles",
    "AWS::Connect::InstanceStorageConfig": "associations of a stream with the Amazon Connect instance",
    "AWS::Connect::IntegrationAssociation": "associations of functions with the Amazon Connect instance",
    "AWS::Connect::ApprovedOrigin": "approved origins of the Amazon Connect instance",
    "AWS::Connect::ContactFlow": "contact flows of the Amazon Connect instance",
    "AWS::Connect::ContactFlowModule": "contact flow modules of the Amazon Connect instance",
}
_OTHER = "other resources (policies, mappings, permissions, settings)"
_KEPT = ("Retain", "RetainExceptOnCreate")
#: What the CDK notes for itself, which is in every template and makes nothing.
_NOTES = "AWS::CDK::Metadata"

Template = Mapping[str, Any]


def summary(new: Template, deployed: Template | None) -> str:
    """Return a few lines that say what deploying `new` does; `deployed` None: there is no stack yet."""
    before, after = _resources(deployed or {}), _resources(new)
    made = [name for name in after if name not in before]
    gone = [name for name in before if name not in after]
    changed = [name for name in after if name in before and after[name] != before[name]]
    lines = [
        *_listed("Made", made, after, named=bool(deployed)),
        *_listed("Changed", changed, after, named=True),
        *_listed("Taken away", [name for name in gone if not kept(before[name])], before, named=True),
        *_listed(
            "No longer the stack's, but left there", [n for n in gone if kept(before[n])], before, named=True
        ),
    ]
    return "\n".join(lines) or "Nothing changes."


def kept(resource: Mapping[str, Any]) -> bool:
    """Return whether a resource of a template stays when it is taken out, or the stack removed."""
    return resource.get("DeletionPolicy") in _KEPT


def kind_of(type_: str) -> str:
    """Return what resources of a type are called, in the plural."""
    return _KINDS.get(type_, _OTHER)


def _resources(template: Template) -> dict[str, Any]:
    return {
        name: {part: value for part, value in resource.items() if part != "Metadata"}
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] != _NOTES
    }


def _listed(heading: str, names: list[str], of: Mapping[str, Any], *, named: bool) -> Iterator[str]:
    if not names:
        return
    yield f"{heading}:"
    order = [*dict.fromkeys(_KINDS.values()), _OTHER]
    for kind in order:
        here = sorted(name for name in names if kind_of(of[name]["Type"]) == kind)
        if here:
            yield f"  {len(here):3} {kind}" + (f": {', '.join(here)}" if named else "")
