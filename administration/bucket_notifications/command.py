"""`bucket-notifications`: shows where buckets send their notifications, and has them notify EventBridge."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.stack import UP
from administration.live_settings import STACK

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

DESCRIPTION = """\
Amazon Connect writes transcripts and analyses to buckets of yours. The stack hears of them once these buckets
notify EventBridge of their objects. A bucket has one configuration of notifications for everything: `on`
reads it, adds EventBridge, shows what it comes to, asks, and writes it. What was there stays as it was.

  make bucket-notifications ARGS="show"    where the buckets of the stack send notifications
  make bucket-notifications ARGS="on"      have them notify EventBridge too

With --local: what `make up` runs here.

The buckets are those of the context value contact_buckets, or those named with --bucket.
"""

_EVENT_BRIDGE = "EventBridgeConfiguration"
_KINDS = {
    "TopicConfigurations": ("topic", "TopicArn"),
    "QueueConfigurations": ("queue", "QueueArn"),
    "LambdaFunctionConfigurations": ("function", "LambdaFunctionArn"),
}
_OUTPUT = "ContactBuckets"

Say = Callable[[str], None]
Ask = Callable[[str], str]
Configuration = Mapping[str, Any]


class NotificationsError(Exception):
    """The buckets could not be found, or are being changed by another user; the message says what to do."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own commands and options."""
    commands = parser.add_subparsers(dest="what", required=True)
    place = ArgumentParser(add_help=False)
    place.add_argument("--bucket", action="append", help="this one (may be repeated), not the stack's")
    place.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    place.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    place.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")
    place.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    commands.add_parser("show", parents=[place], help="where the buckets send notifications")
    on = commands.add_parser("on", parents=[place], help="have them notify EventBridge too")
    on.add_argument("--yes", action="store_true", help="do not ask")


def run(options: Namespace, *, say: Say, ask: Ask) -> bool:
    """Run one command; returns whether all that was asked for was done. Raises NotificationsError."""
    try:
        client = _local_client() if options.local else _client(options.profile, options.region)
        buckets = options.bucket or buckets_of(client("cloudformation"), options.stack)
        s3 = client("s3")
        if options.what == "show":
            show(s3, buckets, say)
            return True
        return switch_on(s3, buckets, say, None if options.yes else ask)
    except (BotoCoreError, ClientError) as error:
        raise NotificationsError(
            f"AWS could not be asked: {error}\n"
            "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
            " AWS_PROFILE.\nWhat it may have to allow: cloudformation:DescribeStacks, and"
            " s3:GetBucketNotification; to switch on, s3:PutBucketNotification."
        ) from error


def _client(profile: str | None, region: str | None) -> Callable[[str], Any]:
    session = boto3.Session(profile_name=profile, region_name=region)
    if not session.region_name:
        raise NotificationsError(
            "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
        )
    return session.client


def _local_client() -> Callable[[str], Any]:
    """Return the clients of what `make up` runs here."""
    try:
        found = json.loads(UP.read_text("utf-8"))["emulator"]
    except (OSError, ValueError, KeyError) as error:
        raise NotificationsError("Nothing is up on this machine. Start it with: make up") from error
    session = boto3.Session(found["account"], "emulator", region_name=found["region"])
    on_this_machine = Config(proxies={}, s3={"addressing_style": "path"})
    return lambda service: session.client(service, endpoint_url=found["endpoint"], config=on_this_machine)


def show(s3: "S3Client", buckets: Sequence[str], say: Say) -> None:
    """Print where each bucket sends its notifications, and of what."""
    for bucket in buckets:
        _say_configuration(bucket, _read(s3, bucket), say)


def switch_on(s3: "S3Client", buckets: Sequence[str], say: Say, ask: Ask | None) -> bool:
    """Have buckets notify EventBridge besides where they send already; `ask` puts a question before each.

    Returns whether all do by now. Raises NotificationsError where another user changes one meanwhile.
    """
    all_on = True
    for bucket in buckets:
        known = _read(s3, bucket)
        _say_configuration(bucket, known, say)
        if _EVENT_BRIDGE in known:
            continue
        if ask is not None and not _agreed(ask(f"Have {bucket} notify EventBridge too? [y/N] ")):
            say(f"{bucket} was left as it is.")
            all_on = False
            continue
        if _read(s3, bucket) != known:
            raise NotificationsError(
                f"Another user has changed the notifications of {bucket} since they were shown."
                " Nothing was written. Look at them, and try again."
            )
        # What is there is not ours to judge: a queue that is gone by now must not keep the rest from working.
        s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={**known, _EVENT_BRIDGE: {}},  # type: ignore[typeddict-item]
            SkipDestinationValidation=True,
        )
        if _read(s3, bucket) != {**known, _EVENT_BRIDGE: {}}:
            raise NotificationsError(f"The notifications of {bucket} are not what was written. Look at them.")
        say(f"{bucket} notifies EventBridge now. It may take some minutes to begin.")
    return all_on


def _read(s3: "S3Client", bucket: str) -> Configuration:
    answer: dict[str, Any] = dict(s3.get_bucket_notification_configuration(Bucket=bucket))
    answer.pop("ResponseMetadata", None)
    return answer


def _say_configuration(bucket: str, configuration: Configuration, say: Say) -> None:
    say(f"{bucket}\n  EventBridge: {'on' if _EVENT_BRIDGE in configuration else 'off'}")
    for kind, (what, arn) in _KINDS.items():
        for target in configuration.get(kind, ()):
            rules = target.get("Filter", {}).get("Key", {}).get("FilterRules", ())
            only = "".join(f", {rule['Name'].lower()} {rule['Value']}" for rule in rules)
            say(f"  {what} {target[arn]}: {', '.join(target['Events'])}{only}")


def _agreed(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes")


def buckets_of(cloudformation: "CloudFormationClient", stack: str) -> list[str]:
    """Return the buckets that a stack reads. Raises NotificationsError where there is none."""
    region = cloudformation.meta.region_name
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise NotificationsError(
            f"There is no stack {stack} in {region}. Deploy it first (make deploy), or name the"
            " region where it is, or the buckets with --bucket."
        ) from None
    outputs = {item.get("OutputKey"): item.get("OutputValue", "") for item in found.get("Outputs", ())}
    if not outputs.get(_OUTPUT):
        raise NotificationsError(
            f"The stack {stack} reads no buckets. Set contact_buckets in deployment.toml and deploy it again."
        )
    return outputs[_OUTPUT].split(",")
