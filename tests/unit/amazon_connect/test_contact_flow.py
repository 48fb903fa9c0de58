"""What a flow's block sends, read as a contact that is going on (facts/amazon-connect.md 4)."""

from __future__ import annotations

from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_flow import NotAFlowEvent, parameters_of, parse
from tests.flows import flow_event
from tests.records import ANAS_NUMBER, INSTANCE, NINE


def test_a_first_leg_is_its_own_root_and_has_not_ended() -> None:
    leg = parse(flow_event(attributes={"a": "b", "sak": "secret"}), NINE).leg
    assert leg.is_root
    assert leg.decides
    assert (leg.began, leg.ended, leg.agent) == (NINE, None, None)
    assert (leg.channel, leg.direction, leg.initiation_method) == ("VOICE", "inbound", "INBOUND")
    assert (leg.customer_address, leg.instance_arn) == (ANAS_NUMBER, INSTANCE)
    assert leg.attributes == {"a": "b"}


def test_a_later_leg_names_the_first() -> None:
    leg = parse(flow_event(contact="leg-2", first_leg="contact-1"), NINE).leg
    assert (leg.contact_id, leg.root_id, leg.is_root) == ("leg-2", "contact-1", False)


def test_a_task_has_its_name_and_a_queue_its_own() -> None:
    event = flow_event(
        channel="TASK", caller=None, Name="Zendesk-4711", Queue={"ARN": "arn", "Name": "Support"}
    )
    leg = parse(event, NINE).leg
    assert leg.queue is not None
    assert (leg.task_name, leg.queue.name, leg.customer_address) == ("Zendesk-4711", "Support", None)


def test_an_outgoing_contact_is_told_by_its_segment() -> None:
    fields = {"connect:Direction": {"ValueString": "OUTBOUND"}}
    assert parse(flow_event(SegmentAttributes=fields), NINE).leg.direction == "outbound"


def test_parameters_are_texts() -> None:
    given = {"a": "1\u202e", "b": 2, "c": True, "d": None, "e": {"f": "g"}, "h": ["i"], "j": 1.5}
    event = flow_event(parameters=given)
    assert parse(event, NINE).parameters == {"a": "1", "b": "2", "c": "true", "j": "1.5"}
    assert parameters_of(event) == parse(event, NINE).parameters


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (None, "not a contact flow's event"),
        ([], "not a contact flow's event"),
        ({}, "not a contact flow's event"),
        ({"Name": "ContactFlowEvent"}, "no contact data"),
        ({"Name": "ContactFlowEvent", "Details": {"ContactData": []}}, "no contact data"),
        (flow_event() | {"Name": "Other"}, "not a contact flow's event"),
        (flow_event(ContactId=None), "no ContactId"),
        (flow_event(contact="../../etc"), "no ContactId"),
    ],
)
def test_what_is_no_flows_event_is_told_by_its_reason(event: Any, reason: str) -> None:
    with pytest.raises(NotAFlowEvent, match=reason):
        parse(event, NINE)
    assert parameters_of(event) == {}
