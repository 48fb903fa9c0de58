"""What a function sends: events on the bus, messages to queues, dead letters."""

import base64
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from connect_zendesk.detail_types import CUSTOMER_UPDATE, SOURCE
from connect_zendesk.errors import Permanent, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

#: Bytes. The bus accepts 256 KB with what it adds, and forwards to a queue what has to fit there too.
#: Within the timeout of the shortest function, which answers Zendesk: what is not sent is sent again.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
_LARGEST_EVENT = 250_000
#: Bytes of a dead letter as JSON text; beyond that it is compressed.
_LARGEST_TEXT = 250_000
#: Bytes of what is kept of something that compression does not help, for it to fit into a message.
_LARGEST_PACKED = 180_000
#: Bytes of what comes in, at most: twice the largest record of a stream.
_LARGEST_UNPACKED = 20_000_000


class NotPublished(RetryLater):
    """The bus did not accept an event; it has to be sent again."""


class CannotBeSent(Permanent, ValueError):
    """The bus would never accept this event. The message is the reason, without personal data."""


class Messages(Protocol):
    """Where messages go. On AWS: `AwsMessages`."""

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus. Raises `NotPublished` and `CannotBeSent`."""

    def send_delayed(self, detail_type: str, detail: Mapping[str, Any], seconds: int) -> None:
        """Send a message to the contact queue that is delivered after at most 900 seconds."""

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        """Send a change of a customer's user to the one queue that makes them at Zendesk's pace."""

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of this function's own queue delivered again, after so many seconds."""

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        """Dead-letter something with its reason: it can be sent again from there."""


class AwsMessages:
    """The bus and the queues on AWS. Each client is made when it is first used: many functions need one."""

    def __init__(
        self,
        new_events: Callable[[], "EventBridgeClient"],
        new_sqs: Callable[[], "SQSClient"],
        *,
        bus: str,
        own_queue: str = "",
        contact_queue: str = "",
        customer_queue: str = "",
        dead_letters: str,
    ) -> None:
        self._new_events, self._new_sqs = new_events, new_sqs
        self._bus, self._own_queue, self._dead_letters = bus, own_queue, dead_letters
        self._contact_queue, self._customer_queue = contact_queue, customer_queue

    @property
    def _events(self) -> "EventBridgeClient":
        return self._new_events()

    @cached_property
    def _sqs(self) -> "SQSClient":
        return self._new_sqs()

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        """Put an event on the bus. Raises `NotPublished` and `CannotBeSent`."""
        text = event_text(detail)
        answer = self._events.put_events(
            Entries=[
                {
                    "EventBusName": self._bus,
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail": text,
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

    def update_customer(self, detail: Mapping[str, Any]) -> None:
        """Send a change of a customer's user to the one queue that makes them at Zendesk's pace."""
        body = json.dumps({"source": SOURCE, "detail-type": CUSTOMER_UPDATE, "detail": detail})
        self._sqs.send_message(
            QueueUrl=self._customer_queue,
            MessageBody=body,
            # In order for each user; one that fails blocks no other's. The pace is kept by the worker.
            MessageGroupId=str(detail["user"]),
            MessageDeduplicationId=hashlib.sha256(body.encode()).hexdigest(),
        )

    def retry_in(self, receipt_handle: str, seconds: int) -> None:
        """Have a message of this function's own queue delivered again, after so many seconds."""
        self._sqs.change_message_visibility(
            QueueUrl=self._own_queue, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
        )

    def dead_letter(self, source: str, reason: str, data: bytes) -> None:
        """Dead-letter something with its reason: it can be sent again from there."""
        self._sqs.send_message(
            QueueUrl=self._dead_letters,
            MessageBody=json.dumps(dead_letter_body(source, reason, data)),
            MessageAttributes={
                "source": {"DataType": "String", "StringValue": source},
                "reason": {"DataType": "String", "StringValue": reason[:250]},
            },
        )


def event_text(detail: Mapping[str, Any]) -> str:
    """Return an event's detail as the bus accepts it: JSON in ASCII. Raises `CannotBeSent`.

    The record stream accepts more than the bus does, and Python's reader more than JSON allows. What the bus
    would refuse each time must not be tried again and again, with everything behind it waiting.
    """
    try:
        text = json.dumps(detail, allow_nan=False)
    except ValueError:
        raise CannotBeSent("not JSON: a number that is not one") from None
    except RecursionError:
        raise CannotBeSent("nested too deep") from None
    if len(text) > _LARGEST_EVENT:
        raise CannotBeSent(f"too large for the bus: {len(text)} bytes")
    return text


@cache
def events() -> "EventBridgeClient":
    """Return the client of the bus, one per container."""
    client: EventBridgeClient = boto3.client("events", config=_CONFIG)
    return client


@cache
def messages() -> Messages:
    """Return where this function's messages go, from its environment, once per container."""
    return AwsMessages(
        events,
        lambda: boto3.client("sqs", config=_CONFIG),
        bus=os.environ["BUS_NAME"],
        own_queue=os.environ.get("OWN_QUEUE_URL", ""),
        contact_queue=os.environ.get("CONTACT_QUEUE_URL", ""),
        customer_queue=os.environ.get("CUSTOMER_QUEUE_URL", ""),
        dead_letters=os.environ["DEAD_LETTER_QUEUE_URL"],
    )


def dead_letter_body(source: str, reason: str, data: bytes) -> dict[str, str]:
    """Return a dead letter. What is no text, or too large as text, goes in compressed.

    What is too large even so is cut, and the reason says so: no contact record is of that size.
    """
    try:
        letter = {"source": source, "reason": reason, "data": data.decode(), "encoding": "text"}
        if len(json.dumps(letter)) <= _LARGEST_TEXT:
            return letter
    except UnicodeDecodeError:
        pass
    packed = gzip.compress(data, mtime=0)
    if len(packed) > _LARGEST_PACKED:
        reason = f"{reason} (of {len(data)} bytes, the first {_LARGEST_PACKED} are kept)"
        packed = gzip.compress(data[:_LARGEST_PACKED], compresslevel=0, mtime=0)
    return {
        "source": source,
        "reason": reason,
        "data": base64.b64encode(packed).decode(),
        "encoding": "gzip+base64",
    }


def dead_letter_data(letter: Mapping[str, str]) -> bytes:
    """Return what a dead letter was about, as it first came. Raises KeyError and ValueError."""
    if letter["encoding"] == "text":
        return letter["data"].encode()
    unpacking = zlib.decompressobj(wbits=31)  # gzip's own reader has no limit
    try:
        data = unpacking.decompress(base64.b64decode(letter["data"]), _LARGEST_UNPACKED)
    except zlib.error as error:
        raise ValueError("not compressed") from error
    if not unpacking.eof:
        raise ValueError("cut, or larger than anything that comes in")
    return data
