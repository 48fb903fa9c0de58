"""One tree of errors: what can be retried is retried, wherever it is raised; the rest is dead-lettered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk import messaging, storage
from connect_zendesk.amazon_connect import contact_file_json
from connect_zendesk.amazon_connect import errors as connect_errors
from connect_zendesk.errors import Permanent, RetryLater
from connect_zendesk.workflows.contact_events import accept
from connect_zendesk.zendesk import errors as zendesk_errors
from functions.ticket_creation import from_contact_record
from tests.live import ANSWERED, contact_event
from tests.records import call
from tests.stack import Stack

#: The modules that have errors of their own: imported, so that the tree is whole.
MODULES = (connect_errors, contact_file_json, messaging, storage, zendesk_errors)


def tree(root: type[Exception]) -> Iterator[type[Any]]:
    yield root
    for kind in root.__subclasses__():
        yield from tree(kind)


def named(kind: type[Any]) -> str:
    return f"{kind.__module__.rpartition('.')[0].rpartition('.')[2]}-{kind.__name__}"


LATER: list[type[RetryLater]] = sorted(set(tree(RetryLater)), key=named)
NEVER: list[type[Permanent]] = sorted(set(tree(Permanent)), key=named)


@pytest.mark.parametrize("kind", LATER, ids=named)
def test_an_acceptance_that_can_be_retried_goes_to_the_contact_queue_with_its_wait(
    kind: type[RetryLater],
) -> None:
    stack = Stack()
    stack.clock.move_to(ANSWERED)
    with mock.patch.object(accept, "handle", side_effect=kind("not now", 7)):
        stack.send_contact_event(contact_event())
        (message,) = stack.messages.waiting
    assert message.due == ANSWERED + timedelta(seconds=7)


@pytest.mark.parametrize("kind", LATER, ids=named)
def test_a_message_that_can_be_retried_is_and_not_dead_lettered(kind: type[RetryLater]) -> None:
    stack = Stack()
    with mock.patch.object(from_contact_record, "settle", side_effect=[kind("not now", 7), None]) as settle:
        stack.play_records(call())
    assert settle.call_count == 2
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("kind", NEVER, ids=named)
def test_what_can_never_be_done_is_dead_lettered_at_once_with_its_reason(kind: type[Permanent]) -> None:
    stack = Stack()
    with mock.patch.object(from_contact_record, "settle", side_effect=kind("the reason")) as settle:
        stack.play_records(call())
    assert settle.call_count == 1
    assert stack.letter()["reason"] == f"{kind.__name__}: the reason"
    assert json.loads(stack.letter()["data"])["detail"]["ContactId"] == "contact-1"
