"""The Amazon Connect stand-in: instances and what is configured of them (facts/amazon-connect.md 1, 8)."""

from __future__ import annotations

from typing import Any

from tests.functional.stand_ins.instance import ARN, ID, Instance, refused

OTHER = "22222222-aaaa-bbbb-cccc-222222222222"
STREAM = "arn:aws:kinesis:eu-west-2:111122223333:stream/records"
RECORDS: dict[str, Any] = {
    "AssociationId": "a1",
    "StorageType": "KINESIS_STREAM",
    "KinesisStreamConfig": {"StreamArn": STREAM},
}
CHATS: dict[str, Any] = {
    "AssociationId": "a2",
    "StorageType": "S3",
    "S3Config": {
        "BucketName": "amazon-connect-acme",
        "BucketPrefix": "connect/acme/ChatTranscripts",
        "EncryptionConfig": {"EncryptionType": "KMS", "KeyId": "arn:aws:kms:eu-west-2:111122223333:key/k1"},
    },
}
FUNCTION = "arn:aws:lambda:eu-west-2:111122223333:function:look-up"
WORLD: dict[str, Any] = {
    "instances": [
        {
            "Arn": ARN,
            "InstanceAlias": "acme",
            "storage": {"CONTACT_TRACE_RECORDS": [RECORDS], "CHAT_TRANSCRIPTS": [CHATS]},
            "functions": [FUNCTION],
            "origins": ["https://acme.zendesk.com"],
            "attributes": {"CONTACT_LENS": "true"},
        },
        {"Id": OTHER, "InstanceAlias": "trial", "InstanceStatus": "CREATION_IN_PROGRESS"},
    ],
    "queues": [{"Id": "q1", "Name": "Support"}],
}


def storage(instance: Instance, kind: str, of: str = ID) -> Any:
    answer = instance.connect.list_instance_storage_configs(InstanceId=of, ResourceType=kind)
    return answer["StorageConfigs"]


def test_instances_are_listed_with_alias_address_and_status() -> None:
    listed = Instance(WORLD).connect.list_instances()["InstanceSummaryList"]
    shown = ("Id", "InstanceAlias", "InstanceAccessUrl", "InstanceStatus")
    assert [tuple(each[name] for name in shown) for each in listed] == [
        (ID, "acme", "https://acme.my.connect.aws", "ACTIVE"),
        (OTHER, "trial", "https://trial.my.connect.aws", "CREATION_IN_PROGRESS"),
    ]


def test_instances_come_ten_at_a_time() -> None:
    many = [{"Id": f"{number:08}-aaaa-bbbb-cccc-222222222222"} for number in range(12)]
    connect = Instance({"instances": many}).connect
    first = connect.list_instances()
    assert len(first["InstanceSummaryList"]) == 10
    assert len(connect.list_instances(NextToken=first["NextToken"])["InstanceSummaryList"]) == 2


def test_an_instance_is_described_with_its_address() -> None:
    described = Instance(WORLD).connect.describe_instance(InstanceId=OTHER)["Instance"]
    assert described["InstanceAccessUrl"] == "https://trial.my.connect.aws"


def test_an_instance_that_is_not_there_is_not_found() -> None:
    connect = Instance(WORLD).connect
    nowhere = "33333333-aaaa-bbbb-cccc-222222222222"
    with refused("ResourceNotFoundException", 404):
        connect.describe_instance(InstanceId=nowhere)
    with refused("ResourceNotFoundException", 404):
        connect.list_lambda_functions(InstanceId=nowhere)


def test_a_world_without_instances_has_one_and_answers_for_any() -> None:
    connect = Instance().connect
    assert [each["Id"] for each in connect.list_instances()["InstanceSummaryList"]] == [ID]
    assert connect.describe_instance(InstanceId=OTHER)["Instance"]["InstanceAlias"] == "acme"


def test_storage_is_listed_by_resource_type_and_instance() -> None:
    instance = Instance(WORLD)
    assert storage(instance, "CONTACT_TRACE_RECORDS") == [RECORDS]
    assert storage(instance, "CHAT_TRANSCRIPTS") == [CHATS]
    assert storage(instance, "AGENT_EVENTS") == []
    assert storage(instance, "CONTACT_TRACE_RECORDS", OTHER) == []


def test_1_1_an_instance_has_one_stream_of_contact_records() -> None:
    connect = Instance(WORLD).connect
    asked = {"ResourceType": "CONTACT_TRACE_RECORDS", "StorageConfig": RECORDS}
    with refused("ResourceConflictException", 409):
        connect.associate_instance_storage_config(InstanceId=ID, **asked)
    assert connect.associate_instance_storage_config(InstanceId=OTHER, **asked)["AssociationId"]


def test_functions_and_origins_are_listed_and_associated_once() -> None:
    connect = Instance(WORLD).connect
    connect.associate_lambda_function(InstanceId=ID, FunctionArn=f"{FUNCTION}-2")
    connect.associate_approved_origin(InstanceId=ID, Origin="https://app.example")
    functions = connect.list_lambda_functions(InstanceId=ID)["LambdaFunctions"]
    assert functions == [FUNCTION, f"{FUNCTION}-2"]
    origins = connect.list_approved_origins(InstanceId=ID)["Origins"]
    assert origins == ["https://acme.zendesk.com", "https://app.example"]
    with refused("ResourceConflictException", 409):
        connect.associate_lambda_function(InstanceId=ID, FunctionArn=FUNCTION)
    with refused("ResourceConflictException", 409):
        connect.associate_approved_origin(InstanceId=ID, Origin="https://app.example")


def test_an_attribute_that_is_not_named_is_off() -> None:
    connect = Instance(WORLD).connect
    for kind, value in (("CONTACT_LENS", "true"), ("AUTO_RESOLVE_BEST_VOICES", "false")):
        answer = connect.describe_instance_attribute(InstanceId=ID, AttributeType=kind)
        assert answer["Attribute"] == {"AttributeType": kind, "Value": value}


def test_queues_are_listed_by_type() -> None:
    connect = Instance(WORLD).connect
    (queue,) = connect.list_queues(InstanceId=ID, QueueTypes=["STANDARD"])["QueueSummaryList"]
    assert (queue["Arn"], queue["Name"]) == (f"{ARN}/queue/q1", "Support")
    assert connect.list_queues(InstanceId=ID, QueueTypes=["AGENT"])["QueueSummaryList"] == []


def test_an_operation_that_the_role_does_not_allow_is_denied() -> None:
    instance = Instance(WORLD, denied=("ListInstances",))
    with refused("AccessDeniedException", 403):
        instance.connect.list_instances()
    instance.connect.describe_instance(InstanceId=ID)
