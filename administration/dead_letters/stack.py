"""Where a stack's dead letters are: on AWS with the credentials at hand, or on the laptop that is up."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.queue import DeadLetterQueue
from administration.dead_letters.sending import Sender, dead_letter_queues, functions_by_queue
from connect_zendesk.topology import DEAD_LETTER_OUTPUTS

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_sqs import SQSClient

_PROJECT = Path(__file__).resolve().parents[2]
#: Written by `make up` for as long as it runs: where its emulator answers, and what it calls the stack. Named
#: after the checkout's path, for a copy of the checkout is not what runs.
UP = _PROJECT / ".build" / f"up-{hashlib.sha256(bytes(_PROJECT)).hexdigest()[:8]}.json"
_QUEUE = DEAD_LETTER_OUTPUTS[0]


class DeadLettersError(Exception):
    """The dead letters could not be reached; the message says why, and what to do."""


@dataclass(frozen=True)
class DeadLetters:
    """A stack's dead letters, and what sends them again."""

    queue: DeadLetterQueue
    sender: Sender


def open_dead_letters(stack: str, profile: str | None, region: str | None) -> DeadLetters:
    """Find the stack with the credentials at hand.

    `profile` and `region` go over AWS_PROFILE and AWS_REGION. Raises DeadLettersError.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        if not session.region_name:
            raise DeadLettersError(
                "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
            )
        outputs = outputs_of(session.client("cloudformation"), stack)
        return dead_letters(session.client("sqs"), session.client("kinesis"), outputs)
    except (BotoCoreError, ClientError) as error:
        raise DeadLettersError(unusable(error)) from error


def open_local_dead_letters(up: Path | None = None) -> DeadLetters:
    """Find the stack that `make up` has running here, as the file `up` says (`UP`).

    Raises DeadLettersError where none runs.
    """
    try:
        place = json.loads((up or UP).read_text("utf-8"))["emulator"]
        # Nothing of this machine's configuration is meant for the emulator.
        session = boto3.Session(place["account"], "emulator", region_name=place["region"])
        clients = {
            name: session.client(name, endpoint_url=place["endpoint"], config=Config(proxies={}))
            for name in ("cloudformation", "sqs", "kinesis")
        }
        outputs = outputs_of(clients["cloudformation"], place["stack"])
    except (OSError, ValueError, KeyError, TypeError, BotoCoreError) as error:
        raise DeadLettersError("Nothing is up on this machine. Start it with: make up") from error
    return dead_letters(clients["sqs"], clients["kinesis"], outputs, wait=0)


def dead_letters(
    sqs: "SQSClient", kinesis: "KinesisClient", outputs: Mapping[str, str], *, wait: int = 1
) -> DeadLetters:
    """Return the dead letters of a stack with these outputs; `wait` as `DeadLetterQueue` has it."""
    queue = DeadLetterQueue(
        sqs, *dead_letter_queues(outputs), functions=functions_by_queue(outputs), wait=wait
    )
    return DeadLetters(queue, Sender(sqs, kinesis, outputs))


def outputs_of(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """Return a stack's outputs. Raises DeadLettersError where there is no such stack, or no such queue."""
    region = cloudformation.meta.region_name
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise DeadLettersError(
            f"There is no stack {stack} in {region}. Name the region and the account where it is, for"
            " example:\n  AWS_REGION=eu-west-2 AWS_PROFILE=acme python -m administration dead-letters list"
        ) from None
    outputs = {item.get("OutputKey", ""): item.get("OutputValue", "") for item in found.get("Outputs", ())}
    if not outputs.get(_QUEUE):
        raise DeadLettersError(
            f"The stack {stack} in {region} does not say where its dead letters are (no {_QUEUE})."
            f" It is {found['StackStatus']}. Deploy it again with this release: make deploy"
        )
    return outputs


def unusable(error: Exception) -> str:
    """Say what to do about an error that AWS or its library gave."""
    return (
        f"AWS could not be asked: {error}\n"
        "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
        " AWS_PROFILE.\nWhat it may have to allow: cloudformation:DescribeStacks; on the dead-letter queue,"
        " sqs:GetQueueAttributes, sqs:ReceiveMessage, sqs:ChangeMessageVisibility; and to send again,"
        " sqs:DeleteMessage on it, sqs:SendMessage on the others, and on the record stream"
        " kinesis:PutRecords, kinesis:GetShardIterator, kinesis:GetRecords, with its key's"
        " kms:GenerateDataKey and kms:Decrypt."
    )
