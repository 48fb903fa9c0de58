"""The streams of contact records and agent events: connected, read, and decryptable."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault
from administration.doctor.system import System

_NO_TICKETS = "no contact becomes a ticket but those that agents accept, and none is reported"
_NO_POPS = "tickets pop when agents accept, and not while contacts ring (P1)"
_WRITES = "kms:GenerateDataKey"
_CONNECT = "connect.amazonaws.com"


def record_stream(system: System) -> Iterator[Said]:
    """Look whether the instance's contact records come to the stream that the stack reads."""
    arn = system.outputs["RecordStreamArn"]
    yield from _connected(
        system, "CONTACT_TRACE_RECORDS", arn, "record-stream", "contact records", _NO_TICKETS
    )
    yield from _read(system, arn, "record-stream", "contact records", _NO_TICKETS)
    yield from _key(system, arn, "record-stream", "contact records")


def agent_event_stream(system: System) -> Iterator[Said]:
    """Look at the same of agent events, where the stack reads them."""
    arn = system.outputs.get("AgentEventStreamArn")
    if not arn:
        return
    yield from _connected(system, "AGENT_EVENTS", arn, "agent-event-stream", "agent events", _NO_POPS)
    yield from _read(system, arn, "agent-event-stream", "agent events", _NO_POPS)
    yield from _key(system, arn, "agent-event-stream", "agent events")


def _connected(system: System, kind: str, arn: str, name: str, what: str, comes_of_it: str) -> Iterator[Said]:
    if not system.instance:
        yield Seen(f"{what}: not looked at, for which instance it is is not known")
        return
    found = system.pages(
        "ListInstanceStorageConfigs", "StorageConfigs", InstanceId=system.instance_id, ResourceType=kind
    )
    console = f"in the Amazon Connect console, Data streaming: send {what} to"
    associate = (
        f"aws connect associate-instance-storage-config --instance-id {system.instance_id} \\",
        f"  --resource-type {kind} \\",
        f"  --storage-config StorageType=KINESIS_STREAM,KinesisStreamConfig={{StreamArn={arn}}}",
    )
    if not found:
        yield fault(
            f"{name}-not-connected",
            f"the instance sends {what} nowhere",
            comes_of_it,
            *associate,
            f"or {console} {arn.rpartition('/')[2]}",
        )
        return
    (config,) = found[:1]
    stream = (config.get("KinesisStreamConfig") or {}).get("StreamArn")
    if stream == arn:
        yield Seen(f"{what} come to {arn.rpartition('/')[2]}")
    elif stream is None:
        yield fault(
            f"{name}-firehose",
            f"the instance sends {what} to Kinesis Firehose, and the stack reads a data stream",
            comes_of_it,
            f"{console} a data stream, which can feed the Firehose in turn",
        )
    else:
        value = "record_stream_arn" if kind == "CONTACT_TRACE_RECORDS" else "agent_event_stream_arn"
        yield fault(
            f"{name}-elsewhere",
            f"the instance sends {what} to {stream}, and the stack reads {arn}",
            comes_of_it,
            *cures.deployed_with(value, stream),
        )


def _read(system: System, arn: str, name: str, what: str, comes_of_it: str) -> Iterator[Said]:
    lambda_ = system.client("lambda")
    mappings = lambda_.list_event_source_mappings(EventSourceArn=arn).get("EventSourceMappings", [])
    if not mappings:
        yield fault(f"{name}-not-read", f"no function reads the stream of {what}", comes_of_it, cures.REVERT)
    for mapping in mappings:
        state = str(mapping.get("State", ""))
        if state in ("Disabled", "Disabling"):
            yield fault(
                f"{name}-not-read",
                f"the stream of {what} is not read: its event source mapping is switched off",
                f"{comes_of_it}; a record is on the stream for some days only",
                f"aws lambda update-event-source-mapping --uuid {mapping['UUID']} --enabled",
            )
        elif "PROBLEM" in str(mapping.get("LastProcessingResult", "")):
            yield fault(
                f"{name}-not-read",
                f"the stream of {what} cannot be read: {mapping['LastProcessingResult']}",
                comes_of_it,
                "look at the role of the function, and at the policy of the stream's key",
                cures.DEPLOY,
            )


def _key(system: System, arn: str, name: str, what: str) -> Iterator[Said]:
    """Look whether Amazon Connect may write to an encrypted stream: else records are lost without a word."""
    kinesis = system.client("kinesis")
    summary = kinesis.describe_stream_summary(StreamName=arn.rpartition("/")[2])["StreamDescriptionSummary"]
    key = summary.get("KeyId")
    if summary.get("EncryptionType") != "KMS" or not key or key == "alias/aws/kinesis":
        return
    kms = system.client("kms")
    state = kms.describe_key(KeyId=key)["KeyMetadata"]
    if state.get("KeyManager") == "AWS":
        return
    if state.get("KeyState") not in (None, "Enabled"):
        yield fault(
            f"{name}-key-off",
            f"the key of the stream of {what} is {state['KeyState']}: {state.get('Arn', key)}",
            f"Amazon Connect cannot put {what} on it, and they are lost without a word",
            f"aws kms cancel-key-deletion --key-id {key}   (where it is to be deleted)",
            f"aws kms enable-key --key-id {key}",
        )
        return
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    if _lets_connect_write(policy) or _is_granted(kms, key):
        return
    yield fault(
        f"{name}-key-closed",
        f"the policy of the key of the stream of {what} does not let Amazon Connect use it",
        f"Amazon Connect cannot put {what} on the stream, and they are lost without a word",
        f"in the policy of {state.get('Arn', key)}: allow {_WRITES} to the instance's service-linked role"
        " (AWSServiceRoleForAmazonConnect…), through Kinesis",
        "docs/doctor.md has the statement",
    )


def _lets_connect_write(policy: dict[str, Any]) -> bool:
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatchcase(_WRITES, action) for action in _listed(statement.get("Action")))
        and _is_for_connect(statement)
        for statement in _listed(policy.get("Statement"))
    )


def _is_for_connect(statement: dict[str, Any]) -> bool:
    """Return whether a statement is for Amazon Connect: by its role's name, or a condition on that."""
    principal = statement.get("Principal")
    names = [principal] if isinstance(principal, str) else [
        name for given in (principal or {}).values() for name in _listed(given)
    ]  # fmt: skip
    conditions = json.dumps(statement.get("Condition") or {})
    if any("AmazonConnect" in name or name == _CONNECT for name in names):
        return True
    if "*" not in names:
        return False  # the account's root among them: it lets IAM decide, and that role's policy has no keys
    return "AmazonConnect" in conditions or not statement.get("Condition")


def _is_granted(kms: Any, key: str) -> bool:
    grants = kms.list_grants(KeyId=key).get("Grants", [])
    return any(
        "AmazonConnect" in str(grant.get("GranteePrincipal")) or grant.get("GranteePrincipal") == _CONNECT
        for grant in grants
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
