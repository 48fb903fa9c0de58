"""Reads contact records as they come: fields missing, null, of another type, or never seen before.

Source: the contact record data model, and what instances were seen to send.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect.values import mapping, mappings, scalar, text, timestamp
from connect_zendesk.errors import Permanent
from connect_zendesk.rules.contacts.contact import SYSTEM_ATTRIBUTES, Agent, Leg, Queue, Recording, Reference
from connect_zendesk.rules.settings.readers import clean

#: Bytes of JSON. Attributes are limited to 32 KB; ten times that is no contact record, and more than
#: 256 KB does not pass the bus.
LARGEST = 240_000

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,255}")

#: What of a record its reports are made from.
_REPORTED = (
    "Agent",
    "AgentConnectionAttempts",
    "AnsweringMachineDetectionStatus",
    "Attributes",
    "Channel",
    "ConnectedToSystemTimestamp",
    "ContactDetails",
    "ContactLens",
    "ContactId",
    "CustomerEndpoint",
    "Description",
    "DisconnectReason",
    "DisconnectTimestamp",
    "InitialContactId",
    "InitiationMethod",
    "InitiationTimestamp",
    "InstanceARN",
    "LastUpdateTimestamp",
    "Name",
    "Queue",
    "Recording",
    "Recordings",
    "References",
    "SegmentAttributes",
    "SystemEndpoint",
    "TransferredToEndpoint",
    "VoiceIdResult",
)


class NotAContactRecord(Permanent, ValueError):
    """What came cannot be a contact record. The message is the reason, without personal data."""


def decode(data: bytes) -> dict[str, Any]:
    """Return the record in a stream's bytes, without Amazon Connect's own attributes (M1).

    Raises `NotAContactRecord`.
    """
    if len(data) > LARGEST:
        raise NotAContactRecord(f"larger than any contact record: {len(data)} bytes")
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        raise NotAContactRecord("not JSON") from None
    if not isinstance(record, dict):
        raise NotAContactRecord("not a JSON object")
    parse(record)
    attributes = record.get("Attributes")
    if isinstance(attributes, dict):
        record["Attributes"] = {
            name: value for name, value in attributes.items() if clean(name) not in SYSTEM_ATTRIBUTES
        }
    return record


def reported_part(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a record its leg's reports are made from, without the system's own attributes."""
    kept = {field: record[field] for field in _REPORTED if record.get(field) is not None}
    if isinstance(attributes := kept.get("Attributes"), dict):
        kept["Attributes"] = {name: attributes[name] for name in attributes.keys() - SYSTEM_ATTRIBUTES}
    return kept


def parse(record: Mapping[str, Any]) -> Leg:
    """Return the leg that a contact record describes.

    What can be missing may be missing, and unknown values of an enumeration pass. Raises
    `NotAContactRecord` where there is no id, or no time at all.
    """
    if "AgentARN" in record and "ContactId" not in record:
        raise NotAContactRecord("an agent event, not a contact record")
    contact_id = _id(record.get("ContactId"))
    if contact_id is None:
        raise NotAContactRecord("no ContactId, or one that cannot be an id")
    queue, endpoint = mapping(record.get("Queue")), mapping(record.get("CustomerEndpoint"))
    ended = timestamp(record.get("DisconnectTimestamp"))
    known_times = [
        timestamp(record.get("InitiationTimestamp")),
        timestamp(record.get("ConnectedToSystemTimestamp")),
        timestamp(queue.get("EnqueueTimestamp")),
        timestamp(mapping(record.get("Agent")).get("ConnectedToAgentTimestamp")),
        ended,
        timestamp(record.get("LastUpdateTimestamp")),
    ]
    began = next((time for time in known_times if time is not None), None)
    if began is None:
        raise NotAContactRecord("no time at which the contact began or ended")
    return Leg(
        contact_id=contact_id,
        root_id=_id(record.get("InitialContactId")) or contact_id,
        channel=_channel(record, endpoint),
        initiation_method=(text(record.get("InitiationMethod")) or "").upper(),
        began=began,
        updated=timestamp(record.get("LastUpdateTimestamp")) or ended or began,
        ended=ended,
        customer_address=text(endpoint.get("Address")),
        system_address=text(mapping(record.get("SystemEndpoint")).get("Address")),
        agent=_agent(mapping(record.get("Agent"))),
        attempts=_number(record.get("AgentConnectionAttempts")) or 0,
        queue=_queue(queue),
        recordings=_recordings(record, streamed=False),
        streamed=_recordings(record, streamed=True),
        connected=timestamp(record.get("ConnectedToSystemTimestamp")),
        machine=text(record.get("AnsweringMachineDetectionStatus")),
        attributes=_attributes(record.get("Attributes")),
        instance_arn=text(record.get("InstanceARN")),
        disconnect_reason=text(record.get("DisconnectReason")),
        transferred_to=text(mapping(record.get("TransferredToEndpoint")).get("Address")),
        stated_direction=text(
            mapping(mapping(record.get("SegmentAttributes")).get("connect:Direction")).get("ValueString")
        ),
        task_name=text(record.get("Name")) or text(mapping(record.get("ContactDetails")).get("Name")),
        description=text(record.get("Description"))
        or text(mapping(record.get("ContactDetails")).get("Description")),
        references=_references(record.get("References")),
        authentication=text(
            mapping(mapping(record.get("VoiceIdResult")).get("Authentication")).get("Result")
        ),
    )


def _channel(record: Mapping[str, Any], endpoint: Mapping[str, Any]) -> str:
    channel = (text(record.get("Channel")) or "").upper()
    if not channel and endpoint.get("Type") == "TELEPHONE_NUMBER":
        return "VOICE"
    return channel


def _agent(agent: Mapping[str, Any]) -> Agent | None:
    username, arn = text(agent.get("Username")), text(agent.get("ARN"))
    if not username and not arn:
        return None
    return Agent(
        username=username or "",
        arn=arn,
        connected=timestamp(agent.get("ConnectedToAgentTimestamp")),
        talk_seconds=_number(agent.get("AgentInteractionDuration")),
        hold_seconds=_number(agent.get("CustomerHoldDuration")),
        wrap_up_seconds=_number(agent.get("AfterContactWorkDuration")),
    )


def _queue(queue: Mapping[str, Any]) -> Queue | None:
    name, entered = text(queue.get("Name")), timestamp(queue.get("EnqueueTimestamp"))
    if name is None and entered is None and not queue.get("ARN"):
        return None
    own = (text(queue.get("ARN")) or "").rpartition("/queue/")[2]  # an agent's own is agent/<id>
    return Queue(name, entered, _number(queue.get("Duration")), own if own and "/" not in own else None)


def _recordings(record: Mapping[str, Any], *, streamed: bool) -> tuple[Recording, ...]:
    """Return the audio that is there, in S3 or, ``streamed``, in Kinesis Video Streams.

    The first of the list repeats the older single field.
    """
    entries = [*mappings(record.get("Recordings")), mapping(record.get("Recording"))]
    found: dict[str, Recording] = {}
    for entry in entries:
        location = text(entry.get("Location"))
        is_audio = (entry.get("MediaStreamType") or entry.get("Type") or "AUDIO") == "AUDIO"
        here = (entry.get("StorageType") == "KINESIS_VIDEO_STREAM") is streamed
        if location and is_audio and here and entry.get("Status") != "DELETED":
            location = location.removeprefix("s3://")
            began = timestamp(entry.get("StartTimestamp"))
            found.setdefault(location, Recording(location, text(entry.get("ParticipantType")), began))
    return tuple(found.values())


def _references(given: Any) -> tuple[Reference, ...]:
    found = ((text(entry.get("Name")), text(entry.get("Value"))) for entry in mappings(given))
    return tuple(Reference(name, value) for name, value in found if name and value)


def _attributes(given: Any) -> dict[str, str]:
    return {
        name: value
        for name, one in mapping(given).items()
        if name
        and name not in SYSTEM_ATTRIBUTES
        and clean(name) == name
        and (value := scalar(one)) is not None
    }


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return max(0, int(value)) if abs(value) < 1e9 else None
