"""Contacts of the Amazon Connect stand-in: facts/amazon-connect.md 0, 1.1, 2 and 8."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.functional.stand_ins.instance import ARN, ID, Instance, refused

RECORD: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[3] / "events" / "contact_records" / "known-caller.json").read_text()
)
ROOT = RECORD["ContactId"]
CHILD: Mapping[str, Any] = {
    **RECORD,
    "ContactId": "child",
    "InitialContactId": ROOT,
    "PreviousContactId": ROOT,
    "Queue": {"ARN": f"{ARN}/queue/agent/a0000002", "Name": None, "EnqueueTimestamp": "2026-11-02T08:03:00Z"},
    "Agent": {
        "ARN": f"{ARN}/agent/a0000002",
        "Username": "bjones",
        "HierarchyGroups": {"Level1": {"ARN": f"{ARN}/agent-group/g", "GroupName": "G"}, "Level2": None},
        "AgentPauseDuration": 3,
        "StateTransitions": [{"state": "BARGE", "stateStartTimestamp": "2026-11-02T08:02:00Z"}],
    },
    "ChatMetrics": {"ContactMetrics": {"TotalMessages": 4}},
    "RoutingCriteria": [{"Index": 1}, {"Index": 2}],
    "ContactDetails": {"Name": "Zendesk-4711", "Description": "Call back"},
}
LIVE = {
    "Id": "live",
    "Arn": f"{ARN}/contact/live",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-11-20T09:59:00Z",
    "AgentInfo": {
        "Id": "a0000001",
        "AgentPauseDurationInSeconds": 2,
        "StateTransitions": [{"State": "BARGE"}],
    },
    "QueueInfo": {"Id": "q1", "EnqueueTimestamp": "2026-11-20T09:59:10Z"},
    "ChatMetrics": {"ChatContactMetrics": {"TotalMessages": 1}},
    "recording": ["AGENT", "SCREEN"],
}
WORLD = {
    "users": [{"Id": "a0000001", "Username": "asmith"}],
    "queues": [{"Id": "q1", "Name": "Support"}],
    "contacts": [RECORD, CHILD, LIVE],
}


def instance(**options: Any) -> Instance:
    return Instance(WORLD, **options)


def test_8_ended_contact_is_described_from_its_record() -> None:
    contact = instance().describe(ROOT)
    assert contact["Arn"] == f"{RECORD['InstanceARN']}/contact/{ROOT}"
    assert contact["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": "+442071838750"}
    assert contact["SystemEndpoint"]["Address"] == "+448001234567"
    assert contact["AgentInfo"]["Id"] == "a0000001"
    assert contact["AgentInfo"]["ConnectedToAgentTimestamp"] == datetime(2026, 11, 2, 8, 0, 40, tzinfo=UTC)
    assert contact["AgentInfo"]["AfterContactWorkDuration"] == 30
    assert contact["QueueInfo"] == {
        "Id": "q1",
        "EnqueueTimestamp": datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC),
    }
    assert contact["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert contact["DisconnectTimestamp"] == datetime(2026, 11, 2, 8, 3, 40, tzinfo=UTC)
    assert contact["Recordings"][0]["Location"] == RECORD["Recordings"][0]["Location"]
    assert contact["SegmentAttributes"] == {"connect:Subtype": {"ValueString": "connect:Telephony"}}
    assert "Username" not in contact["AgentInfo"]
    assert "Campaign" not in contact  # an object of nulls in the record


def test_8_later_leg_is_described_with_what_differs_between_the_dialects() -> None:
    contact = instance().describe("child")
    assert (contact["InitialContactId"], contact["PreviousContactId"]) == (ROOT, ROOT)
    assert contact["QueueInfo"]["Id"] == "agent/a0000002"
    agent = contact["AgentInfo"]
    assert agent["HierarchyGroups"] == {"Level1": {"Arn": f"{ARN}/agent-group/g"}}
    assert agent["AgentPauseDurationInSeconds"] == 3
    assert agent["StateTransitions"][0]["State"] == "BARGE"
    assert contact["ChatMetrics"]["ChatContactMetrics"] == {"TotalMessages": 4}
    assert contact["RoutingCriteria"] == {"Index": 2}
    assert (contact["Name"], contact["Description"]) == ("Zendesk-4711", "Call back")


def test_8_contact_that_goes_on_has_no_end() -> None:
    contact = instance().describe("live")
    assert "DisconnectTimestamp" not in contact
    assert contact["AgentInfo"]["Id"] == "a0000001"
    assert contact["QueueInfo"]["Id"] == "q1"


def test_8_described_contact_sends_a_record_when_it_ends() -> None:
    one = instance()
    one.contacts.end("live", "AGENT_DISCONNECT", AgentConnectionAttempts=1)
    (record,) = one.sent
    assert record["Agent"]["ARN"] == f"{ARN}/agent/a0000001"
    assert (record["Agent"]["Username"], record["Agent"]["AgentPauseDuration"]) == ("asmith", 2)
    assert record["Agent"]["StateTransitions"] == [{"state": "BARGE"}]
    assert record["Queue"]["ARN"] == f"{ARN}/queue/q1"
    assert record["Queue"]["Name"] == "Support"
    assert record["ChatMetrics"]["ContactMetrics"] == {"TotalMessages": 1}
    assert (record["AWSAccountId"], record["InstanceARN"]) == ("111122223333", ARN)
    assert (record["DisconnectTimestamp"], record["DisconnectReason"]) == (
        "2026-11-20T10:00:00Z",
        "AGENT_DISCONNECT",
    )


def test_contact_added_and_accepted_meanwhile_is_described_and_recorded() -> None:
    one = instance()
    one.contacts.add({**RECORD, "ContactId": "new", "Agent": None, "DisconnectTimestamp": None})
    assert "AgentInfo" not in one.describe("new")
    one.contacts.connect("new", "a0000001", "AGENT")
    told = one.describe("new")["AgentInfo"]
    assert (told["Id"], told["ConnectedToAgentTimestamp"]) == ("a0000001", one.now)
    assert one.stand_in.snapshot()["recording"]["new"] == {"AGENT": "on"}


def test_0_first_leg_names_no_initial_contact_or_itself() -> None:
    assert "InitialContactId" not in instance().describe(ROOT)
    one = instance(first_leg_initial_contact="itself")
    assert one.describe(ROOT)["InitialContactId"] == ROOT
    assert one.describe("child")["InitialContactId"] == ROOT


def test_8_contact_is_forgotten_after_two_years_and_unknown_to_other_instances() -> None:
    one = instance()
    with refused("ResourceNotFoundException", 404):
        one.connect.describe_contact(InstanceId="another", ContactId=ROOT)
    one.later(730 * 86_400)
    with refused("ResourceNotFoundException", 404):
        one.describe(ROOT)


def test_2_contact_tree_is_listed() -> None:
    one = instance()
    asked = {"InstanceId": ID, "ContactId": "child"}
    legs = one.connect.list_associated_contacts(**asked)["ContactSummaryList"]
    assert [leg["ContactId"] for leg in legs] == [ROOT, "child"]
    assert legs[1]["InitialContactId"] == ROOT
    assert legs[1]["ContactArn"] == f"{RECORD['InstanceARN']}/contact/child"
    first = one.connect.list_associated_contacts(**asked, MaxResults=1)
    second = one.connect.list_associated_contacts(**asked, MaxResults=1, NextToken=first["NextToken"])
    assert [leg["ContactId"] for leg in second["ContactSummaryList"]] == ["child"]
    assert "NextToken" not in second


def test_8_attributes_are_shared_by_all_legs_and_records_come_again() -> None:
    one = instance()
    one.update(ROOT, zendesk_ticket="4711")
    one.update(ROOT, survey="5")
    assert one.attributes(ROOT) == {"zendesk_ticket": "4711", "survey": "5"}
    assert one.describe("child")["Attributes"] == one.attributes(ROOT)
    assert [record["ContactId"] for record in one.sent] == [ROOT, "child", ROOT, "child"]
    last = one.sent[-2]
    assert (last["Attributes"], last["LastUpdateTimestamp"]) == (one.attributes(ROOT), "2026-11-20T10:00:00Z")
    assert {**last, "Attributes": {}, "LastUpdateTimestamp": RECORD["LastUpdateTimestamp"]} == RECORD


def test_1_1_only_the_named_leg_may_come_again() -> None:
    one = instance(attributes_sent_again="leg")
    one.update(ROOT, survey="5")
    assert [record["ContactId"] for record in one.sent] == [ROOT]


def test_8_same_value_sends_the_record_all_the_same() -> None:
    one = instance()
    one.update(ROOT, survey="5")
    one.update(ROOT, survey="5")
    assert len(one.sent) == 4


def test_0_ongoing_contact_sends_no_record_unless_it_does() -> None:
    one = instance()
    one.update("live", survey="5")
    assert one.attributes("live") == {"survey": "5"}
    assert one.sent == []
    one = instance(ongoing_contact_record=True)
    one.update("live", survey="5")
    assert [record.get("DisconnectTimestamp") for record in one.sent] == [None]


def test_8_later_leg_names_no_attributes_unless_it_does() -> None:
    one = instance()
    with refused("ResourceNotFoundException", 404):
        one.update("child", survey="5")
    with refused("ResourceNotFoundException"):
        one.attributes("child")
    with refused("ResourceNotFoundException"):
        one.attributes("nobody")
    one = instance(child_names_attributes="accept")
    one.update("child", survey="5")
    assert one.attributes("child") == one.attributes(ROOT) == {"survey": "5"}


def test_8_attributes_are_limited_in_bytes_over_names_and_values_together() -> None:
    one = instance()
    one.update(ROOT, a="ü" * 16_383)  # 32,767 bytes with the name
    with refused("InvalidRequestException", 400):
        one.update(ROOT, b="x")
    with refused("InvalidRequestException"):
        one.connect.update_contact_attributes(
            InstanceId=ID, InitialContactId=ROOT, Attributes={"not a name": "x"}
        )
    assert one.attributes(ROOT).keys() == {"a"}
    one = instance(attributes_refused_as="InvalidParameterException")
    with refused("InvalidParameterException"):
        one.update(ROOT, a="x" * 32_768)


def test_8_ten_updates_a_second_after_a_burst_of_fifteen() -> None:
    one = instance()
    for _ in range(15):
        one.update(ROOT, survey="5")
    with refused("TooManyRequestsException", 429):
        one.update(ROOT, survey="5")
    one.later(1)
    for _ in range(10):
        one.update(ROOT, survey="5")
    assert one.stand_in.requests["UpdateContactAttributes"] == 26


def recording_call(
    one: Instance, name: str, contact: str = "live", initial: str = "live", **kind: str
) -> None:
    one.later(1)
    call = getattr(one.connect, f"{name}_contact_recording")
    call(InstanceId=ID, ContactId=contact, InitialContactId=initial, **kind)


def test_8_recording_is_suspended_and_resumed() -> None:
    one = instance()
    recording_call(one, "suspend")
    assert one.contacts.recording("live") == {"AGENT": "suspended", "SCREEN": "suspended"}
    recording_call(one, "resume", ContactRecordingType="SCREEN")
    assert one.contacts.recording("live") == {"AGENT": "suspended", "SCREEN": "on"}


@pytest.mark.parametrize("name", ["suspend", "resume"])
def test_8_contact_that_is_not_recorded_is_refused(name: str) -> None:
    one = instance()
    with refused("InvalidRequestException", 400):
        recording_call(one, name, ROOT, ROOT)
    with refused("InvalidRequestException", 400):
        recording_call(one, name, ContactRecordingType="IVR")
    with refused("ResourceNotFoundException", 404):
        recording_call(one, name, "nobody", "nobody")
    one.contacts.end("live")
    with refused("InvalidRequestException", 400):
        recording_call(one, name)


def test_8_suspending_what_is_suspended_is_refused_or_accepted() -> None:
    one = instance()
    recording_call(one, "suspend")
    with refused("InvalidRequestException"):
        recording_call(one, "suspend")
    recording_call(one, "resume")
    with refused("InvalidRequestException"):
        recording_call(one, "resume")
    one = instance(suspend_twice="accept")
    recording_call(one, "suspend")
    recording_call(one, "suspend")
    assert set(one.contacts.recording("live").values()) == {"suspended"}


def test_8_initial_contact_has_to_be_the_first_leg_or_not() -> None:
    one = instance()
    one.contacts.add({**CHILD, "ContactId": "on", "DisconnectTimestamp": None, "recording": ["AGENT"]})
    with refused("InvalidRequestException"):
        recording_call(one, "suspend", "on", "on")
    recording_call(one, "suspend", "on", ROOT)
    one = instance(wrong_initial_contact="accept")
    recording_call(one, "suspend", "live", "another")
    assert set(one.contacts.recording("live").values()) == {"suspended"}


def test_what_an_agent_is_on_and_what_rings_is_said_by_current_user_data() -> None:
    instance = Instance(
        {"users": [{"Id": "a1", "Arn": f"{ARN}/agent/a1"}, {"Id": "a2", "Arn": f"{ARN}/agent/a2"}]}
    )
    instance.contacts.add({"ContactId": "rings", "InstanceARN": ARN, "Channel": "VOICE"})
    instance.contacts.add({"ContactId": "talks", "InstanceARN": ARN, "Channel": "VOICE"})
    instance.contacts.offer("rings", "a1")
    instance.contacts.connect("talks", "a1")

    def states(agent: str) -> dict[str, str]:
        answer = instance.connect.get_current_user_data(InstanceId=ID, Filters={"Agents": [agent]})
        return {
            contact["ContactId"]: contact["AgentContactState"]
            for user in answer["UserDataList"]
            for contact in user["Contacts"]
        }

    assert states("a1") == {"rings": "CONNECTING", "talks": "CONNECTED"}
    assert states("a2") == {}
    instance.contacts.connect("rings", "a1")
    instance.contacts.end("talks")
    assert states("a1") == {"rings": "CONNECTED"}
