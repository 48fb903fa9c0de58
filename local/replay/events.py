"""Reads events from files: contact records, Lambda events as AWS delivers them, lines of either."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.messaging import SOURCE
from connect_zendesk.rules.contact import Leg


class UnknownEvent(ValueError):
    """The file holds an event of a source that this project does not know."""


@dataclass(frozen=True)
class StreamRecord:
    """The bytes of one record of the contact record stream, whatever they are."""

    data: bytes

    @property
    def leg(self) -> Leg | None:
        """The leg that the record describes, or None where it is no contact record."""
        try:
            content = json.loads(self.data)
            return parse(content) if isinstance(content, dict) else None
        except (ValueError, RecursionError):
            return None

    @property
    def moment(self) -> datetime | None:
        """When Amazon Connect sent it, as far as it says."""
        leg = self.leg
        return leg.updated if leg else None


@dataclass(frozen=True)
class QueueMessage:
    """A message of the contact queue: an event from the bus, or a delayed one of our own, as text."""

    body: str

    @property
    def leg(self) -> Leg | None:
        """The leg that the message is about, or None where it holds no contact record."""
        try:
            return parse(json.loads(self.body)["detail"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @property
    def moment(self) -> datetime | None:
        """When Amazon Connect sent the record in it, as far as it says."""
        leg = self.leg
        return leg.updated if leg else None


Event = StreamRecord | QueueMessage


def read(path: Path) -> list[Event]:
    """Return the events in a file, in their order.

    A ``.jsonl`` file has one event a line. What is not JSON is taken for what the stream delivered: the
    record door has to cope with it. Raises `UnknownEvent`, and OSError where there is no such file.
    """
    data = path.read_bytes()
    if path.suffix == ".jsonl":
        return [event for line in data.split(b"\n") if line.strip() for event in _events(line.rstrip(b"\r"))]
    return _events(data)


def _events(data: bytes) -> list[Event]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return [StreamRecord(data)]
    if isinstance(content, list):
        return [event for item in content for event in _events(json.dumps(item).encode())]
    if not isinstance(content, dict):
        return [StreamRecord(data)]
    if isinstance(content.get("Records"), list):
        return [_of_lambda_event(record) for record in content["Records"]]
    if "detail-type" in content and "ContactId" not in content:
        return [_of_bus(content)]
    return [StreamRecord(data)]


def _of_lambda_event(record: Any) -> Event:
    source = record.get("eventSource") if isinstance(record, dict) else None
    if source == "aws:kinesis":
        try:
            return StreamRecord(base64.b64decode(record["kinesis"]["data"]))
        except (KeyError, TypeError, binascii.Error) as error:
            raise UnknownEvent(f"a Kinesis record without data: {error}") from None
    if source == "aws:sqs":
        return QueueMessage(str(record.get("body")))
    raise UnknownEvent(f"a Lambda event from {source!r}; known are aws:kinesis and aws:sqs")


def _of_bus(content: dict[str, Any]) -> Event:
    if content.get("source") != SOURCE:
        raise UnknownEvent(f"an event of source {content.get('source')!r}; known is {SOURCE}")
    return QueueMessage(json.dumps(content))
