"""Reads events from files: what AWS would deliver to the stack, in the shapes in which it does."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.messaging import ATTACHMENT_REQUESTED, SOURCE
from connect_zendesk.rules.contact import Leg

CONTACT_EVENT = "Amazon Connect Contact Event"
#: In the name of the stream that carries agent events, as the deployment's context value names it.
_AGENT_STREAM = "agent"


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
    """A message of a queue, as text: an event from the bus, or a delayed one of our own."""

    body: str
    queue: str = "contacts"

    @property
    def leg(self) -> Leg | None:
        """The leg that the message is about, or None where it holds no contact record."""
        try:
            return parse(json.loads(self.body)["detail"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @property
    def moment(self) -> datetime | None:
        """When Amazon Connect sent the record in it, or when the agent asked, as far as it says."""
        if (leg := self.leg) is not None:
            return leg.updated
        try:
            return _moment(json.loads(self.body)["detail"]["at"])
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True)
class ContactEvent:
    """What EventBridge tells of a contact that is going on, in its envelope."""

    envelope: dict[str, Any]
    leg = None

    @property
    def moment(self) -> datetime | None:
        """When it was sent."""
        return _moment(self.envelope.get("time"))


@dataclass(frozen=True)
class AgentEvent:
    """One record of the agent event stream."""

    content: dict[str, Any]
    leg = None

    @property
    def moment(self) -> datetime | None:
        """When it was sent."""
        return _moment(self.content.get("EventTimestamp"))


@dataclass(frozen=True)
class FlowCall:
    """What a contact flow's Lambda block sends, and the function that it asks: ``function`` is its folder."""

    event: dict[str, Any]
    leg = None
    moment = None

    @property
    def function(self) -> str:
        """The folder of the function: a block that says what to search by looks up, any other opens."""
        details = self.event.get("Details")
        parameters = details.get("Parameters") if isinstance(details, dict) else None
        searches = isinstance(parameters, dict) and parameters.keys() & {"search_by", "action"}
        return "customer_lookup" if searches else "ticket_creation"


Event = StreamRecord | QueueMessage | ContactEvent | AgentEvent | FlowCall
#: Events of something that is going on: they mean nothing once they are old.
LIVE = (ContactEvent, AgentEvent, FlowCall)


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
    if content.get("Name") == "ContactFlowEvent":
        return [FlowCall(content)]
    if "detail-type" in content and "ContactId" not in content:
        return [_of_bus(content)]
    if _tells_of_a_contact(content):
        return [AgentEvent(content)]
    return [StreamRecord(data)]


def _tells_of_a_contact(content: dict[str, Any]) -> bool:
    """Tell whether it is an agent event with a contact in it; any other on a stream is one gone astray."""
    snapshots = [content.get(name) for name in ("CurrentAgentSnapshot", "PreviousAgentSnapshot")]
    return "AgentARN" in content and any(
        isinstance(snapshot, dict) and snapshot.get("Contacts") for snapshot in snapshots
    )


def _of_lambda_event(record: Any) -> Event:
    source = record.get("eventSource") if isinstance(record, dict) else None
    if source == "aws:kinesis":
        try:
            data = base64.b64decode(record["kinesis"]["data"])
        except (KeyError, TypeError, binascii.Error) as error:
            raise UnknownEvent(f"a Kinesis record without data: {error}") from None
        stream = str(record.get("eventSourceARN")).rpartition("/")[2]
        return _of_agent_stream(data) if _AGENT_STREAM in stream else StreamRecord(data)
    if source == "aws:sqs":
        return QueueMessage(str(record.get("body")))
    raise UnknownEvent(f"a Lambda event from {source!r}; known are aws:kinesis and aws:sqs")


def _of_agent_stream(data: bytes) -> Event:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UnknownEvent("a record of an agent event stream that is no JSON object")
    return AgentEvent(content)


def _of_bus(content: dict[str, Any]) -> Event:
    source, kind = content.get("source"), content.get("detail-type")
    if source == "aws.connect" and kind == CONTACT_EVENT:
        return ContactEvent(content)
    if source != SOURCE:
        raise UnknownEvent(f"an event {kind!r} of source {source!r}; known are {SOURCE} and aws.connect")
    queue = "attachments" if kind == ATTACHMENT_REQUESTED else "contacts"
    return QueueMessage(json.dumps(content), queue)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
