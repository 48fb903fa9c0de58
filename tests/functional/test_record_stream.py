"""The consumer of the record stream: contact records go on the bus, all else to the dead letters."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from random import Random
from typing import Any
from unittest import mock

import pytest

from connect_zendesk import messaging
from connect_zendesk.messaging import (
    AwsMessages,
    NotPublished,
    dead_letter_body,
    dead_letter_data,
    event_text,
)
from functions.contact_records import handler as consumer
from local.replay.clock import VirtualClock
from local.replay.lambda_events import LambdaContext
from local.replay.local_messages import LocalMessages
from tests.logs import Logs
from tests.records import INSTANCE, NINE, call, data_of

CONTEXT = LambdaContext()


@pytest.fixture
def messages() -> Iterator[LocalMessages]:
    messages = LocalMessages(VirtualClock(NINE))
    with mock.patch.object(messaging, "messages", return_value=messages):
        yield messages


def kinesis(*data: bytes) -> dict[str, Any]:
    """Return a batch of the stream."""
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": f"shardId-000000000000:{number}",
                "kinesis": {"sequenceNumber": str(number), "data": base64.b64encode(item).decode()},
            }
            for number, item in enumerate(data)
        ]
    }


def published(messages: LocalMessages) -> list[Any]:
    """Return the details of what is on the bus, by one of the queues that get each of them."""
    to_tickets = [message for message in sorted(messages.waiting) if message.queue == "contacts"]
    return [json.loads(message.body)["detail"] for message in to_tickets]


RECORD = call()
AGENT_EVENT = {"EventType": "HEART_BEAT", "AgentARN": "arn:…/agent/1", "CurrentAgentSnapshot": None}

BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not JSON"),
    "no JSON": (b"<xml>Zo\xc3\xab</xml>", "not JSON"),
    "cut off": (data_of(RECORD)[:-1], "not JSON"),
    "another encoding": (b'{"ContactId": "Zo\xeb"}', "not JSON"),
    "no encoding at all": (bytes(range(256)), "not JSON"),
    "two records in one": (data_of(RECORD) * 2, "not JSON"),
    "a list": (b"[1]", "not a JSON object"),
    "a string": (b'"ContactId"', "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "nested too deep": (b"[" * 100_000, "not JSON"),
    "an agent event": (data_of(AGENT_EVENT), "an agent event, not a contact record"),
    "no id": (data_of(RECORD | {"ContactId": None}), "no ContactId, or one that cannot be an id"),
    "an id of another type": (
        data_of(RECORD | {"ContactId": 7}),
        "no ContactId, or one that cannot be an id",
    ),
    "an id that is none": (
        data_of(RECORD | {"ContactId": "<script>"}),
        "no ContactId, or one that cannot be an id",
    ),
    "no time": (b'{"ContactId": "contact-1"}', "no time at which the contact began or ended"),
    "larger than any": (
        data_of(call(attributes={"text": "x" * 300_000})),
        "larger than any contact record",
    ),
    "too large for the bus": (
        json.dumps(call(attributes={"text": "\u00e9" * 100_000}), ensure_ascii=False).encode(),
        "too large for the bus",
    ),
    "no number": (b'{"x": NaN, ' + data_of(RECORD)[1:], "not JSON: a number that is not one"),
    "a number beyond all": (b'{"x": 1e999, ' + data_of(RECORD)[1:], "not JSON: a number that is not one"),
    "another instance": (
        data_of(RECORD | {"InstanceARN": INSTANCE + "0"}),
        "from another Amazon Connect instance",
    ),
    "an instance of another type": (
        data_of(RECORD | {"InstanceARN": 7}),
        "from another Amazon Connect instance",
    ),
    "no instance": (data_of(RECORD | {"InstanceARN": None}), "from another Amazon Connect instance"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_a_dead_letter_a_log_line_and_a_metric_and_stops_nothing(
    messages: LocalMessages, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("CONNECT_INSTANCE_ARN", INSTANCE)
    data, reason = BAD[kind]
    with Logs() as logs:
        answer = consumer.handler(kinesis(data, data_of(RECORD)), CONTEXT)
    assert answer == {"batchItemFailures": []}
    assert published(messages) == [RECORD]
    (letter,) = messages.dead_letters
    assert letter["source"] == "contact_records"
    assert letter["reason"].startswith(reason)
    assert dead_letter_data(letter) == data
    assert [(line["message"], line["reason"]) for line in logs.lines] == [("dead-lettered", letter["reason"])]
    assert logs.metrics["DeadLetter"] == 1
    assert logs.metrics["ContactRecordReceived"] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"Attributes": {"name": "a\x00b", "to": "\u202eevil", "html": "<script>alert(1)</script>"}},
        {"SomethingNew": {"deep": [1, {"er": None}]}, "AWSContactTraceRecordFormatVersion": "2030-01-01"},
        {"Attributes": {"half": "\ud83d"}},
        {"AWSAccountId": "999999999999", "Channel": "HOLOGRAM", "InitiationMethod": "TELEPATHY"},
    ],
    ids=["NUL, direction marks, script", "fields never seen", "half a character", "values never seen"],
)
def test_what_is_unusual_in_a_contact_record_passes(messages: LocalMessages, changed: dict[str, Any]) -> None:
    assert consumer.handler(kinesis(data_of(RECORD | changed)), CONTEXT) == {"batchItemFailures": []}
    assert published(messages) == [RECORD | changed]
    assert messages.dead_letters == []


def test_a_record_of_any_instance_passes_where_none_is_named(
    messages: LocalMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_INSTANCE_ARN", "")
    other = RECORD | {"InstanceARN": "arn:aws:connect:us-east-1:999999999999:instance/other"}
    consumer.handler(kinesis(data_of(other)), CONTEXT)
    assert published(messages) == [other]


def test_M1_the_systems_own_attributes_do_not_reach_the_bus(messages: LocalMessages) -> None:
    own = {"sak": "credential", "order": "4711"}
    consumer.handler(kinesis(data_of(call(attributes=own))), CONTEXT)
    assert published(messages)[0]["Attributes"] == {"order": "4711"}


def test_what_the_bus_does_not_take_comes_again_and_nothing_else_does(
    messages: LocalMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, refused = messages.publish, [NotPublished("ThrottlingException"), ConnectionError()]

    def refuses(detail_type: str, detail: Any) -> None:
        if detail["ContactId"] == "refused" and refused:
            raise refused.pop()
        publish(detail_type, detail)

    monkeypatch.setattr(messages, "publish", refuses)
    batch = kinesis(data_of(call("one")), data_of(call("refused")), data_of(call("two")))
    for _ in range(2):
        assert consumer.handler(batch, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert consumer.handler(batch, CONTEXT) == {"batchItemFailures": []}
    assert {detail["ContactId"] for detail in published(messages)} == {"one", "two", "refused"}


def test_a_dead_letter_that_cannot_be_sent_comes_again(
    messages: LocalMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "dead_letter", mock.Mock(side_effect=ConnectionError))
    answer = consumer.handler(kinesis(b"not JSON", data_of(RECORD)), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert published(messages) == [RECORD]


# Messages as AWS takes them


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain",
        "Zo\u00eb \u202e\x00".encode(),
        bytes(range(256)),
        b"\xff" * 900_000,
        "\u00e9".encode() * 400_000,
    ],
    ids=["nothing", "text", "marks", "bytes", "large bytes", "large text"],
)
def test_a_dead_letter_fits_into_a_message_and_gives_back_each_byte(data: bytes) -> None:
    letter = json.loads(json.dumps(dead_letter_body("contact_records", "reason", data)))
    assert dead_letter_data(letter) == data
    assert letter["reason"] == "reason"
    assert len(json.dumps(letter)) <= 256 * 1024


def test_a_dead_letter_that_does_not_fit_however_it_is_packed_is_cut_and_says_so() -> None:
    data = Random(1).randbytes(1_000_000)  # noqa: S311 - nothing is to be kept secret
    letter = dead_letter_body("contact_records", "not JSON", data)
    kept = dead_letter_data(letter)
    assert data.startswith(kept)
    assert letter["reason"] == f"not JSON (of 1000000 bytes, the first {len(kept)} are kept)"
    assert len(json.dumps(letter)) <= 256 * 1024


def test_a_dead_letter_can_be_opened_with_ordinary_tools() -> None:
    letter = dead_letter_body("contact_records", "reason", b"\xff")
    assert letter["encoding"] == "gzip+base64"
    assert gzip.decompress(base64.b64decode(letter["data"])) == b"\xff"
    assert dead_letter_body("contact_records", "reason", b'{"a": 1}')["data"] == '{"a": 1}'


class Recorder:
    """An AWS client that notes what it is asked."""

    def __init__(self, **answer: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answer = answer

    def put_events(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return self._answer

    send_message = change_message_visibility = put_events


def aws_messages(events: Recorder, sqs: Recorder) -> AwsMessages:
    return AwsMessages(
        lambda: events,  # type: ignore[arg-type,return-value]
        lambda: sqs,  # type: ignore[arg-type,return-value]
        bus="bus",
        own_queue="queue",
        contact_queue="queue",
        dead_letters="letters",
    )


def test_an_event_goes_to_the_bus_as_ascii() -> None:
    events = Recorder(FailedEntryCount=0)
    aws_messages(events, Recorder()).publish("Contact Record", {"name": "Zo\u00eb \ud83d"})
    assert events.asked == [
        {
            "Entries": [
                {
                    "EventBusName": "bus",
                    "Source": "connect-zendesk",
                    "DetailType": "Contact Record",
                    "Detail": '{"name": "Zo\\u00eb \\ud83d"}',
                }
            ]
        }
    ]


def test_an_entry_that_the_bus_refused_is_not_taken_for_published() -> None:
    refused = {"ErrorCode": "InternalFailure", "ErrorMessage": "Zo\u00eb"}
    events = Recorder(FailedEntryCount=1, Entries=[refused])
    with pytest.raises(NotPublished, match=r"^InternalFailure$"):
        aws_messages(events, Recorder()).publish("Contact Record", {})


def test_what_the_bus_would_refuse_each_time_is_not_sent() -> None:
    events = Recorder()
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    for detail in ({"x": float("nan")}, {"x": "\u00e9" * 50_000}, {"x": nested}):
        with pytest.raises(messaging.CannotBeSent):
            aws_messages(events, Recorder()).publish("Contact Record", detail)
    assert events.asked == []
    assert event_text({"x": "y" * 200_000})


def test_queues_are_asked_for_delays_and_dead_letters() -> None:
    sqs = Recorder()
    messages = aws_messages(Recorder(), sqs)
    messages.send_delayed("Forced Ticket Due", {"ContactId": "1"}, 300)
    messages.retry_in("receipt", 17)
    messages.dead_letter("contact_records", "reason" * 100, b"data")
    delayed, hidden, letter = sqs.asked
    assert (delayed["QueueUrl"], delayed["DelaySeconds"]) == ("queue", 300)
    assert json.loads(delayed["MessageBody"])["detail-type"] == "Forced Ticket Due"
    assert hidden == {"QueueUrl": "queue", "ReceiptHandle": "receipt", "VisibilityTimeout": 17}
    assert letter["QueueUrl"] == "letters"
    assert json.loads(letter["MessageBody"])["reason"] == "reason" * 100
    assert len(letter["MessageAttributes"]["reason"]["StringValue"]) == 250
