"""What functions are invoked with on AWS: their context, and the events of streams, queues and S3."""

import base64
from dataclasses import dataclass
from typing import Any

from connect_zendesk.storage import Stored
from local.replay.local_messages import Message


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda passes to a function about its invocation."""

    aws_request_id: str = "local"
    function_name: str = "local"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:local"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left, which here is always a whole invocation."""
        return 30_000


def object_created(bucket: str, stored: Stored) -> dict[str, Any]:
    """Return the event that S3 sends EventBridge when a file has been written."""
    about = {"key": stored.key, "size": stored.size, "etag": "0" * 32, "sequencer": "0" * 18}
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2026-11-02T09:05:00Z",
        "region": "eu-west-2",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": about | ({"version-id": stored.version} if stored.version else {}),
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "connect.amazonaws.com",
            "source-ip-address": "10.0.0.1",
            "reason": "PutObject",
        },
    }


def kinesis_event(data: bytes) -> dict[str, Any]:
    """Return what Lambda makes of one record of a stream."""
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": "shardId-000000000000:1",
                "kinesis": {"sequenceNumber": "1", "data": base64.b64encode(data).decode()},
            }
        ]
    }


def sqs_event(message: Message) -> dict[str, Any]:
    """Return what Lambda makes of one message of a queue."""
    return {
        "Records": [
            {
                "messageId": str(message.number),
                "receiptHandle": str(message.number),
                "body": message.body,
                "attributes": {
                    "SentTimestamp": str(int(message.sent.timestamp() * 1000)),
                    "ApproximateReceiveCount": str(message.attempts),
                },
                "eventSource": "aws:sqs",
            }
        ]
    }
