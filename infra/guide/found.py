"""What an AWS account has already: instances of Amazon Connect, what each is connected to, and this stack.

It only reads. What the caller's role does not allow to be looked at is said, and asked for instead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_DENIED = ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation")
_STORAGE_ACTION = "connect:ListInstanceStorageConfigs"
_RECORDS, _AGENT_EVENTS = "CONTACT_TRACE_RECORDS", "AGENT_EVENTS"
#: Chat transcripts are in the one; recordings, and beside them Contact Lens's analyses, in the other.
_FILES = ("CHAT_TRANSCRIPTS", "CALL_RECORDINGS")


class LookError(Exception):
    """AWS could not be asked; the message says why."""


@dataclass(frozen=True)
class Instance:
    """An instance of Amazon Connect. ``address``: where people open it."""

    arn: str
    alias: str
    address: str


@dataclass(frozen=True)
class OwnStack:
    """This project's stack as it is deployed; empty where it is not. ``resources``: physical ids by type."""

    outputs: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether it is deployed."""
        return bool(self.resources)

    def made_stream(self, arn: str) -> bool:
        """Return whether a Kinesis stream is the stack's own."""
        return arn.rpartition("/")[2] in self.resources.get("AWS::Kinesis::Stream", ())


@dataclass(frozen=True)
class Connected:
    """What an instance is connected to.

    Attributes:
        streams: ARN by kind of data: `records`, `agent events`; only what goes to a Kinesis data stream.
        deliveries: ARN of the Firehose stream by the same kinds, where data goes to one.
        buckets: names of the buckets with transcripts, recordings and analyses.
        keys: ARNs of the KMS keys that encrypt them.
        functions: ARNs on the list for contact flows.
        origins: approved origins.
        queues: standard queues, ARN by name.
        unknown: what could not be looked at, and what that leaves open: a sentence each.
    """

    streams: Mapping[str, str] = field(default_factory=dict)
    deliveries: Mapping[str, str] = field(default_factory=dict)
    buckets: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    queues: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def storage_is_unknown(self) -> bool:
        """Whether streams and buckets could not be looked at."""
        return any(_STORAGE_ACTION in sentence for sentence in self.unknown)


RECORDS, AGENT_EVENTS = "records", "agent events"
_KINDS = {RECORDS: _RECORDS, AGENT_EVENTS: _AGENT_EVENTS}


def instances(connect: Any) -> list[Instance]:
    """Return the active instances of the client's account and region, by alias. Raises LookError."""
    try:
        listed = list(_all(connect.list_instances, "InstanceSummaryList"))
    except (ClientError, BotoCoreError) as error:
        raise LookError(_said(error)) from error
    found = [
        Instance(
            each["Arn"],
            each.get("InstanceAlias", ""),
            each.get("InstanceAccessUrl", ""),
        )
        for each in listed
        if each.get("InstanceStatus", "ACTIVE") == "ACTIVE"
    ]
    return sorted(found, key=lambda instance: instance.alias)


def connected(connect: Any, instance_arn: str) -> Connected:
    """Return what an instance is connected to. What is denied is `unknown`. Raises LookError for the rest."""
    number = instance_arn.rpartition("/")[2]
    unknown: list[str] = []

    def storage(kind: str) -> list[Mapping[str, Any]]:
        return _look(
            lambda: _all(
                connect.list_instance_storage_configs, "StorageConfigs", InstanceId=number, ResourceType=kind
            ),
            _STORAGE_ACTION,
            unknown,
        )

    by_kind = {name: storage(kind) for name, kind in _KINDS.items()}
    files = [config["S3Config"] for kind in _FILES for config in storage(kind) if "S3Config" in config]
    keys = [(each.get("EncryptionConfig") or {}).get("KeyId", "") for each in files]
    functions = _look(
        lambda: _all(connect.list_lambda_functions, "LambdaFunctions", InstanceId=number),
        "connect:ListLambdaFunctions",
        unknown,
    )
    origins = _look(
        lambda: _all(connect.list_approved_origins, "Origins", InstanceId=number),
        "connect:ListApprovedOrigins",
        unknown,
    )
    queues = _look(
        lambda: _all(connect.list_queues, "QueueSummaryList", InstanceId=number, QueueTypes=["STANDARD"]),
        "connect:ListQueues",
        unknown,
    )
    return Connected(
        streams=_targets(by_kind, "KinesisStreamConfig", "StreamArn"),
        deliveries=_targets(by_kind, "KinesisFirehoseConfig", "FirehoseArn"),
        buckets=_distinct(each["BucketName"] for each in files),
        keys=_distinct(key for key in keys if key.startswith("arn:")),
        functions=tuple(functions),
        origins=tuple(origins),
        queues={queue.get("Name", queue["Id"]): queue["Arn"] for queue in queues},
        unknown=_distinct(unknown),
    )


def own_stack(cloudformation: Any, name: str) -> OwnStack:
    """Return the stack as it is deployed; an empty one where there is none, or it may not be looked at."""
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        listed = list(_all(cloudformation.list_stack_resources, "StackResourceSummaries", StackName=name))
    except ClientError:
        return OwnStack()
    except BotoCoreError as error:
        raise LookError(_said(error)) from error
    if stack["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
        return OwnStack()
    resources: dict[str, tuple[str, ...]] = {}
    for each in listed:
        kind = each["ResourceType"]
        resources[kind] = (*resources.get(kind, ()), each.get("PhysicalResourceId", ""))
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
    return OwnStack(outputs, resources)


def _all(operation: Callable[..., Any], name: str, **asked: Any) -> Iterator[Any]:
    """Yield a list's entries over all its pages."""
    while True:
        answer = operation(**asked)
        yield from answer.get(name, ())
        if not answer.get("NextToken"):
            return
        asked["NextToken"] = answer["NextToken"]


def _look(listing: Callable[[], Iterator[Any]], action: str, unknown: list[str]) -> list[Any]:
    try:
        return list(listing())
    except ClientError as error:
        if error.response["Error"]["Code"] not in _DENIED:
            raise LookError(_said(error)) from error
        unknown.append(f"Your role does not allow {action}: what it would show has to be answered by you.")
        return []
    except BotoCoreError as error:
        raise LookError(_said(error)) from error


def _targets(by_kind: Mapping[str, list[Mapping[str, Any]]], config: str, name: str) -> dict[str, str]:
    return {kind: each[config][name] for kind, listed in by_kind.items() for each in listed if config in each}


def _distinct(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _said(error: Exception) -> str:
    return f"AWS could not be asked: {error}"
