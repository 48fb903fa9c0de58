"""Files in memory, as `connect_zendesk.storage.Files` wants them. Held to the same tests as S3."""

import shutil
from pathlib import Path

from connect_zendesk.storage import AccessDenied, Stored


class MemoryFiles:
    """Buckets in memory. A file that is put again gets another version, and the earlier one stays.

    ``closed``: buckets that refuse access. ``listed`` counts the times that a list was asked for,
    ``fetched`` those that a file was.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], list[bytes | Path]] = {}
        self.closed: set[str] = set()
        self.listed = self.fetched = 0

    def put(self, bucket: str, key: str, body: bytes | Path) -> Stored:
        """Store a file: its content, or the path of one on disk that is too long to be in memory."""
        versions = self._files.setdefault((bucket, key), [])
        versions.append(body)
        return Stored(key, _size(body), f"v{len(versions)}")

    def part(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return a part of a file, shorter at its end. Raises `AccessDenied`, KeyError."""
        if (found := self._version(bucket, key, None)) is None:
            raise KeyError(key)
        if isinstance(found[1], bytes):
            return found[1][start : start + length]
        with found[1].open("rb") as file:
            file.seek(start)
            return file.read(length)

    def delete(self, bucket: str, key: str) -> None:
        """Delete a file with all its versions; one that is not there is no error. Raises `AccessDenied`."""
        self._check_access(bucket)
        self._files.pop((bucket, key), None)

    def start(self, bucket: str, key: str, length: int) -> tuple[bytes, int] | None:
        """Return the first bytes of a file, and its size; None where there is none. Raises `AccessDenied`."""
        stored = self.head(bucket, key)
        return (self.part(bucket, key, 0, length), stored.size) if stored is not None else None

    def knows(self, bucket: str) -> bool:
        """Return whether files of this bucket are ours to read: here any are."""
        return bool(bucket)

    def head(self, bucket: str, key: str, version: str | None = None) -> Stored | None:
        """Return what is there under a key, or None where nothing is. Raises `AccessDenied`."""
        found = self._version(bucket, key, version)
        return Stored(key, _size(found[1]), f"v{found[0]}") if found else None

    def fetch(self, bucket: str, key: str, to: Path, version: str | None = None) -> Stored | None:
        """Copy a file to a path on disk, or return None where there is none. Raises `AccessDenied`."""
        found = self._version(bucket, key, version)
        self.fetched += 1
        if found is None:
            return None
        if isinstance(found[1], bytes):
            to.write_bytes(found[1])
        else:
            shutil.copyfile(found[1], to)
        return Stored(key, _size(found[1]), f"v{found[0]}")

    def find(self, bucket: str, prefix: str) -> tuple[Stored, ...]:
        """Return the files whose keys begin with a prefix. Raises `AccessDenied`."""
        self._check_access(bucket)
        self.listed += 1
        return tuple(
            Stored(key, _size(versions[-1]))
            for (place, key), versions in sorted(self._files.items())
            if place == bucket and key.startswith(prefix)
        )

    def _version(self, bucket: str, key: str, version: str | None) -> tuple[int, bytes | Path] | None:
        self._check_access(bucket)
        versions = self._files.get((bucket, key), [])
        given = version.removeprefix("v") if version else str(len(versions))
        number = int(given) if given.isdecimal() else 0
        return (number, versions[number - 1]) if 0 < number <= len(versions) else None

    def _check_access(self, bucket: str) -> None:
        if bucket in self.closed:
            raise AccessDenied("S3 refuses it: AccessDenied")


def _size(body: bytes | Path) -> int:
    return len(body) if isinstance(body, bytes) else body.stat().st_size
