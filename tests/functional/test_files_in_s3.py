"""Files in S3 and in memory behave alike: what is there, what is not, and what nobody may read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from connect_zendesk.storage import AccessDenied, Files, S3Files
from local.replay.memory_files import MemoryFiles

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET, KEY = "amazon-connect-acme", "Analysis/Voice/2026/11/02/contact-1_analysis_2026-11-02T09:00:30Z.json"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """A bucket with versions."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client: S3Client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture(params=["memory", "S3"])
def stored(request: pytest.FixtureRequest, s3: S3Client) -> tuple[Files, tuple[str, str]]:
    """Files, and the versions of one that was written twice."""
    if request.param == "memory":
        memory = MemoryFiles()
        versions = [memory.put(BUCKET, KEY, body).version or "" for body in (b"first", b"the second")]
        return memory, (versions[0], versions[1])
    put = [
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)["VersionId"] for body in (b"first", b"the second")
    ]
    return S3Files([BUCKET]), (put[0], put[1])


def test_the_latest_version_and_any_other_are_found(stored: tuple[Files, tuple[str, str]]) -> None:
    files, (first, second) = stored
    latest = files.head(BUCKET, KEY)
    assert latest is not None
    assert (latest.key, latest.size, latest.version) == (KEY, 10, second)
    earlier = files.head(BUCKET, KEY, first)
    assert earlier is not None
    assert earlier.size == 5


def test_a_file_is_copied_to_disk_in_the_version_asked_for(
    stored: tuple[Files, tuple[str, str]], tmp_path: Path
) -> None:
    files, (first, _) = stored
    assert files.fetch(BUCKET, KEY, tmp_path / "a") is not None
    assert files.fetch(BUCKET, KEY, tmp_path / "b", first) is not None
    assert (tmp_path / "a").read_bytes() == b"the second"
    assert (tmp_path / "b").read_bytes() == b"first"


def test_what_is_not_there_is_none(stored: tuple[Files, tuple[str, str]], tmp_path: Path) -> None:
    files, _ = stored
    assert files.head(BUCKET, KEY + "x") is None
    assert files.fetch(BUCKET, KEY + "x", tmp_path / "a") is None
    assert not (tmp_path / "a").exists()


def test_files_are_found_by_how_their_keys_begin(stored: tuple[Files, tuple[str, str]]) -> None:
    files, _ = stored
    (found,) = files.find(BUCKET, "Analysis/Voice/2026/11/02/contact-1_analysis")
    assert (found.key, found.size) == (KEY, 10)
    assert files.find(BUCKET, "Analysis/Chat/") == ()


def test_the_first_bytes_of_a_file_are_read_without_the_rest(stored: tuple[Files, tuple[str, str]]) -> None:
    files, _ = stored
    assert files.start(BUCKET, KEY, 3) == (b"the", 10)
    assert files.start(BUCKET, KEY, 100) == (b"the second", 10)
    assert files.start(BUCKET, KEY + "x", 3) is None


def test_of_a_file_without_bytes_there_are_none() -> None:
    files, client = S3Files([BUCKET]), mock.Mock()
    client.get_object.side_effect = ClientError({"Error": {"Code": "InvalidRange"}}, "GetObject")
    with mock.patch.object(boto3, "client", return_value=client):
        assert files.start(BUCKET, KEY, 3) == (b"", 0)


def test_a_file_is_deleted_and_one_that_is_not_there_is_no_error(
    stored: tuple[Files, tuple[str, str]],
) -> None:
    files, _ = stored
    files.delete(BUCKET, KEY)
    files.delete(BUCKET, KEY)
    assert files.head(BUCKET, KEY) is None
    assert files.find(BUCKET, KEY) == ()


@pytest.mark.parametrize("code", ["AccessDenied", "403", "InvalidObjectState", "KMS.DisabledException"])
def test_what_may_not_be_read_is_told_apart_from_what_is_not_there(code: str, tmp_path: Path) -> None:
    files, client = S3Files([BUCKET]), mock.Mock()
    refusal = ClientError({"Error": {"Code": code, "Message": f"not {KEY}"}}, "GetObject")
    for method in (
        client.head_object, client.get_object, client.list_objects_v2, client.delete_object
    ):  # fmt: skip
        method.side_effect = refusal
    with mock.patch.object(boto3, "client", return_value=client):
        for ask in (
            lambda: files.head(BUCKET, KEY),
            lambda: files.fetch(BUCKET, KEY, tmp_path / "a"),
            lambda: files.find(BUCKET, "Analysis/"),
            lambda: files.start(BUCKET, KEY, 3),
            lambda: files.delete(BUCKET, KEY),
        ):
            with pytest.raises(AccessDenied, match=code) as refused:
                ask()
            assert KEY not in str(refused.value)


@pytest.mark.parametrize("code", ["InvalidArgument", "KeyTooLongError", "NoSuchVersion"])
def test_what_can_be_no_version_or_key_is_not_there(code: str, tmp_path: Path) -> None:
    files, client = S3Files([BUCKET]), mock.Mock()
    client.get_object.side_effect = ClientError({"Error": {"Code": code}}, "GetObject")
    with mock.patch.object(boto3, "client", return_value=client):
        assert files.fetch(BUCKET, KEY, tmp_path / "a", "x") is None


def test_a_version_of_any_name_is_not_there(tmp_path: Path) -> None:
    assert MemoryFiles().fetch(BUCKET, KEY, tmp_path / "a", "2026-11-02") is None


def test_what_goes_wrong_for_now_is_raised_as_it_is() -> None:
    files, client = S3Files([BUCKET]), mock.Mock()
    client.head_object.side_effect = ClientError({"Error": {"Code": "SlowDown"}}, "HeadObject")
    with mock.patch.object(boto3, "client", return_value=client), pytest.raises(ClientError):
        files.head(BUCKET, KEY)


def test_a_memory_bucket_can_be_closed() -> None:
    memory = MemoryFiles()
    memory.put(BUCKET, KEY, b"x")
    memory.closed.add(BUCKET)
    with pytest.raises(AccessDenied):
        memory.head(BUCKET, KEY)


def test_only_the_buckets_that_were_named_are_known_and_no_client_is_made_for_that() -> None:
    with mock.patch.object(boto3, "client", side_effect=AssertionError):
        assert S3Files([BUCKET]).knows(BUCKET)
        assert not S3Files([""]).knows(BUCKET)
        assert not S3Files().knows(BUCKET)
