"""A stack's queues and stream in memory, and the four kinds of dead letters as AWS writes them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import pytest
from moto import mock_aws
from moto.core.utils import camelcase_to_underscores

from administration.dead_letters.queue import DeadLetterQueue
from administration.dead_letters.sending import Sender, dead_letter_queues, functions_by_queue
from administration.dead_letters.stack import DeadLetters
from connect_zendesk.messaging import dead_letter_body

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_sqs import SQSClient

CUSTOMERS_ARN = "arn:aws:sqs:eu-west-2:123456789012:Users.fifo"
CONTACTS_ARN = "arn:aws:sqs:eu-west-2:123456789012:Contacts"
MESSAGE = json.dumps({"detail-type": "Contact Record", "detail": {"ContactId": "c1"}})


@dataclass
class Stack:
    """Two work queues, a record stream of one shard, and the dead-letter queues."""

    sqs: "SQSClient"
    kinesis: "KinesisClient"
    outputs: dict[str, str]
    moved: dict[str, str] = field(default_factory=dict)  # letter to the ARN of the queue SQS moved it from

    def letters(self) -> DeadLetters:
        """Return what the command works with."""
        queue = DeadLetterQueue(
            self.sqs,
            *dead_letter_queues(self.outputs),
            functions=functions_by_queue(self.outputs),
            wait=0,
        )
        return DeadLetters(queue, Sender(self.sqs, self.kinesis, self.outputs, sleep=lambda _seconds: None))

    def put(self, body: str, attributes: dict[str, str] | None = None) -> str:
        """Put a message on the dead-letter queue; returns the letter's id."""
        given: Any = {
            name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()
        }
        return self.sqs.send_message(
            QueueUrl=self.outputs["DeadLetterQueueUrl"], MessageBody=body, MessageAttributes=given
        )["MessageId"]

    def give_up(self, source: str, data: bytes, reason: str = "not JSON") -> str:
        """Give something up as our functions do."""
        return self.put(json.dumps(dead_letter_body(source, reason, data)))

    def move(self, body: str = MESSAGE, queue: str = CONTACTS_ARN) -> str:
        """Have SQS move a message that was received too often."""
        letter = self.put(body)
        self.moved[letter] = queue
        return letter

    def move_in_order(self, body: str, group: str, queue: str = CUSTOMERS_ARN) -> str:
        """Have SQS move a message of a FIFO queue."""
        letter = self.sqs.send_message(
            QueueUrl=self.outputs["FifoDeadLetterQueueUrl"],
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=body,
        )["MessageId"]
        self.moved[letter] = queue
        return letter

    def undelivered(self, body: str = MESSAGE, target: str = CONTACTS_ARN) -> str:
        """Have EventBridge give up delivering."""
        return self.put(
            body,
            {
                "RULE_ARN": "arn:aws:events:eu-west-2:123456789012:rule/ConnectZendesk/records",
                "TARGET_ARN": target,
                "ERROR_CODE": "NO_PERMISSIONS",
                "ERROR_MESSAGE": "Lack of permissions to invoke the target.",
                "RETRY_ATTEMPTS": "12",
            },
        )

    def unread(self, first: str, last: str, count: int = 1) -> str:
        """Have Lambda give up on records of the stream."""
        stream = self.kinesis.describe_stream(StreamName="records")["StreamDescription"]
        info = {
            "shardId": stream["Shards"][0]["ShardId"],
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "batchSize": count,
            "streamArn": stream["StreamARN"],
        }
        context = {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 4}
        return self.put(json.dumps({"requestContext": context, "KinesisBatchInfo": info, "version": "1.0"}))

    def put_record(self, data: bytes) -> str:
        """Put a record on the stream; returns its sequence number."""
        answer = self.kinesis.put_record(StreamName="records", Data=data, PartitionKey="k")
        return answer["SequenceNumber"]

    def on_stream(self) -> list[bytes]:
        """Return everything on the stream."""
        stream = self.kinesis.describe_stream(StreamName="records")["StreamDescription"]
        iterator = self.kinesis.get_shard_iterator(
            StreamName="records", ShardId=stream["Shards"][0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return [record["Data"] for record in self.kinesis.get_records(ShardIterator=iterator)["Records"]]

    def waiting(self, output: str = "ContactQueueUrl") -> list[str]:
        """Take everything that can be received from a queue; returns the bodies."""
        bodies: list[str] = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.outputs[output], MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            bodies += [message["Body"] for message in messages]
        return bodies

    def ids(self) -> set[str]:
        """Return the ids of the letters that are visible now."""
        return {letter.id for letter in self.letters().queue.read()}


@cache
def _clients() -> "tuple[SQSClient, KinesisClient]":
    """Make the clients once: building their classes costs more than a test takes. `mock_aws` answers them."""
    session = boto3.Session("x", "x", region_name="eu-west-2")
    return session.client("sqs"), session.client("kinesis")


@contextmanager
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack in memory for as long as the ``with`` block lasts."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    # The library in memory spells every attribute of a queue anew whenever it is asked for one.
    spelling = mock.patch("moto.sqs.models.camelcase_to_underscores", cache(camelcase_to_underscores))
    with mock_aws(), spelling:
        sqs, kinesis = _clients()
        kinesis.create_stream(StreamName="records", ShardCount=1)
        fifo: Any = {"FifoQueue": "true"}
        fifo_letters = sqs.create_queue(QueueName="Moved.fifo", Attributes=fifo)["QueueUrl"]
        made = Stack(
            sqs,
            kinesis,
            {
                "RecordStreamName": "records",
                "ContactQueueUrl": sqs.create_queue(QueueName="Contacts")["QueueUrl"],
                "CustomerQueueUrl": sqs.create_queue(QueueName="Users.fifo", Attributes=fifo)["QueueUrl"],
                "DeadLetterQueueUrl": sqs.create_queue(QueueName="DeadLetters")["QueueUrl"],
                "FifoDeadLetterQueueUrl": fifo_letters,
            },
        )

        def name_origin(parsed: dict[str, Any], **_: Any) -> None:
            # The library in memory moves messages without saying from where, as SQS does.
            for message in parsed.get("Messages", ()):
                if message["MessageId"] in made.moved:
                    message["Attributes"]["DeadLetterQueueSourceArn"] = made.moved[message["MessageId"]]

        sqs.meta.events.register("after-call.sqs.ReceiveMessage", name_origin)
        try:
            yield made
        finally:
            sqs.meta.events.unregister("after-call.sqs.ReceiveMessage", name_origin)
