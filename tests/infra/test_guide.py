"""The guided configuration: what is found, what is offered, what is written (O1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.context import ContextError, read_context
from infra.deployment_file import merged, read, written
from infra.guide.found import LookError, OwnStack, own_stack
from infra.guide.guide import GuideError, configure
from infra.guide.offers import OFFERS, tidied
from tests.functional.stand_ins.instance import ARN, Instance

OTHER = ARN.replace("0b1f6c1e", "22222222")
RECORDS, AGENTS = (f"arn:aws:kinesis:eu-west-2:111122223333:stream/{name}" for name in ("records", "agents"))
FIREHOSE = "arn:aws:firehose:eu-west-2:111122223333:deliverystream/records"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/11111111-2222-3333-4444-555555555555"
QUEUE = f"{ARN}/queue/66666666-7777-8888-9999-000000000000"
PLACE = "account 111122223333, region eu-west-2"


def stream(arn: str) -> list[dict[str, Any]]:
    return [{"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": arn}}]


def bucket(name: str, key: str = "") -> list[dict[str, Any]]:
    encryption = {"EncryptionConfig": {"EncryptionType": "KMS", "KeyId": key}} if key else {}
    return [{"StorageType": "S3", "S3Config": {"BucketName": name, "BucketPrefix": "connect", **encryption}}]


def world(arn: str = ARN, **instance: Any) -> dict[str, Any]:
    return {"instances": [{"Arn": arn, "InstanceAlias": "acme", **instance}]}


@dataclass
class Person:
    """Answers by the name of the value, else takes what is offered; notes what was said."""

    answers: Mapping[str, list[str] | str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str) -> str:
        name = question.split(maxsplit=1)[0].rstrip(":")
        self.asked.append(name)
        answer = self.answers.get(name, "")
        return answer.pop(0) if isinstance(answer, list) else answer

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def configured(
    given: Mapping[str, Any],
    person: Person | None = None,
    *,
    stack: OwnStack | None = None,
    known: Mapping[str, str] | None = None,
    before: Mapping[str, object] | None = None,
    asks: bool = True,
    **options: Any,
) -> dict[str, str]:
    person = person or Person({"zendesk_url": "acme"})
    return configure(
        Instance(given, **options).connect,
        stack or OwnStack(),
        known or {},
        say=person.say,
        ask=person.ask if asks else None,
        place=PLACE,
        before=before,
    )


def test_O1_what_the_instance_has_already_is_joined() -> None:
    given = world(
        storage={
            "CONTACT_TRACE_RECORDS": stream(RECORDS),
            "AGENT_EVENTS": stream(AGENTS),
            "CHAT_TRANSCRIPTS": bucket("acme-chats", KEY),
            "CALL_RECORDINGS": bucket("acme-calls", KEY),
        },
        origins=["https://acme.zendesk.com"],
    )
    person = Person()
    answers = configured(given, person)
    assert {name: value for name, value in answers.items() if value} == {
        "connect_instance_arn": ARN,
        "zendesk_url": "https://acme.zendesk.com",
        "record_stream_arn": RECORDS,
        "associate_record_stream": "false",
        "agent_event_stream_arn": AGENTS,
        "contact_buckets": "acme-chats,acme-calls",
        "contact_bucket_keys": KEY,
        "associate_flow_functions": "true",
        "agent_app": "false",
        "approve_zendesk_origin": "false",
    }
    assert read_context(answers).contact_buckets == ("acme-chats", "acme-calls")
    assert "it is read beside its other readers" in person.text
    assert "Tickets will link to contacts at https://acme.my.connect.aws." in person.text


def test_O1_an_instance_with_nothing_gets_a_stream_of_the_stacks() -> None:
    person = Person({"zendesk_url": "acme"})
    answers = configured(world(), person)
    assert (answers["record_stream_arn"], answers["associate_record_stream"]) == ("", "true")
    assert answers["agent_event_stream_arn"] == ""
    assert "tickets pop when a contact is accepted, and not while it rings" in person.text
    read_context(answers)


def test_records_that_go_to_a_firehose_are_left_alone_and_said() -> None:
    delivery = [{"StorageType": "KINESIS_FIREHOSE", "KinesisFirehoseConfig": {"FirehoseArn": FIREHOSE}}]
    person = Person({"zendesk_url": "acme"})
    answers = configured(world(storage={"CONTACT_TRACE_RECORDS": delivery}), person)
    assert (answers["record_stream_arn"], answers["associate_record_stream"]) == ("", "false")
    assert FIREHOSE in person.text
    assert "can send them to one place only" in person.text


@pytest.mark.parametrize(
    ("association", "associate"), [({"AWS::Connect::InstanceStorageConfig": ("a",)}, "true"), ({}, "false")]
)
def test_O1_the_stacks_own_stream_is_not_taken_for_anothers(
    association: dict[str, tuple[str, ...]], associate: str
) -> None:
    stack = OwnStack({}, {"AWS::Kinesis::Stream": ("records",), **association})
    answers = configured(world(storage={"CONTACT_TRACE_RECORDS": stream(RECORDS)}), stack=stack)
    assert (answers["record_stream_arn"], answers["associate_record_stream"]) == ("", associate)


@pytest.mark.parametrize(
    ("association", "associate"), [({"AWS::Connect::IntegrationAssociation": ("a",)}, "true"), ({}, "false")]
)
def test_O1_functions_that_are_on_the_list_stay_as_they_were_put_there(
    association: dict[str, tuple[str, ...]], associate: str
) -> None:
    function = "arn:aws:lambda:eu-west-2:111122223333:function:look-up"
    stack = OwnStack(
        {"CustomerLookupFunctionArn": function}, {"AWS::Kinesis::Stream": ("other",), **association}
    )
    answers = configured(world(functions=[function]), stack=stack)
    assert answers["associate_flow_functions"] == associate


def test_one_of_several_instances_is_chosen_by_its_number() -> None:
    two = {"instances": [*world()["instances"], {"Arn": OTHER, "InstanceAlias": "trial"}]}
    person = Person({"connect_instance_arn": ["", "3", "2"], "zendesk_url": "acme"})
    assert configured(two, person)["connect_instance_arn"] == OTHER
    assert person.asked[:3] == ["connect_instance_arn"] * 3
    with pytest.raises(GuideError, match=f"-c connect_instance_arn={OTHER}"):
        configured(two, asks=False)


def test_with_yes_what_is_offered_is_taken_and_what_is_missing_is_named() -> None:
    with pytest.raises(GuideError, match=r"zendesk_url has to be given.*\n.*-c zendesk_url="):
        configured(world(), asks=False)
    known = {"zendesk_url": "https://acme.zendesk.com", "alarm_email": "a@example.com"}
    answers = configured(world(), asks=False, known=known)
    assert answers.items() >= known.items()
    assert answers["connect_instance_arn"] == ARN


def test_an_answer_that_cannot_be_is_explained_and_asked_again() -> None:
    person = Person(
        {"zendesk_url": ["https://acme.example", "acme"], "alarm_email": ["nobody", "a@example.com"]}
    )
    answers = configured(world(), person)
    assert answers["alarm_email"] == "a@example.com"
    assert "which is not the bare address of a Zendesk account" in person.text
    assert "is 'nobody', which is not an e-mail address" in person.text


def test_a_queue_for_the_sample_flows_is_chosen_by_name() -> None:
    given = {**world(), "queues": [{"Id": QUEUE.rpartition("/")[2], "Arn": QUEUE, "Name": "Support"}]}
    person = Person({"zendesk_url": "acme", "sample_flow_queue_arn": "support"})
    assert read_context(configured(given, person)).sample_flow_queue_arn == QUEUE


def test_what_was_answered_before_is_proposed() -> None:
    before = {"zendesk_url": "https://acme.zendesk.com", "agent_app": True, "contact_buckets": "by-hand",
              "agent_event_stream_arn": AGENTS}  # fmt: skip
    answers = configured(world(storage={"CHAT_TRANSCRIPTS": bucket("found")}), Person(), before=before)
    assert answers["zendesk_url"] == "https://acme.zendesk.com"
    assert (answers["agent_app"], answers["contact_buckets"]) == ("true", "by-hand")
    assert answers["agent_event_stream_arn"] == AGENTS  # the instance sends them nowhere: the person knew


def test_what_the_role_may_not_look_at_is_asked() -> None:
    person = Person({"zendesk_url": "acme", "record_stream_arn": RECORDS})
    answers = configured(world(), person, denied=("ListInstanceStorageConfigs", "ListQueues"))
    assert answers["record_stream_arn"] == RECORDS
    assert "Your role does not allow connect:ListInstanceStorageConfigs" in person.text
    assert {"record_stream_arn", "agent_event_stream_arn", "contact_buckets"} <= set(person.asked)


def test_no_instance_and_no_permission_are_said() -> None:
    empty = {"instances": [{"Arn": ARN, "InstanceStatus": "CREATION_FAILED"}]}
    with pytest.raises(GuideError, match=f"no Amazon Connect instance in {PLACE}. Set AWS_REGION"):
        configured(empty)
    with pytest.raises(LookError, match="ListInstances"):
        configured(world(), denied=("ListInstances",))


@pytest.mark.parametrize("typed", ["acme", "ACME.zendesk.com", "https://acme.zendesk.com/agent/tickets/1 "])
def test_zendesks_address_is_read_from_what_people_paste(typed: str) -> None:
    assert tidied("zendesk_url", typed) == "https://acme.zendesk.com"


def test_O1_what_is_written_is_read_again_and_explained(tmp_path: Any) -> None:
    answers = configured(
        world(
            storage={"CHAT_TRANSCRIPTS": bucket("acme-chats", KEY), "CALL_RECORDINGS": bucket("acme-calls")}
        )
    )
    path = tmp_path / "deployment.toml"
    path.write_text(text := written(answers))
    assert read_context(merged({"deployment": str(path)})) == read_context(answers)
    for name in ("zendesk_url", "contact_buckets", "associate_flow_functions"):
        before = text.split(f"\n{name} = ")[0]
        assert before.splitlines()[-1].startswith("# "), name
    assert 'contact_buckets = ["acme-chats", "acme-calls"]' in text
    assert "# At their defaults: record_stream_arn, " in text


def test_the_command_line_goes_over_the_file(tmp_path: Any) -> None:
    path = tmp_path / "production.toml"
    path.write_text('zendesk_url = "https://acme.zendesk.com"\nlog_retention_days = 90\nagent_app = true\n')
    values = merged({"deployment": str(path), "log_retention_days": "7", "@aws-cdk/x": True})
    assert values == {
        "zendesk_url": "https://acme.zendesk.com", "log_retention_days": "7", "agent_app": True,
        "@aws-cdk/x": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'zendesk_url = "https://acme.zendesk.com"\nagent_app = yes\n', "is not TOML: .*line 2"),
        (b"\xff", "is not TOML"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(
    tmp_path: Any, content: bytes | None, said: str
) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContextError, match=f"mine.toml: {said}"):
        merged({"deployment": str(path)})
    with pytest.raises(ContextError, match=f"mine.toml: {said}"):
        read(path)


def test_everything_that_is_offered_is_a_context_value() -> None:
    from infra.meanings import MEANINGS

    assert set(OFFERS) <= set(MEANINGS)


class CloudFormation:
    """As much of CloudFormation as finding a stack takes; two resources to a page."""

    def __init__(self, status: str | None) -> None:
        self._status = status

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if self._status is None:
            text = "Stack with id ConnectZendesk does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": text}}, "DescribeStacks")
        outputs = [{"OutputKey": "Version", "OutputValue": "0.2.0"}]
        return {"Stacks": [{"StackStatus": self._status, "Outputs": outputs}]}

    def list_stack_resources(self, **asked: Any) -> dict[str, Any]:
        names = {None: ("a", "b"), "2": ("c",)}[asked.get("NextToken")]
        listed = [{"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": name} for name in names]
        return {"StackResourceSummaries": listed, "NextToken": "" if asked.get("NextToken") else "2"}


def test_the_stack_is_found_with_outputs_and_all_resources() -> None:
    found = own_stack(CloudFormation("UPDATE_COMPLETE"), "ConnectZendesk")
    assert found == OwnStack({"Version": "0.2.0"}, {"AWS::SQS::Queue": ("a", "b", "c")})
    assert found.exists


@pytest.mark.parametrize("status", [None, "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_stack_that_is_not_there_or_was_never_made_is_none(status: str | None) -> None:
    assert not own_stack(CloudFormation(status), "ConnectZendesk").exists
