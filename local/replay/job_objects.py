"""The recordings and results of Amazon Transcribe, in the storage of a stack in this process."""

from collections.abc import Callable

from connect_zendesk.storage import AccessDenied
from local.replay.memory_files import MemoryFiles
from local.stand_ins.transcribe import ObjectDenied


class JobObjects:
    """What Amazon Transcribe reads and writes. `put` stores a file, and has S3 report it."""

    def __init__(self, files: MemoryFiles, put: Callable[[str, str, bytes], None]) -> None:
        self._files, self._put = files, put

    def size(self, bucket: str, key: str) -> int | None:
        """Return the size of an object in bytes, or None. Raises `ObjectDenied`."""
        try:
            found = self._files.head(bucket, key)
        except AccessDenied:
            raise ObjectDenied(bucket) from None
        return None if found is None else found.size

    def read(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return a part of an object. Raises `ObjectDenied`."""
        try:
            return self._files.part(bucket, key, start, length)
        except AccessDenied:
            raise ObjectDenied(bucket) from None

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Store an object. Raises `ObjectDenied`."""
        if bucket in self._files.closed:
            raise ObjectDenied(bucket)
        self._put(bucket, key, body)
