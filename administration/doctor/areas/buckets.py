"""The buckets in which Amazon Connect keeps transcripts and analyses: known, notifying, decryptable."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, note
from administration.doctor.system import System

_WHY = "transcripts and analyses of contacts do not come to their tickets (X1, X2)"
_KINDS = ("CHAT_TRANSCRIPTS", "CALL_RECORDINGS")


def buckets(system: System) -> Iterator[Said]:
    """Look at the buckets of the instance and of the deployment."""
    deployed = [name for name in system.outputs.get("ContactBuckets", "").split(",") if name]
    used = _used(system)
    if not deployed:
        yield note(
            "no-buckets",
            "the stack reads no bucket of Amazon Connect",
            _WHY,
            *cures.deployed_with("contact_buckets", ",".join(used) or "amazon-connect-…"),
            'make bucket-notifications ARGS="on"',
        )
        return
    if missing := [name for name in used if name not in deployed]:
        yield fault(
            "bucket-unknown",
            f"the instance writes to buckets that the stack does not read: {', '.join(missing)}",
            _WHY,
            *cures.deployed_with("contact_buckets", ",".join([*deployed, *missing])),
            'make bucket-notifications ARGS="on"',
        )
    for bucket in deployed:
        yield from _bucket(system, bucket)


def _used(system: System) -> list[str]:
    """Return the buckets that the instance writes what is read to, each once."""
    if not system.instance:
        return []
    found = [
        (config.get("S3Config") or {}).get("BucketName")
        for kind in _KINDS
        for config in system.pages(
            "ListInstanceStorageConfigs", "StorageConfigs", InstanceId=system.instance_id, ResourceType=kind
        )
    ]
    return list(dict.fromkeys(filter(None, found)))


def _bucket(system: System, bucket: str) -> Iterator[Said]:
    s3 = system.client("s3")
    try:
        notifications = s3.get_bucket_notification_configuration(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        yield fault(
            "bucket-gone",
            f"there is no bucket {bucket}",
            _WHY,
            "in the Amazon Connect console, Data storage: see which bucket it is now",
            *cures.deployed_with("contact_buckets", "…"),
        )
        return
    if "EventBridgeConfiguration" not in notifications:
        yield fault(
            "bucket-silent",
            f"the bucket {bucket} does not notify EventBridge of its files",
            f"{_WHY} but late, when their contacts are settled (X7)",
            'make bucket-notifications ARGS="on"',
        )
    else:
        yield Seen(f"{bucket} notifies EventBridge")
    yield from _key(system, bucket)


def _key(system: System, bucket: str) -> Iterator[Said]:
    try:
        encryption = system.client("s3").get_bucket_encryption(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        return
    for rule in encryption["ServerSideEncryptionConfiguration"].get("Rules", ()):
        key = (rule.get("ApplyServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID")
        if not key:
            continue
        state = system.client("kms").describe_key(KeyId=key)["KeyMetadata"]
        if state.get("KeyManager") == "AWS":
            continue
        arn = state["Arn"]
        allowed = system.outputs.get("ContactBucketKeys", "").split(",")
        if arn not in allowed:
            keys = ",".join([*filter(None, allowed), arn])
            yield fault(
                "bucket-key-unknown",
                f"the bucket {bucket} is encrypted with {arn}, which the stack may not use",
                _WHY,
                *cures.deployed_with("contact_bucket_keys", keys),
            )
        elif state.get("KeyState") not in (None, "Enabled"):
            yield fault(
                "bucket-key-off",
                f"the key of the bucket {bucket} is {state['KeyState']}: {arn}",
                _WHY,
                f"aws kms enable-key --key-id {arn}",
            )
