"""EventBridge is switched on for buckets beside what they tell already, and only when somebody agrees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from administration.__main__ import main
from administration.bucket_notifications.command import NotificationsError, buckets_of, show, switch_on
from tests.unit.administration.aws_in_memory import AwsInMemory

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "amazon-connect-acme"
QUEUE = "arn:aws:sqs:eu-west-2:123456789012:recordings"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """S3 with a bucket that tells a queue of recordings."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        boto3.client("sqs", region_name="eu-west-2").create_queue(QueueName="recordings")
        client: S3Client = boto3.client("s3", region_name="eu-west-2")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        client.put_bucket_notification_configuration(
            Bucket=BUCKET,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {
                        "Id": "recordings",
                        "QueueArn": QUEUE,
                        "Events": ["s3:ObjectCreated:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".wav"}]}},
                    }
                ]
            },
        )
        yield client


def configuration(s3: S3Client) -> dict[str, Any]:
    """What the bucket tells whom."""
    answer: dict[str, Any] = dict(s3.get_bucket_notification_configuration(Bucket=BUCKET))
    answer.pop("ResponseMetadata")
    return answer


def test_what_a_bucket_tells_whom_is_shown_and_nothing_is_changed(s3: S3Client) -> None:
    before, said = configuration(s3), list[str]()
    show(s3, [BUCKET], said.append)
    text = "\n".join(said)
    assert "EventBridge: off" in text
    assert f"queue {QUEUE}: s3:ObjectCreated:*, suffix .wav" in text
    assert configuration(s3) == before


def test_what_was_there_stays_beside_eventbridge(s3: S3Client) -> None:
    before, said = configuration(s3), list[str]()
    assert switch_on(s3, [BUCKET], said.append, lambda _: "y")
    assert configuration(s3) == {**before, "EventBridgeConfiguration": {}}
    said.clear()
    assert switch_on(s3, [BUCKET], said.append, pytest.fail)
    assert "EventBridge: on" in "\n".join(said)


@pytest.mark.parametrize("answer", ["", "no", "n"])
def test_nothing_is_changed_where_nobody_agrees(s3: S3Client, answer: str) -> None:
    before, said = configuration(s3), list[str]()
    assert not switch_on(s3, [BUCKET], said.append, lambda _: answer)
    assert configuration(s3) == before


def test_what_somebody_else_changes_meanwhile_is_not_overwritten(s3: S3Client) -> None:
    def changes(_: str) -> str:
        s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
        return "y"

    with pytest.raises(NotificationsError, match="Somebody else"):
        switch_on(s3, [BUCKET], lambda _: None, changes)
    assert configuration(s3) == {}


def test_the_buckets_are_those_that_the_stack_reads() -> None:
    aws = AwsInMemory()
    aws.outputs["ContactBuckets"] = "amazon-connect-acme,amazon-connect-chats"
    found = buckets_of(aws.cloudformation(), "ConnectZendesk")
    assert found == ["amazon-connect-acme", "amazon-connect-chats"]


def test_a_stack_without_buckets_says_what_to_set() -> None:
    with pytest.raises(NotificationsError, match="contact_buckets"):
        buckets_of(AwsInMemory().cloudformation(), "ConnectZendesk")


def test_a_stack_that_is_not_there_is_said() -> None:
    with pytest.raises(NotificationsError, match="no stack Another in eu-west-2"):
        buckets_of(AwsInMemory().cloudformation(), "Another")


def test_the_command_does_it_for_the_buckets_that_are_named(
    s3: S3Client, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--bucket", BUCKET, "--region", "eu-west-2"]
    assert main(["bucket-notifications", "on", "--yes", *named]) == 0
    assert "tells EventBridge now" in capsys.readouterr().out
    assert main(["bucket-notifications", "show", *named]) == 0
    assert "EventBridge: on" in capsys.readouterr().out


def test_a_bucket_that_is_not_there_is_said(s3: S3Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bucket-notifications", "show", "--region", "eu-west-2", "--bucket", "another"]) == 1
    assert "AWS could not be asked" in capsys.readouterr().err
    assert configuration(s3)
