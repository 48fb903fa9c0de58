"""What a function sends on: events on the bus, messages to its own queue, dead letters."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

#: The source of every event that this project puts on its bus.
SOURCE = "connect-zendesk"

CONTACT_RECORD = "Contact Record"
FORCED_TICKET_DUE = "Forced Ticket Due"

_LARGEST_TEXT = 200_000  # characters; beyond that a dead letter is compressed


class NotPublished(Exception):
    """The bus did not take an event; it has to be sent again."""


class Messages(Protocol):
    """Where messages go. On AWS: `AwsMessages`."""

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus. Raises `NotPublished`."""

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after at most 900 seconds."""

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of the contact queue delivered again, after so many seconds."""

    def dead_letter(self, source: str, reason: str, data: str) -> None:
        """Give up on something, with its reason, where it can be sent again from."""


class AwsMessages:
    """The bus and the queues on AWS."""

    def __init__(
        self,
        events: "EventBridgeClient",
        sqs: "SQSClient",
        *,
        bus: str,
        contact_queue: str,
        dead_letters: str,
    ) -> None:
        self._events, self._sqs = events, sqs
        self._bus, self._contact_queue, self._dead_letters = bus, contact_queue, dead_letters

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus. Raises `NotPublished`."""
        answer = self._events.put_events(
            Entries=[
                {
                    "EventBusName": self._bus,
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail": json.dumps(detail),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise NotPublished(answer["Entries"][0].get("ErrorCode", "unknown"))

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after at most 900 seconds."""
        self._sqs.send_message(
            QueueUrl=self._contact_queue,
            MessageBody=json.dumps({"source": SOURCE, "detail-type": detail_type, "detail": detail}),
            DelaySeconds=seconds,
        )

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of the contact queue delivered again, after so many seconds."""
        self._sqs.change_message_visibility(
            QueueUrl=self._contact_queue, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def dead_letter(self, source: str, reason: str, data: str) -> None:
        """Give up on something, with its reason, where it can be sent again from."""
        self._sqs.send_message(
            QueueUrl=self._dead_letters,
            MessageBody=json.dumps(dead_letter_body(source, reason, data)),
            MessageAttributes={
                "source": {"DataType": "String", "StringValue": source},
                "reason": {"DataType": "String", "StringValue": reason[:250]},
            },
        )


def dead_letter_body(source: str, reason: str, data: str) -> dict[str, str]:
    """Return a dead letter. What is too large for a message as text goes in compressed."""
    if len(data) <= _LARGEST_TEXT:
        return {"source": source, "reason": reason, "data": data, "encoding": "text"}
    packed = base64.b64encode(gzip.compress(data.encode("utf-8", "surrogatepass"))).decode()
    return {"source": source, "reason": reason, "data": packed, "encoding": "gzip+base64"}


def dead_letter_data(letter: Mapping[str, str]) -> str:
    """Return what a dead letter was about, as it first came."""
    if letter["encoding"] == "text":
        return letter["data"]
    return gzip.decompress(base64.b64decode(letter["data"])).decode("utf-8", "surrogatepass")
