"""Plays events on a laptop: each to where AWS would deliver it, in order, until all of it is handled."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connect_zendesk.topology import TICKET_CREATION
from local.emulator.laptop import Laptop
from local.emulator.live_events import NotDelivered
from local.faults.laptop_faults import faults_of
from local.flows.walked_contacts import WalkedContacts
from local.replay.events import (
    LIVE,
    AgentEvent,
    BusEvent,
    ContactEvent,
    Event,
    FlowCall,
    FlowWalk,
    InZendesk,
    NotInThisWorld,
    OtherBusEvent,
    QueueMessage,
    StoredFile,
    StreamRecord,
    WebhookCall,
)
from local.replay.present import at_present

_PATIENCE_SECONDS = 120

Answers = list[dict[str, Any]]


class NotPlayed(Exception):
    """What is running takes no such events. The message says which."""


def play(laptop: Laptop, events: Sequence[Event]) -> Answers:
    """Send events to a laptop, in order, and wait until they are handled; returns what flows got.

    Where one of them is of something that is going on, the times of all are moved to the present. Records go
    through the delivery's faults; those that follow each other are sent together. Raises NotPlayed.
    """
    going_on = any(isinstance(event, LIVE) for event in events)
    answers: Answers = []
    records: list[bytes] = []
    walked = WalkedContacts()
    last: datetime | None = None
    for event in events:
        is_record = isinstance(event, StreamRecord)
        sent = walked.complete(event)
        if going_on:
            # What is one contact's end and the next one's must not be one moment.
            now = _next_second(last if is_record and not records else None)
            sent = at_present(sent, now)
            last = now if is_record else last
        if isinstance(sent, StreamRecord):
            records.append(sent.data)
            continue
        _put(laptop, records)
        if isinstance(sent, FlowWalk):
            answers += walked.walk(sent, laptop.live.call_from_flow).answers
            continue
        if (answer := _deliver(laptop, sent)) is not None:
            answers.append(answer)
    _put(laptop, records)
    laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)
    return answers


def _next_second(last: datetime | None) -> datetime:
    """Return the present to the second, which is as fine as records are; waits until it is past ``last``."""
    while (now := datetime.now(UTC).replace(microsecond=0)) == last:
        time.sleep(0.05)
    return now


def _put(laptop: Laptop, records: list[bytes]) -> None:
    if records:
        laptop.put_records(faults_of(laptop).delivery.delivered(records))
        records.clear()


def _deliver(laptop: Laptop, event: Event) -> dict[str, Any] | None:
    """Deliver an event that is no record; returns the answer where the sender waits for one."""
    try:
        match event:
            case FlowCall(content):
                return laptop.live.call_from_flow(event.function, content)
            case ContactEvent(envelope):
                laptop.live.send_contact_event(envelope)
            case AgentEvent(content):
                laptop.put_agent_event(content)
                laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)  # seconds go by before the next
            case QueueMessage(body):
                laptop.clients.sqs.send_message(
                    QueueUrl=laptop.outputs[TICKET_CREATION.queue.output], MessageBody=body
                )
            case BusEvent(content):
                laptop.live.publish(content, bus=laptop.outputs["BusName"])
                laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)
            case OtherBusEvent(content):
                laptop.live.send_from_other_bus(content)
                laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)
            case StoredFile(bucket, key, data):
                laptop.put_object(bucket, key, data)
            case WebhookCall(body):
                laptop.send_webhook(body.encode())
            case InZendesk():
                event.happen(laptop.zendesk)
                laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)
    except (NotDelivered, NotInThisWorld) as error:
        raise NotPlayed(str(error)) from None
    return None
