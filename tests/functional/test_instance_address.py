"""The instance's address, for links in details, is Amazon Connect's own where no setting gives it (M1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect import instance_addresses
from connect_zendesk.amazon_connect.client import AmazonConnect
from local.stand_ins.amazon_connect.instances import ADDRESS
from tests.contact_files import chat
from tests.functional.test_acceptance import ready
from tests.live import contact_event, leave_snapshot
from tests.records import INSTANCE, call
from tests.stack import Stack, bodies

ASKED = "DescribeInstance"


def test_M1_it_is_asked_for_once_and_the_link_is_in_each_contacts_details() -> None:
    stack = Stack()
    stack.play_records(chat("chat-1"), chat("chat-2"))
    for contact, ticket in zip(("chat-1", "chat-2"), stack.zendesk.tickets(), strict=True):
        page = f"{ADDRESS}/contact-trace-records/details/{contact}"
        assert f"Contact in Amazon Connect: {page}" in bodies(ticket)[0]
    assert stack.connect.requests[ASKED] == 1


def test_M1_the_setting_wins_and_nobody_is_asked() -> None:
    stack = Stack(connect_instance_url="https://other.example")
    stack.play_records(chat())
    assert "https://other.example/contact-trace-records/" in bodies(stack.ticket())[0]
    assert stack.connect.requests[ASKED] == 0


def test_M1_P2_it_is_not_asked_for_while_an_agent_waits() -> None:
    stack = ready()
    leave_snapshot(stack, {**call(recorded=False), "DisconnectTimestamp": None})
    stack.send_contact_event(contact_event())
    assert len(stack.zendesk.tickets()) == 1
    assert stack.connect.requests[ASKED] == 0


@pytest.mark.parametrize("fault", ["throttle", "outage"])
def test_M1_without_an_answer_details_have_no_link_and_it_is_asked_for_again_after_a_minute(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack()
    monkeypatch.setattr(instance_addresses, "monotonic", lambda: stack.clock().timestamp())
    getattr(stack.connect.faults, fault)(count=1, matching=ASKED)
    stack.play_records(chat("chat-1"))
    assert "Contact in Amazon Connect" not in bodies(stack.ticket())[0]
    assert stack.connect.requests[ASKED] == 1
    stack.clock.move_by(timedelta(minutes=2))
    stack.play_records(chat("chat-2"))
    assert f"Contact in Amazon Connect: {ADDRESS}" in bodies(stack.zendesk.tickets()[1])[0]
    assert stack.messages.dead_letters == []


class Client:
    """A client that answers DescribeInstance with what it was given, an error as well."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, 0

    def describe_instance(self, **_: Any) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


NO_ADDRESS = [
    {},
    {"Instance": {}},
    {"Instance": {"InstanceAccessUrl": "javascript:x"}},
    ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeInstance"),
]


@pytest.mark.parametrize("answer", NO_ADDRESS)
def test_M1_what_is_refused_or_no_address_is_none_and_is_not_asked_for_again(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, now = Client(answer), iter(range(0, 10_000, 100))
    monkeypatch.setattr(instance_addresses, "monotonic", lambda: float(next(now)))
    connect = AmazonConnect(lambda: client)  # type: ignore[arg-type,return-value]
    assert [connect.address(INSTANCE), connect.address(INSTANCE)] == [None, None]
    assert client.asked == 1
