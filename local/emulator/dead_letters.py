"""The dead letters: what was given up and why, read without taking anything away."""

import base64
import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.emulator.settling import queue_backlog

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_HIDDEN_WHILE_READING = 20  # seconds; should we die meanwhile, they are back after that


@dataclass(frozen=True)
class DeadLetter:
    """Something that was given up."""

    id: str
    source: str  # the function that gave it up, or the queue that it could not leave
    reason: str  # one sentence
    data: str  # what had come in, as text
    sent_at: datetime


def count_dead_letters(sqs: "SQSClient", queue: str) -> int:
    """How many there are in the queue (URL), those that somebody is reading included."""
    backlog = queue_backlog(sqs, [queue])
    return backlog.waiting + backlog.in_hand


def read_dead_letters(sqs: "SQSClient", queue: str) -> list[DeadLetter]:
    """Everything in the queue (URL), oldest first. It all stays there.

    Each message is hidden from other readers for the moment of reading.
    """
    messages: dict[str, MessageTypeDef] = {}
    try:
        while True:
            received = sqs.receive_message(
                QueueUrl=queue,
                MaxNumberOfMessages=10,
                VisibilityTimeout=_HIDDEN_WHILE_READING,
                MessageSystemAttributeNames=["All"],
            ).get("Messages", [])
            if not received:
                break
            messages |= {message["MessageId"]: message for message in received}
    finally:
        for message in messages.values():
            sqs.change_message_visibility(
                QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
    return sorted((_dead_letter(message) for message in messages.values()), key=lambda letter: letter.sent_at)


def purge_dead_letters(sqs: "SQSClient", queue: str) -> None:
    """Throw everything in the queue (URL) away."""
    sqs.purge_queue(QueueUrl=queue)


def _dead_letter(message: "MessageTypeDef") -> DeadLetter:
    attributes = message.get("Attributes", {})
    body = message["Body"]
    source, reason, data = _content(body)
    if reason is None:
        # SQS moved it here itself, as it came: nobody could say anything about it.
        source = attributes.get("DeadLetterQueueSourceArn", "").rpartition(":")[2]
        reason = "It was tried as often as its queue allows."
    return DeadLetter(
        id=message["MessageId"],
        source=source,
        reason=reason,
        data=data,
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", "0")) / 1000, UTC),
    )


def _content(body: str) -> tuple[str, str | None, str]:
    """Source, reason and data of a message that one of our functions wrote; no reason for any other."""
    try:
        letter = json.loads(body)
        source, reason, data = str(letter["source"]), str(letter["reason"]), str(letter["data"])
        if letter.get("encoding") == "gzip+base64":
            data = gzip.decompress(base64.b64decode(data)).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError, OSError, EOFError):
        return "", None, body
    return source, reason, data
