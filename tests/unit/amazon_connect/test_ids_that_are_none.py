"""Ids that Amazon Connect, or its library, refuses: nothing has such an id, and no one retries it."""

from __future__ import annotations

from typing import Any

import pytest

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.errors import Refused
from local.replay.clock import VirtualClock
from local.replay.shared_client import client_of
from local.stand_ins.amazon_connect import AmazonConnect as StandIn

LONG = "arn:aws:connect:eu-west-2:111122223333:instance/" + "x" * 3_000


def asking(stand_in: StandIn) -> AmazonConnect:
    return AmazonConnect(lambda: client_of("connect", stand_in))


@pytest.mark.parametrize("instance", ["", LONG])
def test_there_is_no_contact_no_agent_and_no_address_of_such_an_instance(instance: str) -> None:
    connect = asking(StandIn({}, clock=VirtualClock()))
    assert connect.contact(instance, "contact-1") is None
    assert connect.user(f"{instance}/agent/ada") is None
    assert connect.address(instance) is None


def test_what_an_agent_waits_for_is_refused_without_its_words() -> None:
    asks: list[Any] = [
        lambda connect: connect.suspend_recording(LONG, "root", "leg"),
        lambda connect: connect.contacts_of(f"{LONG}/agent/ada"),
    ]
    for ask in asks:
        with pytest.raises(Refused) as refused:
            ask(asking(StandIn({}, clock=VirtualClock())))
        assert "xxx" not in str(refused.value)
