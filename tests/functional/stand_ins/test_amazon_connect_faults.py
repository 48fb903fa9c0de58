"""Faults, users and Voice ID of the Amazon Connect stand-in: facts/amazon-connect.md 7 and 8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from local.stand_ins.amazon_connect import AmazonConnect, WorldError, attach
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.http.messages import Request
from tests.functional.stand_ins.instance import ARN, DOMAIN, ID, Instance, client_of, refused

SPEAKER = {
    "DomainId": DOMAIN,
    "CustomerSpeakerId": "customer-7",
    "GeneratedSpeakerId": f"id#{'a' * 22}",
    "Status": "OPTED_OUT",
    "CreatedAt": "2026-01-01T00:00:00Z",
}
SESSION = {
    "SessionName": "contact-1",
    "AuthenticationResult": {"Decision": "ACCEPT", "Score": 97},
    "FraudDetectionResult": {"Decision": "LOW_RISK"},
}
USERS = [
    {"Arn": f"{ARN}/agent/u{n:03}", "Username": f"user{n}", "IdentityInfo": {"Email": f"u{n}@shop.example"}}
    for n in range(230)
]
WORLD = {"users": USERS, "voice_id": {"speakers": [SPEAKER], "sessions": [SESSION]}}


@pytest.fixture
def one() -> Instance:
    return Instance(WORLD, voice_id="answers")


def describe(one: Instance, user: str = "u001") -> Any:
    one.later(1)
    return one.connect.describe_user(InstanceId=ID, UserId=user)["User"]


def test_8_users_are_listed_in_pages_without_addresses(one: Instance) -> None:
    connect = client_of("connect")
    attach(connect, one.stand_in)
    pages = list(connect.get_paginator("list_users").paginate(InstanceId=ID))
    assert [len(page["UserSummaryList"]) for page in pages] == [100, 100, 30]
    assert pages[2]["UserSummaryList"][-1] == {
        "Id": "u229", "Arn": f"{ARN}/agent/u229", "Username": "user229",
    }  # fmt: skip
    larger = one.connect.list_users(InstanceId=ID, MaxResults=1000)
    assert len(larger["UserSummaryList"]) == 230
    assert "NextToken" not in larger
    assert one.connect.list_users(InstanceId="another")["UserSummaryList"] == []
    with refused("ThrottlingException", 429):  # five at once
        one.connect.list_users(InstanceId=ID)


@pytest.mark.parametrize("asked", [{"MaxResults": 1001}, {"NextToken": "?"}, {"NextToken": "bm8="}])
def test_8_page_that_cannot_be_is_refused(one: Instance, asked: dict[str, Any]) -> None:
    with refused("InvalidParameterException", 400):
        one.connect.list_users(InstanceId=ID, **asked)


def test_7_speaker_is_described_by_either_id(one: Instance) -> None:
    for name in ("customer-7", SPEAKER["GeneratedSpeakerId"]):
        speaker = one.voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId=name)["Speaker"]
        assert (speaker["Status"], speaker["DomainId"]) == ("OPTED_OUT", DOMAIN)
        assert speaker["CreatedAt"].year == 2026


def test_7_session_is_evaluated_by_the_contact_id(one: Instance) -> None:
    told = one.voice_id.evaluate_session(DomainId=DOMAIN, SessionNameOrId="contact-1")
    assert told["AuthenticationResult"] == {"Decision": "ACCEPT", "Score": 97}
    assert (told["StreamingStatus"], told["SessionName"]) == ("ENDED", "contact-1")


def test_7_unknown_speaker_session_and_domain_are_not_found(one: Instance) -> None:
    for asked in (
        {"SpeakerId": "nobody", "DomainId": DOMAIN},
        {"SpeakerId": "customer-7", "DomainId": "e" * 22},
    ):
        with refused("ResourceNotFoundException", 400):
            one.voice_id.describe_speaker(**asked)
    with refused("ResourceNotFoundException"):
        one.voice_id.evaluate_session(DomainId=DOMAIN, SessionNameOrId="another")
    with refused("ValidationException", 400):
        one.voice_id.describe_speaker(DomainId="!" * 22, SpeakerId="customer-7")


def test_7_ended_service_denies_or_cannot_be_reached() -> None:
    with refused("AccessDeniedException"):
        Instance(WORLD).voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId="customer-7")
    gone = Instance(WORLD, voice_id="unreachable")
    with pytest.raises(ConnectionClosedError):
        gone.voice_id.evaluate_session(DomainId=DOMAIN, SessionNameOrId="contact-1")


def test_unknown_target_is_a_404(one: Instance) -> None:
    answer = one.stand_in.handle(Request("POST", "/", headers={"x-amz-target": "VoiceID.Sing"}))
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    "voice_id", [[], {"singers": []}, {"speakers": [{}]}, {"sessions": [{"SessionName": "a"}] * 2}]
)
def test_voice_id_world_that_cannot_be_read_is_refused(one: Instance, voice_id: Any) -> None:
    with pytest.raises(WorldError, match="Amazon Connect world"):
        AmazonConnect({"voice_id": voice_id or [1]}, clock=lambda: one.now)


def test_throttling_on_demand_ends_by_count_and_by_time(one: Instance) -> None:
    one.stand_in.faults.throttle(1, matching="DescribeUser")
    assert len(one.connect.list_users(InstanceId=ID)["UserSummaryList"]) == 100
    with refused("ThrottlingException", 429):
        describe(one)
    assert describe(one)["Username"] == "user1"
    one.stand_in.faults.throttle(lasting=10)
    with refused("ThrottlingException"):
        describe(one)
    with refused("ThrottlingException"):
        one.voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId="customer-7")
    one.later(10)
    assert describe(one)["Username"] == "user1"


def test_outage_answers_with_the_services_own_error(one: Instance) -> None:
    one.stand_in.faults.outage(2)
    with refused("InternalServiceException", 500):
        describe(one)
    with refused("InternalServerException", 500):
        one.voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId="customer-7")
    assert describe(one)["Username"] == "user1"


@pytest.mark.parametrize(("after_write", "made"), [(False, 0), (True, 1)])
def test_answer_is_lost_before_or_after_the_write(one: Instance, after_write: bool, made: int) -> None:
    one.stand_in.faults.lose_answer(after_write=after_write, matching="StartTaskContact")
    with pytest.raises(ConnectionClosedError):
        one.start_task()
    assert len(list(one.contacts)) == made


def test_faults_are_applied_told_and_cleared(one: Instance) -> None:
    faults = one.stand_in.faults
    faults.apply({"throttle": {"lasting": 5}, "slow": {"seconds": 2, "count": 1, "matching": "ListUsers"}})
    throttle, slow = faults.active()
    assert throttle == {
        "name": "throttle", "matching": None, "count": None, "seconds": None, "until": "2026-11-20T10:00:05Z",
    }  # fmt: skip
    assert slow == {"name": "slow", "matching": "ListUsers", "count": 1, "seconds": 2, "until": None}
    faults.apply({"clear": {}, "lose_answer": {"after_write": True}})
    (lost,) = faults.active()
    assert (lost["name"], lost["count"], lost["after_write"]) == ("lose_answer", 1, True)
    wrong: list[dict[str, Any]] = [{"flood": {}}, {"throttle": {"speed": 1}}, {"slow": {}}, {"outage": 1}]
    for commands in wrong:
        with pytest.raises(ValueError, match=r"flood|throttle|slow|outage"):
            faults.apply({"clear": {}, **commands})
    assert faults.active() == [lost]


def test_every_fault_of_the_catalogue_can_be_switched_on(one: Instance) -> None:
    values = {"seconds": 2, "count": 3, "yes or no": True, "endpoint": "ListUsers", "fault": "clear"}
    for fault in one.stand_in.faults.catalogue():
        given = {argument["name"]: values[argument["kind"]] for argument in fault["arguments"]}
        one.stand_in.faults.apply({"clear": {}, fault["name"]: given})
        assert [on["name"] for on in one.stand_in.faults.active()] == [fault["name"]] * (
            fault["name"] != "clear"
        )
        assert fault["what"]


def test_slow_answer_is_as_it_would_be(one: Instance) -> None:
    one.stand_in.faults.slow(3.0, 1)
    answer = one.stand_in.handle(Request("GET", f"/users/{ID}/u001"))
    assert (answer.status, answer.delay) == (200, 3.0)


@pytest.fixture
def server(one: Instance) -> Iterator[AmazonConnectServer]:
    with AmazonConnectServer(one.stand_in) as server:
        yield server


def test_both_services_are_served_at_one_address(one: Instance, server: AmazonConnectServer) -> None:
    connect, voice_id = client_of("connect", server.url), client_of("voice-id", server.url)
    try:
        assert connect.start_task_contact(InstanceId=ID, Name="n", ContactFlowId="f")["ContactId"]
        speaker = voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId="customer-7")["Speaker"]
        assert speaker["Status"] == "OPTED_OUT"
        with refused("ResourceNotFoundException"):
            voice_id.describe_speaker(DomainId=DOMAIN, SpeakerId="nobody")
        one.stand_in.faults.lose_answer(after_write=False)
        with pytest.raises(ConnectionClosedError):
            connect.list_users(InstanceId=ID)
    finally:
        connect.close()
        voice_id.close()


def test_faults_are_switched_through_a_control_path(one: Instance, server: AmazonConnectServer) -> None:
    def control(body: bytes) -> int:
        return server.answer(Request("POST", "/_stand_in/faults", body=body)).status

    assert control(b'{"outage": {"count": 1}}') == 200
    told = server.answer(Request("GET", "/_stand_in/faults")).json()
    assert told["active"] == one.stand_in.snapshot()["faults"]
    assert [(on["name"], on["count"]) for on in told["active"]] == [("outage", 1)]
    assert told["catalogue"][0]["name"] == "clear"
    assert (control(b"[]"), control(b'{"flood": {}}')) == (400, 400)


def test_world_that_cannot_be_read_changes_nothing(one: Instance) -> None:
    with pytest.raises(WorldError):
        one.stand_in.replace({"people": []})
    assert describe(one)["Username"] == "user1"


def test_records_go_to_whoever_asks_for_them_last(one: Instance) -> None:
    other: list[Any] = []
    number = one.start_task()
    one.stand_in.on_record = other.append
    one.contacts.end(number, "AGENT_COMPLETED")
    one.stand_in.replace({"contacts": [{"Id": "c", "DisconnectTimestamp": "2026-11-20T09:00:00Z"}]})
    one.update("c", survey="5")
    assert ([record["ContactId"] for record in other], one.sent) == ([number, "c"], [])
    assert one.stand_in.on_record == other.append
