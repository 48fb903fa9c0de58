"""Contact events to the deployed functions: what fails is tried again and kept, as AWS does it."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from local.emulator.live_events import LiveEvents, NotDelivered

QUEUE = "arn:aws:sqs:eu-west-2:111122223333:contacts"


class NotFoundError(Exception):
    """There is no such configuration."""


class Functions:
    """A function that fails so many times; `settings` are those of its asynchronous invocations."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFoundError)

    def __init__(self, failures: int, settings: dict[str, Any] | None) -> None:
        self.failures, self.settings, self.invoked = failures, settings, 0

    def get_function_event_invoke_config(self, **_: Any) -> dict[str, Any]:
        if self.settings is None:
            raise NotFoundError
        return self.settings

    def invoke(self, **_: Any) -> dict[str, Any]:
        self.invoked += 1
        failed = {"FunctionError": "Unhandled"} if self.invoked <= self.failures else {}
        return {"Payload": io.BytesIO(b"null"), **failed}


class Bench:
    """One rule for every event, with one function behind it."""

    def __init__(self, failures: int, settings: dict[str, Any] | None = None) -> None:
        self.functions = Functions(failures, settings)
        self.sent: list[Any] = []
        events = SimpleNamespace(
            list_rules=lambda **_: {"Rules": [{"Name": "r", "EventPattern": "{}"}]},
            list_targets_by_rule=lambda **_: {"Targets": [{"Arn": "arn:aws:lambda:x:1:function:f"}]},
            test_event_pattern=lambda **_: {"Result": True},
        )
        sqs = SimpleNamespace(
            get_queue_url=lambda **asked: {"QueueUrl": asked["QueueName"]},
            send_message=lambda **it: self.sent.append((it["QueueUrl"], json.loads(it["MessageBody"]))),
        )
        clients: Any = SimpleNamespace(
            functions=self.functions, events=events, sqs=sqs, account="111122223333", region="eu-west-2"
        )
        self.live = LiveEvents(clients, SimpleNamespace(functions={}))  # type: ignore[arg-type]


def test_what_fails_once_is_tried_again() -> None:
    bench = Bench(failures=2)
    assert bench.live.send_contact_event({"detail": {}}) == 1
    assert (bench.functions.invoked, bench.sent) == (3, [])


def test_what_keeps_failing_goes_to_its_destination_after_as_many_attempts_as_are_set() -> None:
    settings = {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}
    bench = Bench(9, settings)
    bench.live.send_contact_event({"detail": {"contactId": "c"}})
    assert bench.functions.invoked == 1
    ((queue, message),) = bench.sent
    assert (queue, message["requestPayload"]["detail"]) == ("contacts", {"contactId": "c"})


def test_what_keeps_failing_and_has_no_destination_is_told() -> None:
    bench = Bench(9)
    with pytest.raises(NotDelivered):
        bench.live.send_contact_event({"detail": {}})
    assert bench.functions.invoked == 3
