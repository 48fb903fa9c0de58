"""Reads events from files: what AWS would deliver to the stack, in the shapes in which it does."""

import base64
import binascii
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from connect_zendesk.detail_types import (
    CONTACT_EVENT,
    CONTACT_RECORD,
    FORCED_TICKET_DUE,
    OBJECT_CREATED,
    SOURCE,
)
from connect_zendesk.topology import ZENDESK_BUS
from infra.sample_flows import BY_NAME
from local.flows.contact import FlowContact
from local.recordings import SCRIPT_SUFFIX, recording, script_of
from local.replay.events import (
    AgentEvent,
    BusEvent,
    ContactEvent,
    Event,
    FlowCall,
    FlowWalk,
    InZendesk,
    OtherBusEvent,
    QueueMessage,
    StoredFile,
    StreamRecord,
    WebhookCall,
    timestamp_in,
)
from local.replay.matching import matches
from local.replay.places import Place, documents
from local.stand_ins.transcribe.script import ScriptError

#: The source of a line that says what a person does in Zendesk.
IN_ZENDESK = "in zendesk"
#: The source of a line that has a contact walk through a sample contact flow.
IN_FLOW = "in a contact flow"
#: The folder of files that Amazon Connect has written to S3.
CONTACT_FILES = "contact_files"
#: What the contact queue takes. Everything else goes to the bus.
_FOR_THE_CONTACT_QUEUE = (CONTACT_RECORD, FORCED_TICKET_DUE)
#: In the name of the stream that carries agent events, as the deployment's context value names it.
_AGENT_STREAM = "agent"


class UnknownEvent(ValueError):
    """The file holds an event of a source that this project does not know."""


def read(path: Path) -> list[Event]:
    """Return the events in a file, in their order; raises as `read_placed` does."""
    return [event for _, event in read_placed(path)]


def read_placed(path: Path) -> list[tuple[Place, Event]]:
    """Return the events in a file, in their order, each with its place.

    A ``.jsonl`` file has one event a line. What is not JSON is taken for what the stream delivered: the
    consumer of the record stream has to cope with it. A file below ``contact_files`` is one that Amazon
    Connect wrote to S3: the next folder is the bucket, what follows is the key; an event about it in another
    file finds it there. A recording stands there as its script, `….wav.said.toml`. Raises `UnknownEvent`,
    with its place, and OSError where there is no such file.
    """
    data = path.read_bytes()
    if (stored := _place(path)) is not None:
        if path.name.endswith(SCRIPT_SUFFIX):
            stored, data = (stored[0], stored[1].removesuffix(SCRIPT_SUFFIX)), _recorded(path)
        return [(Place(path), StoredFile(*stored, data))]
    found: list[tuple[Place, Event]] = []
    for place, document in documents(path, data):
        try:
            events = _events(document)
            found += [(place, _with_content(event, path)) for event in events]
        except UnknownEvent as error:
            raise UnknownEvent(f"{place}: {error}") from None
    return found


def _with_content(event: Event, path: Path) -> Event:
    return replace(event, data=_content(event, path)) if isinstance(event, StoredFile) else event


def _place(path: Path) -> tuple[str, str] | None:
    """Return bucket and key of a file in S3, or None where it is none."""
    parts = path.resolve().parts
    if CONTACT_FILES not in parts[:-2]:
        return None
    bucket, *key = parts[parts.index(CONTACT_FILES) + 1 :]
    return bucket, "/".join(key)


def _content(file: StoredFile, named_in: Path) -> bytes:
    """Return what is in a file in S3 that an event in another file is about."""
    for folder in named_in.resolve().parents:
        if (folder / CONTACT_FILES).is_dir():
            place = folder / CONTACT_FILES / file.bucket / file.key
            script = place.with_name(place.name + SCRIPT_SUFFIX)
            return _recorded(script) if script.exists() else place.read_bytes()
    raise UnknownEvent(f"a file in S3, {file.key}, and no folder {CONTACT_FILES} that has it")


def _recorded(path: Path) -> bytes:
    """Return the recording in which a script is said."""
    try:
        return recording(script_of(path))
    except ScriptError as error:
        raise UnknownEvent(f"{path}: {error}") from None


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
    if "zendesk_event_version" in content or "connect_zendesk" in content:
        return [WebhookCall(data.decode())]
    if content.get("source") == IN_ZENDESK:
        return [_in_zendesk(content)]
    if content.get("source") == IN_FLOW:
        return [_in_flow(content)]
    if "detail-type" in content and "ContactId" not in content:
        return [_of_bus(content)]
    if _is_about_a_contact(content):
        return [AgentEvent(content)]
    return [StreamRecord(data)]


def _is_about_a_contact(content: dict[str, Any]) -> bool:
    """Return whether it is an agent event with a contact in it; any other on a stream is one gone astray."""
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
    if source == "aws.s3" and kind == OBJECT_CREATED:
        return _stored(content)
    if source != SOURCE and any(matches(rule.pattern, content) for rule in ZENDESK_BUS.queue.rules):
        return OtherBusEvent(content)
    if source != SOURCE:
        raise UnknownEvent(
            f"an event {kind!r} of source {source!r}; known are {SOURCE}, aws.connect, aws.s3, and"
            " Zendesk's ticket events of any"
        )
    return QueueMessage(json.dumps(content)) if kind in _FOR_THE_CONTACT_QUEUE else BusEvent(content)


def _stored(content: dict[str, Any]) -> StoredFile:
    try:
        detail = content["detail"]
        bucket, key = str(detail["bucket"]["name"]), str(detail["object"]["key"])
    except (KeyError, TypeError) as error:
        raise UnknownEvent(f"an event of S3 without {error}") from None
    return StoredFile(bucket, key, b"", timestamp_in(content.get("time")))


def _in_zendesk(content: dict[str, Any]) -> InZendesk:
    try:
        return InZendesk(
            content["user"],
            content["method"],
            content["path"],
            content["body"],
            timestamp_in(content.get("at")),
        )
    except KeyError as error:
        raise UnknownEvent(f"something done in Zendesk without {error}") from None


def _in_flow(content: dict[str, Any]) -> FlowWalk:
    try:
        flow, contact = content["flow"], content["contact"]
        FlowContact(**contact)
    except KeyError as error:
        raise UnknownEvent(f"a contact in a flow without {error}") from None
    except TypeError as error:
        raise UnknownEvent(f"a contact in a flow: {error}") from None
    if flow not in BY_NAME:
        raise UnknownEvent(f"a contact in a flow that is no sample: {flow}; these are {', '.join(BY_NAME)}")
    return FlowWalk(flow, contact, content.get("script", {}), content.get("partner", False))
