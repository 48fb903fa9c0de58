"""The Amazon Connect stand-in: facts/amazon-connect.md 8, and botocore's model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.replay import shared_client
from local.stand_ins.amazon_connect import AmazonConnect, WorldError
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.http.messages import Request

INSTANCE = "11111111-aaaa-bbbb-cccc-222222222222"
ARN = f"arn:aws:connect:eu-west-2:111122223333:instance/{INSTANCE}"
ADA = {
    "Arn": f"{ARN}/agent/ada-id",
    "Username": "ada",
    "IdentityInfo": {"FirstName": "Ada", "Email": "ada@shop.example"},
}
CONTACT = {
    "Id": "c1", "Channel": "VOICE", "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-11-20T10:00:00Z",
    "AgentInfo": {"Id": "ada-id", "ConnectedToAgentTimestamp": "2026-11-20T10:00:30Z"},
    "Attributes": {"k": "v"},
    "Recordings": [{"Location": "b/k.wav", "Invented": 1}],
}  # fmt: skip
WORLD: dict[str, Any] = {"users": [ADA, {"Id": "bare"}], "contacts": [CONTACT], "queues": [{"QueueId": "q"}]}


class Instance:
    """A stand-in with a clock to turn."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        self.stand_in = AmazonConnect(WORLD, clock=lambda: self.now)

    def get(self, path: str) -> tuple[int, str, Any]:
        response = self.stand_in.handle(Request("GET", path))
        return response.status, response.headers.get("x-amzn-ErrorType", ""), response.json()


def client_of(endpoint: str) -> Any:
    return boto3.client(
        "connect", region_name="eu-west-2", aws_access_key_id="a", aws_secret_access_key="b",
        endpoint_url=endpoint,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )  # fmt: skip


@pytest.fixture
def instance() -> Instance:
    return Instance()


@pytest.fixture
def client(instance: Instance) -> Any:
    return shared_client.client_of("connect", instance.stand_in)


def test_user_is_described_by_the_id_in_its_arn(instance: Instance, client: Any) -> None:
    user = client.describe_user(InstanceId=INSTANCE, UserId="ada-id")["User"]
    assert (user["Id"], user["Username"], user["IdentityInfo"]["Email"]) == (
        "ada-id",
        "ada",
        "ada@shop.example",
    )
    assert instance.stand_in.requests == {"DescribeUser": 1}


def test_sparse_user_gets_arn_and_user_name(client: Any) -> None:
    user = client.describe_user(InstanceId=INSTANCE, UserId="bare")["User"]
    assert user["Arn"] == f"{ARN}/agent/bare"
    assert (user["Username"], "IdentityInfo" in user) == ("bare", False)


def test_contact_is_described_with_its_moments(client: Any) -> None:
    contact = client.describe_contact(InstanceId=INSTANCE, ContactId="c1")["Contact"]
    assert contact["InitiationTimestamp"] == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert contact["AgentInfo"]["ConnectedToAgentTimestamp"] == datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
    assert (contact["Attributes"], contact["Recordings"]) == ({"k": "v"}, [{"Location": "b/k.wav"}])


@pytest.mark.parametrize(("instance_id", "user"), [(INSTANCE, "nobody"), ("another-instance", "ada-id")])
def test_unknown_user_is_not_found(client: Any, instance_id: str, user: str) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_user(InstanceId=instance_id, UserId=user)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_two_users_a_second_after_a_burst_of_five(instance: Instance, client: Any) -> None:
    for _ in range(5):
        client.describe_user(InstanceId=INSTANCE, UserId="ada-id")
    with pytest.raises(client.exceptions.ThrottlingException) as caught:
        client.describe_user(InstanceId=INSTANCE, UserId="ada-id")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    instance.now += timedelta(seconds=1)
    statuses = [instance.get(f"/users/{INSTANCE}/ada-id")[0] for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_contacts_have_a_larger_bucket_of_their_own(instance: Instance) -> None:
    statuses = [instance.get(f"/contacts/{INSTANCE}/c1")[0] for _ in range(16)]
    assert statuses == [200] * 15 + [429]
    assert instance.get(f"/users/{INSTANCE}/ada-id")[0] == 200
    instance.now += timedelta(minutes=1)
    assert [instance.get(f"/contacts/{INSTANCE}/c1")[0] for _ in range(16)] == [200] * 15 + [429]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/users/{'i' * 101}/ada-id", b""),
        ("POST", "/contact/attributes", b'{"InstanceId": "i", "InitialContactId": "c"}'),
        (
            "POST",
            "/contact/attributes",
            b'{"InstanceId": "i", "InitialContactId": "c", "Attributes": {"a": 1}}',
        ),
        ("POST", "/contact/attributes", b'{"InstanceId": "", "InitialContactId": "c", "Attributes": {}}'),
        ("POST", "/contact/attributes", b"[]"),
        ("POST", "/contact/attributes", b"{"),
        ("POST", "/contact/attributes", b""),
    ],
)
def test_parameter_the_model_does_not_allow_is_refused(
    instance: Instance, method: str, path: str, body: bytes
) -> None:
    response = instance.stand_in.handle(Request(method, path, body=body))
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "InvalidParameterException")
    assert response.json()["Message"]


def test_value_outside_an_enumeration_is_refused(instance: Instance) -> None:
    body = b'{"InstanceId": "i", "ContactId": "c", "InitialContactId": "c", "ContactRecordingType": "SMELL"}'
    response = instance.stand_in.handle(Request("POST", "/contact/suspend-recording", body=body))
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "PUT",
            "/contact/chat",
            b'{"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "A"}}',
        ),
        ("GET", "/nothing/here", b""),
        ("DELETE", "/users/i/u", b""),
    ],
)
def test_unknown_operation_is_a_404(instance: Instance, method: str, path: str, body: bytes) -> None:
    response = instance.stand_in.handle(Request(method, path, body=body))
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    "world",
    [{"people": []}, {"users": {}}, {"users": [{"Username": "a"}]}, {"users": [{"Id": "a"}, {"Id": "a"}]}],
)
def test_world_that_cannot_be_read_is_refused(world: dict[str, Any]) -> None:
    with pytest.raises(WorldError, match="Amazon Connect world"):
        AmazonConnect(world, clock=lambda: datetime.now(UTC))


def test_boto3_sends_bodies_that_the_model_reads(client: Any) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.start_chat_contact(
            InstanceId=INSTANCE,
            ContactFlowId="f",
            ParticipantDetails={"DisplayName": "Ana"},
            Attributes={"a": "b"},
        )
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.list_contact_references(InstanceId=INSTANCE, ContactId="c1", ReferenceTypes=["URL"])
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.list_prompts(InstanceId=INSTANCE, MaxResults=5)


def test_patterns_are_checked_but_for_unicode_classes(client: Any) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.tag_resource(resourceArn=ARN, tags={"Größe": "m"})
    with pytest.raises(ClientError, match="does not match"):
        client.describe_view(InstanceId="not one!", ViewId="v")


@pytest.fixture
def server(instance: Instance) -> Iterator[AmazonConnectServer]:
    with AmazonConnectServer(instance.stand_in) as server:
        yield server


def test_boto3_talks_to_it_over_http(instance: Instance, server: AmazonConnectServer) -> None:
    client = client_of(server.url)
    try:
        assert client.describe_user(InstanceId=INSTANCE, UserId="ada-id")["User"]["Username"] == "ada"
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            client.describe_user(InstanceId=INSTANCE, UserId="nobody")
    finally:
        client.close()
    assert instance.stand_in.requests["DescribeUser"] == 2


def test_world_is_replaced_through_a_control_path(instance: Instance, server: AmazonConnectServer) -> None:
    def control(method: str, name: str, body: bytes = b"") -> tuple[int, Any]:
        response = server.answer(Request(method, f"/_stand_in/{name}", body=body))
        return response.status, response.json()

    assert control("POST", "world", b'{"users": [{"Id": "new"}]}') == (200, {})
    assert instance.get(f"/users/{INSTANCE}/new")[0] == 200
    status, seen = control("GET", "snapshot")
    assert (status, seen["requests"], seen["contacts"]) == (200, {"DescribeUser": 1}, [])
    assert control("POST", "world", b"[]")[0] == 400
