"""A dead letter as it lies in its queue: what could not be done, and why. There are four kinds."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from connect_zendesk.messaging import dead_letter_data
from connect_zendesk.topology import CONTACT_RECORDS

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

#: The function from whose stream Lambda discards records that it could not get processed.
STREAM_READER = CONTACT_RECORDS.folder
#: Why SQS moved a message.
MOVED = "It was tried as often as its queue allows."
#: What EventBridge could not deliver comes from here.
BUS = "event bus"
UNKNOWN = "unknown"

Kind = Literal["failed", "moved", "undelivered", "unread", "unknown"]

_CUT = re.compile(r"\(of \d+ bytes, the first \d+ are kept\)$")
#: A record's number on its shard, as Kinesis writes it.
_NUMBER = re.compile("[0-9]{1,128}")


@dataclass(frozen=True)
class Batch:
    """Records that Lambda discarded: where they are on the stream, as the letter does not hold them.

    `first` and `last` are sequence numbers, both included; `count` is how many records failed.
    """

    stream_arn: str
    shard: str
    first: str
    last: str
    count: int


@dataclass(frozen=True)
class Letter:
    """A message, an event or a batch of records that was dead-lettered.

    Attributes:
        id: SQS's id of the letter.
        receipt: SQS's receipt handle, by which the letter is deleted or released.
        lies_in: the URL of its queue.
        kind: *failed* in one of our functions, *moved* by SQS after too many receives, *undelivered* by
            EventBridge, *unread* from the stream by Lambda, or *unknown*.
        source: the function that dead-lettered it, `BUS`, or the name of the queue it could not leave.
        reason: why, in a sentence without personal data.
        data: what it was about, as it first came. Empty for *unread*.
        sent_at: when it was written, or first sent where SQS moved it (aware).
        queue: name of the queue it was meant for (*moved*, *undelivered*).
        batch: where its records are (*unread*).
        cut: whether only the beginning of the data was kept.
    """

    id: str
    receipt: str
    kind: Kind
    source: str
    reason: str
    data: bytes
    sent_at: datetime
    queue: str = ""
    batch: Batch | None = None
    cut: bool = False
    lies_in: str = ""


def read_letter(message: "MessageTypeDef", functions: Mapping[str, str] | None = None) -> Letter:
    """Read a message of the dead-letter queue, received with all of its attributes.

    `functions`: which function works on a queue, by the queue's name, to name it as the source.
    """
    system = message.get("Attributes", {})
    attributes = {
        name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()
    }
    body = message["Body"]
    about: dict[str, Any] = {
        "id": message["MessageId"],
        "receipt": message["ReceiptHandle"],
        "sent_at": datetime.fromtimestamp(int(system.get("SentTimestamp", "0")) / 1000, UTC),
        "data": body.encode(),
    }
    content = _object(body)
    if moved_from := system.get("DeadLetterQueueSourceArn"):
        queue = _name(moved_from)
        source = (functions or {}).get(queue, queue)
        return Letter(**about, kind="moved", source=source, reason=MOVED, queue=queue)
    if "RULE_ARN" in attributes or "TARGET_ARN" in attributes:
        return Letter(
            **about, kind="undelivered", source=BUS, reason=_undelivered(attributes),
            queue=_name(attributes.get("TARGET_ARN", "")),
        )  # fmt: skip
    batch = _batch(content.get("KinesisBatchInfo"))
    if batch is not None:
        about["data"] = b""
        reason = _unread(content, batch)
        return Letter(**about, kind="unread", source=STREAM_READER, reason=reason, batch=batch)
    return _failed(about, content)


def _failed(about: dict[str, Any], content: Mapping[str, Any]) -> Letter:
    """Read what one of our functions wrote; anything else is of kind *unknown*."""
    try:
        data = dead_letter_data({name: str(content[name]) for name in ("encoding", "data")})
        source, reason = str(content["source"]), str(content["reason"])
    except (KeyError, ValueError):
        return Letter(**about, kind="unknown", source=UNKNOWN, reason="No dead letter of this project.")
    cut = _CUT.search(reason) is not None
    return Letter(**{**about, "data": data}, kind="failed", source=source, reason=reason, cut=cut)


def _undelivered(attributes: Mapping[str, str]) -> str:
    said = ": ".join(filter(None, (attributes.get("ERROR_CODE"), attributes.get("ERROR_MESSAGE"))))
    tries = attributes.get("RETRY_ATTEMPTS")
    return f"EventBridge could not deliver it ({said or 'no reason given'})" + (
        f" after {tries} more attempts." if tries and tries != "0" else "."
    )


def _batch(info: Any) -> Batch | None:
    try:
        batch = Batch(
            stream_arn=str(info["streamArn"]),
            shard=str(info["shardId"]),
            first=str(info["startSequenceNumber"]),
            last=str(info["endSequenceNumber"]),
            count=int(info["batchSize"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return batch if _NUMBER.fullmatch(batch.first) and _NUMBER.fullmatch(batch.last) else None


def _unread(content: Mapping[str, Any], batch: Batch) -> str:
    context = content.get("requestContext")
    condition = str(context.get("condition", "")) if isinstance(context, dict) else ""
    records = "a record" if batch.count == 1 else f"{batch.count} records"
    return f"Lambda discarded {records} of the stream ({condition or 'no condition given'})."


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _object(body: str) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
