"""Where recordings are read and results are written: S3, by whatever plays it."""

from __future__ import annotations

from typing import Any, Protocol

from botocore.exceptions import ClientError


class ObjectDenied(Exception):
    """Storage refuses access to an object: by its policy, or by the policy of the key that encrypts it."""


class Objects(Protocol):
    """Buckets, as the service needs them. Each method raises `ObjectDenied`."""

    def size(self, bucket: str, key: str) -> int | None:
        """Return the size of an object in bytes, or None where there is none."""
        ...

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return at most `length` bytes of an object from `start` on; empty beyond its end."""
        ...

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Store an object."""
        ...


class MemoryObjects:
    """Buckets in memory: `held` by bucket and key. `closed` are buckets that refuse access."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.closed: set[str] = set()

    def size(self, bucket: str, key: str) -> int | None:
        """Return the size of an object, or None."""
        body = self._open(bucket).get((bucket, key))
        return None if body is None else len(body)

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return a part of an object."""
        return self._open(bucket)[bucket, key][start : start + length]

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Store an object."""
        self._open(bucket)[bucket, key] = body

    def _open(self, bucket: str) -> dict[tuple[str, str], bytes]:
        if bucket in self.closed:
            raise ObjectDenied(bucket)
        return self.held


class S3Objects:
    """Buckets behind a boto3 client of S3, such as the emulator's."""

    def __init__(self, client: Any) -> None:
        self._s3 = client

    def size(self, bucket: str, key: str) -> int | None:
        """Return the size of an object, or None."""
        try:
            return int(self._s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return None
            raise ObjectDenied(bucket) from error

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return a part of an object."""
        part = f"bytes={start}-{start + length - 1}"
        try:
            return bytes(self._s3.get_object(Bucket=bucket, Key=key, Range=part)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in ("416", "InvalidRange"):
                return b""
            raise ObjectDenied(bucket) from error

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Store an object."""
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
        except ClientError as error:
            raise ObjectDenied(bucket) from error
