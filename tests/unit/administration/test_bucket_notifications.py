"""EventBridge is switched on for buckets beside what they tell already, and only when somebody agrees."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from administration.__main__ import main
from administration.bucket_notifications.command import NotificationsError, buckets_of, show, switch_on
from tests.unit.administration.aws_in_memory import AwsInMemory

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "amazon-connect-acme"
QUEUE = "arn:aws:sqs:eu-west-2:123456789012:recordings"


class Bucket:
    """S3 with one bucket, which tells a queue of recordings; what is written is checked by AWS's model."""

    def __init__(self) -> None:
        rules = [{"Name": "Suffix", "Value": ".wav"}]
        told = {"Id": "recordings", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
        self.configuration: dict[str, Any] = {
            "QueueConfigurations": [{**told, "Filter": {"Key": {"FilterRules": rules}}}]
        }
        self.deaf = False

    def get_bucket_notification_configuration(self, **asked: Any) -> dict[str, Any]:
        if asked["Bucket"] != BUCKET:
            raise ClientError({"Error": {"Code": "NoSuchBucket"}}, "GetBucketNotificationConfiguration")
        return {**copy.deepcopy(self.configuration), "ResponseMetadata": {"HTTPStatusCode": 200}}

    def put_bucket_notification_configuration(self, **asked: Any) -> None:
        model = botocore.session.get_session().get_service_model("s3")
        shape = model.operation_model("PutBucketNotificationConfiguration").input_shape
        assert shape is not None
        validate_parameters(asked, shape)
        # Whatever is there that is not ours may have gone wrong since it was set up.
        assert asked["SkipDestinationValidation"] is True
        if not self.deaf:
            self.configuration = copy.deepcopy(asked["NotificationConfiguration"])


@pytest.fixture
def bucket() -> Bucket:
    """A bucket that tells a queue of recordings."""
    return Bucket()


@pytest.fixture
def s3(bucket: Bucket) -> S3Client:
    """S3 with that bucket."""
    return cast("S3Client", bucket)


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


def test_O1_what_was_there_stays_beside_eventbridge(s3: S3Client) -> None:
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


def test_what_somebody_else_changes_meanwhile_is_not_overwritten(bucket: Bucket, s3: S3Client) -> None:
    def changes(_: str) -> str:
        bucket.configuration = {}
        return "y"

    with pytest.raises(NotificationsError, match="Another user"):
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


def test_what_was_not_written_is_said(bucket: Bucket, s3: S3Client) -> None:
    bucket.deaf = True
    with pytest.raises(NotificationsError, match="not what was written"):
        switch_on(s3, [BUCKET], lambda _: None, None)


def test_the_command_does_it_for_the_buckets_that_are_named(
    s3: S3Client, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--bucket", BUCKET, "--region", "eu-west-2"]
    with mock.patch("boto3.Session.client", return_value=s3):
        assert main(["bucket-notifications", "on", "--yes", *named]) == 0
        assert "notifies EventBridge now" in capsys.readouterr().out
        assert main(["bucket-notifications", "show", *named]) == 0
    assert "EventBridge: on" in capsys.readouterr().out


def test_a_bucket_that_is_not_there_is_said(s3: S3Client, capsys: pytest.CaptureFixture[str]) -> None:
    with mock.patch("boto3.Session.client", return_value=s3):
        assert main(["bucket-notifications", "show", "--region", "eu-west-2", "--bucket", "another"]) == 1
    assert "AWS could not be asked" in capsys.readouterr().err
    assert configuration(s3)


def test_local_shows_what_is_up_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up = tmp_path / "up.json"
    monkeypatch.setattr("administration.bucket_notifications.command.UP", up)
    assert main(["bucket-notifications", "show", "--local"]) == 1
    assert "make up" in capsys.readouterr().err

    up.write_text(
        json.dumps(
            {
                "emulator": {
                    "endpoint": "http://127.0.0.1:1",
                    "region": "eu-west-2",
                    "account": "1",
                    "stack": "S",
                }
            }
        )
    )
    assert main(["bucket-notifications", "show", "--local"]) == 1  # nothing answers there any more
    assert "http://127.0.0.1:1" in capsys.readouterr().err
