"""Files in S3: read by bucket and key, and streamed to disk, so that memory does not grow with them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from connect_zendesk.errors import Permanent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Also what is no version, or no key, that a file can have.
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "InvalidArgument", "KeyTooLongError"})
#: S3 answers HEAD with no more than a number. ``InvalidObjectState`` is a file that was moved to an archive.
_DENIED = frozenset({"403", "AccessDenied", "InvalidObjectState", "NoSuchBucket"})
_KEY_REFUSED = "KMS."
#: A part was asked for of a file that has no bytes.
_EMPTY = "InvalidRange"
#: What a kept-alive connection may take to answer; a body is waited for as long as bytes keep coming.
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
_MOST_FOUND = 100


@dataclass(frozen=True)
class Stored:
    """A file as S3 has it now: its ``size`` in bytes, and its ``version`` where the bucket keeps versions."""

    key: str
    size: int
    version: str | None = None


class AccessDenied(Permanent):
    """S3 denies access to a file, and would later: the message is the reason, with the error's code."""


class Files(Protocol):
    """Where files are. On AWS: `S3Files`."""

    def knows(self, bucket: str) -> bool:
        """Return whether files of this bucket are ours to read."""

    def head(self, bucket: str, key: str, version: str | None = None) -> Stored | None:
        """Return what is there under a key, or None where nothing is. Raises `AccessDenied`."""

    def fetch(self, bucket: str, key: str, to: Path, version: str | None = None) -> Stored | None:
        """Download a file to a path on disk, or return None where there is none. Raises `AccessDenied`."""

    def start(self, bucket: str, key: str, length: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file, and its size; None where there is none. Raises `AccessDenied`."""

    def delete(self, bucket: str, key: str) -> None:
        """Delete a file; one that is not there is no error. Raises `AccessDenied`."""

    def find(self, bucket: str, prefix: str) -> tuple[Stored, ...]:
        """Return the first files whose keys begin with a prefix, at most a hundred. Raises `AccessDenied`."""


class S3Files:
    """Files in these S3 buckets. The client is made when it is first used: most functions never do."""

    def __init__(self, buckets: Collection[str] = ()) -> None:
        self._buckets = frozenset(buckets)

    def knows(self, bucket: str) -> bool:
        """Return whether files of this bucket are ours to read."""
        return bucket in self._buckets

    def head(self, bucket: str, key: str, version: str | None = None) -> Stored | None:
        """Return what is there under a key, or None where nothing is. Raises `AccessDenied`."""
        try:
            answer = self._s3.head_object(Bucket=bucket, Key=key, **_version(version))
        except ClientError as error:
            _raise_unless_missing(error)
            return None
        return Stored(key, answer["ContentLength"], answer.get("VersionId"))

    def fetch(self, bucket: str, key: str, to: Path, version: str | None = None) -> Stored | None:
        """Download a file to a path on disk, or return None where there is none. Raises `AccessDenied`."""
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key, **_version(version))
        except ClientError as error:
            _raise_unless_missing(error)
            return None
        with to.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(1 << 20):
                file.write(chunk)
        return Stored(key, answer["ContentLength"], answer.get("VersionId"))

    def start(self, bucket: str, key: str, length: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file, and its size; None where there is none. Raises `AccessDenied`."""
        try:
            answer = self._s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{length - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] == _EMPTY:
                return b"", 0
            _raise_unless_missing(error)
            return None
        whole = answer.get("ContentRange", "").rpartition("/")[2]
        size = int(whole) if whole.isdecimal() else answer["ContentLength"]
        return answer["Body"].read(length), size

    def delete(self, bucket: str, key: str) -> None:
        """Delete a file; one that is not there is no error. Raises `AccessDenied`."""
        try:
            self._s3.delete_object(Bucket=bucket, Key=key)
        except ClientError as error:
            _raise_unless_missing(error)

    def find(self, bucket: str, prefix: str) -> tuple[Stored, ...]:
        """Return the first files whose keys begin with a prefix, at most a hundred. Raises `AccessDenied`."""
        try:
            answer = self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=_MOST_FOUND)
        except ClientError as error:
            _raise_unless_missing(error)
            return ()
        return tuple(Stored(item["Key"], item["Size"]) for item in answer.get("Contents", ()))

    @cached_property
    def _s3(self) -> "S3Client":
        client: S3Client = boto3.client("s3", config=_CONFIG)
        return client


def _version(version: str | None) -> Any:
    return {"VersionId": version} if version is not None else {}


def _raise_unless_missing(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code in _DENIED or code.startswith(_KEY_REFUSED):
        raise AccessDenied(f"S3 refuses it: {code}") from None
    if code not in _MISSING:
        raise error
