"""StartTaskContact of the Amazon Connect stand-in: facts/amazon-connect.md 8."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.functional.stand_ins.instance import ARN, ID, Instance, refused

CALL = {"Id": "call", "Arn": f"{ARN}/contact/call", "Channel": "VOICE", "Attributes": {"customer": "7"}}


@pytest.fixture
def one() -> Instance:
    return Instance({"contacts": [CALL]})


def test_8_task_is_a_contact_that_can_be_described(one: Instance) -> None:
    number = one.start_task(
        Name="Zendesk-4711",
        Description="Printer",
        Attributes={"zendesk_ticket": "4711"},
        References={"ticket": {"Type": "URL", "Value": "https://acme.zendesk.com/agent/tickets/4711"}},
    )
    task = one.describe(number)
    assert (task["Channel"], task["InitiationMethod"]) == ("TASK", "API")
    assert (task["Name"], task["Description"]) == ("Zendesk-4711", "Printer")
    assert task["InitiationTimestamp"] == one.now
    assert one.attributes(number) == {"zendesk_ticket": "4711"}
    assert "DisconnectTimestamp" not in task


@pytest.mark.parametrize(
    ("option", "details", "top"), [("details", "Zendesk-1", None), ("top", None, "Zendesk-1")]
)
def test_12_record_of_a_task_has_its_name_in_its_details_or_at_the_top(
    option: str, details: str | None, top: str | None
) -> None:
    one = Instance(task_name_in_record=option)
    number = one.start_task(References={"due": {"Type": "DATE", "Value": "1795168800"}})
    one.contacts.end(number, "AGENT_COMPLETED")
    (record,) = one.sent
    assert (record["ContactDetails"].get("Name"), record.get("Name")) == (details, top)
    assert record["References"] == [{"Name": "due", "Type": "DATE", "Value": "1795168800"}]
    assert (record["InstanceARN"], record["DisconnectReason"]) == (ARN, "AGENT_COMPLETED")
    assert one.describe(number)["Name"] == "Zendesk-1"


def test_8_same_token_is_the_same_task_as_long_as_it_is_kept(one: Instance) -> None:
    first = one.start_task(ClientToken="event-1")
    assert one.start_task(ClientToken="event-1") == first
    assert one.start_task(ClientToken="event-2") != first
    one.later(24 * 3600)
    assert one.start_task(ClientToken="event-1") != first


def test_8_token_may_be_kept_for_good() -> None:
    one = Instance(client_token_kept=None)
    first = one.start_task(ClientToken="event-1")
    one.later(365 * 86_400)
    assert one.start_task(ClientToken="event-1") == first


def test_8_token_of_another_task_names_the_first_or_is_refused(one: Instance) -> None:
    first = one.start_task(ClientToken="event-1")
    assert one.start_task(ClientToken="event-1", Name="Zendesk-2") == first
    one = Instance(client_token_reused="refuse")
    first = one.start_task(ClientToken="event-1")
    with refused("InvalidRequestException", 400):
        one.start_task(ClientToken="event-1", Name="Zendesk-2")
    assert one.start_task(ClientToken="event-1") == first


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"QuickConnectId": "q", "ContactFlowId": "f"}, "InvalidRequestException"),
        ({"ContactFlowId": ""}, "InvalidRequestException"),
        ({"PreviousContactId": "call", "RelatedContactId": "call"}, "InvalidRequestException"),
        ({"PreviousContactId": "nobody"}, "ResourceNotFoundException"),
        ({"RelatedContactId": "nobody"}, "ResourceNotFoundException"),
        ({"Name": "n" * 1025}, "InvalidParameterException"),
        ({"Description": "d" * 4097}, "InvalidParameterException"),
        ({"ClientToken": "t" * 501}, "InvalidParameterException"),
        ({"Attributes": {"a": "ü" * 16_384}}, "InvalidParameterException"),
        ({"Attributes": {"not a name": "x"}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "STRING", "Value": "v" * 4097}}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "ATTACHMENT", "Value": "v"}}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "SMELL", "Value": "v"}}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "URL", "Value": "no address"}}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "DATE", "Value": "tomorrow"}}}, "InvalidParameterException"),
        ({"References": {"r": {"Type": "EMAIL", "Value": "nobody"}}}, "InvalidParameterException"),
        ({"Attachments": [{"FileName": "f", "S3Url": "u"}] * 6}, "InvalidParameterException"),
    ],
)
def test_8_task_that_cannot_be_is_refused(one: Instance, asked: dict[str, Any], error: str) -> None:
    with refused(error, 404 if error.startswith("Resource") else 400):
        one.start_task(**asked)
    assert list(one.contacts) == ["call"]


def test_8_name_of_1024_characters_is_taken(one: Instance) -> None:
    assert one.describe(one.start_task(Name="n" * 1024))["Name"] == "n" * 1024


def test_boto3_itself_misses_the_name(one: Instance) -> None:
    with pytest.raises(ParamValidationError):
        one.connect.start_task_contact(InstanceId=ID)


def test_8_task_is_scheduled_within_six_days_or_ninety(one: Instance) -> None:
    soon = datetime(2026, 11, 26, 9, tzinfo=UTC)
    task = one.describe(one.start_task(ScheduledTime=soon))
    assert task["ScheduledTimestamp"] == task["ConnectedToSystemTimestamp"] == soon
    for moment in (one.now - timedelta(minutes=1), one.now + timedelta(days=6, minutes=1)):
        with refused("InvalidParameterException"):
            one.start_task(ScheduledTime=moment)
    one = Instance(tasks_scheduled_ahead=timedelta(days=90))
    assert one.start_task(ScheduledTime=one.now + timedelta(days=89))


def test_8_linked_task_shares_attributes_and_a_related_one_copies_them(one: Instance) -> None:
    linked = one.start_task(PreviousContactId="call", Attributes={"step": "1"})
    related = one.start_task(RelatedContactId="call")
    assert one.describe(linked)["InitialContactId"] == "call"
    assert one.describe(linked)["Attributes"] == {"customer": "7", "step": "1"}
    assert "InitialContactId" not in one.describe(related)
    one.update("call", customer="8")
    assert one.describe(linked)["Attributes"]["customer"] == "8"
    assert one.describe(related)["Attributes"]["customer"] == "7"


def test_8_twelve_tasks_are_linked_at_most(one: Instance) -> None:
    for _ in range(12):
        one.start_task(PreviousContactId="call")
    with refused("ServiceQuotaExceededException", 402):
        one.start_task(PreviousContactId="call")
    assert one.start_task(RelatedContactId="call")


def test_8_active_tasks_are_limited() -> None:
    one = Instance(active_tasks=1)
    first = one.start_task()
    with refused("ServiceQuotaExceededException", 402):
        one.start_task()
    one.contacts.end(first, "AGENT_COMPLETED")
    assert one.start_task()


def test_8_flow_quick_connect_and_template_exist_where_the_world_has_any() -> None:
    one = Instance(
        {
            "flows": [{"Id": "f"}],
            "quick_connects": [{"Id": "q"}],
            "task_templates": [{"Id": "t", "ContactFlowId": "f"}, {"Id": "bare"}],
        }
    )
    for asked in ({"ContactFlowId": "f"}, {"QuickConnectId": "q"}, {"TaskTemplateId": "t"}):
        assert one.start_task(**asked)
    for asked in ({"ContactFlowId": "x"}, {"QuickConnectId": "x"}, {"TaskTemplateId": "x"}):
        with refused("ResourceNotFoundException", 404):
            one.start_task(**asked)
    with refused("InvalidRequestException"):
        one.start_task(TaskTemplateId="bare")


def test_8_two_tasks_a_second_after_a_burst_of_five(one: Instance) -> None:
    def start() -> None:
        one.connect.start_task_contact(InstanceId=ID, Name="n", ContactFlowId="f")

    for _ in range(5):
        start()
    with refused("ThrottlingException", 429):
        start()
    one.later(0.5)
    start()
