"""Bytecode, deployed beside the code: a container that starts reads it instead of compiling every module.

Lambda's folders cannot be written to, so what is not deployed is compiled again at every start. Bytecode is
of one version of Python. It is made by that version, where the machine that deploys has it, and left out
where it has not: everything then works as before, and starts slower. Python passes over bytecode of another
version than its own, so none can do harm.

It is *unchecked*: Python does not compare it with the source, whose times a layer does not keep.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

PROJECT = Path(__file__).resolve().parent.parent
BUILD = PROJECT / ".build" / "code"
#: Counted up when what is made of the same sources changes.
_RECIPE = 1
_CACHE = "__pycache__"


class BytecodeError(Exception):
    """Bytecode could not be made; the message says what Python said."""


@dataclass(frozen=True)
class Compiler:
    """A Python that makes bytecode; ``kind`` is what it calls the bytecode's version."""

    python: Path
    kind: str


@dataclass(frozen=True)
class Code:
    """Sources with their bytecode: the ``folder``, and a ``key`` that identifies what is in it."""

    folder: Path
    key: str


@cache
def compiler(version: str) -> Compiler | None:
    """Return a Python of this version, such as 3.14, that is installed here; None where none is.

    None is downloaded: `uv python install` does that.
    """
    python = Path(sys.executable)
    if version != f"{sys.version_info.major}.{sys.version_info.minor}":
        command = [find_uv_bin(), "python", "find", "--no-project", "--no-python-downloads", version]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode:
            return None
        python = Path(found.stdout.strip())
    kind = [str(python), "-I", "-c", "import importlib.util as u; print(u.MAGIC_NUMBER.hex())"]
    said = subprocess.run(kind, capture_output=True, text=True, check=False)
    return Compiler(python, f"{version} {said.stdout.strip()}") if said.returncode == 0 else None


def with_bytecode(source: Path, place: str, using: Compiler, build: Path = BUILD) -> Code:
    """Copy a folder of sources and add their bytecode; at once where that was done before.

    ``place`` is where Lambda has the folder, for tracebacks. Safe to call from several processes at a time.
    Raises `BytecodeError`.
    """
    key = _key(source, place, using)
    folder = build / f"{source.name}-{key[:16]}"
    if not folder.is_dir():
        build.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=build))
        try:
            copied = unfinished / source.name
            shutil.copytree(source, copied, ignore=shutil.ignore_patterns(_CACHE, "*.pyc"))
            add_bytecode(copied, place, using)
            _put_in_place(copied, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Code(folder, key)


def add_bytecode(folder: Path, place: str, using: Compiler) -> None:
    """Add bytecode to the sources of a folder that Lambda has at ``place``. Raises `BytecodeError`."""
    command = [
        str(using.python), "-I", "-m", "compileall", "-q", "-j", "1",
        "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", place, str(folder),
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command,
        env={**environment, "PYTHONHASHSEED": "0"},  # sets are written in the order of their hashes
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BytecodeError(f"{folder.name} could not be compiled:\n{(done.stdout + done.stderr).strip()}")


def _key(source: Path, place: str, using: Compiler) -> str:
    digest = hashlib.sha256(f"{_RECIPE} {using.kind} {place}\n".encode())
    for path in _sources(source):
        digest.update(f"\0{path.relative_to(source).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and _CACHE not in path.parts:
            yield path


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was quicker, with the same content
            raise
