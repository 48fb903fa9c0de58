"""Builds the layer of libraries, without Docker: wheels for Lambda's platform, unpacked by uv.

What botocore brings along in Lambda's own Python (urllib3, jmespath) is in it all the same, since requests
and Powertools want it: pinned by hash, whatever AWS changes there. boto3 and botocore themselves are not:
AWS keeps them up to date, and they would be most of the layer.
"""

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from infra.bytecode import BytecodeError, add_bytecode, compiler

PROJECT = Path(__file__).resolve().parent.parent
REQUIREMENTS = PROJECT / "layers" / "dependencies" / "requirements.txt"
BUILD = PROJECT / ".build" / "layers"

PYTHON_VERSION = "3.14"
PLATFORM = "aarch64-manylinux_2_28"
# Counted up when what is built from the same requirements changes.
RECIPE = 2

# Differs from build to build (RECORD lists the scripts, the others say who installed it when), or is not
# needed to run. Licences and METADATA stay.
_NOT_KEPT_IN_DIST_INFO = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
_NOT_KEPT_FOLDERS = ("__pycache__", "tests")
_NOT_KEPT_AT_TOP = ("bin", ".lock", "CACHEDIR.TAG", ".gitignore")


class BuildError(Exception):
    """The libraries could not be installed; the message says what uv said."""


@dataclass(frozen=True)
class Dependencies:
    """A built layer.

    Attributes:
        folder: what becomes the layer's content; `python/` is in it.
        key: identifies the content: a hash over the requirements and how they are built.
    """

    folder: Path
    key: str


def build_dependencies(requirements: Path = REQUIREMENTS, build: Path = BUILD) -> Dependencies:
    """Install the requirements for Lambda's Python and processor; at once if that was done before.

    `requirements` pins every package by hash. Safe to call from several processes at a time: each builds
    apart, and the folder appears complete or not at all.
    Raises BuildError if uv cannot install them.
    """
    layer = _layer(requirements, build)
    if not layer.folder.is_dir():
        build.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=build))
        try:
            _install(requirements, unfinished / "python")
            _prune(unfinished / "python")
            _compile(unfinished)
            unfinished.chmod(0o755)  # mkdtemp makes it private, and layers keep modes
            _put_in_place(unfinished, layer.folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return layer


def is_built(requirements: Path = REQUIREMENTS, build: Path = BUILD) -> bool:
    """Whether `build_dependencies` has nothing left to do, so needs no package index."""
    return _layer(requirements, build).folder.is_dir()


def _layer(requirements: Path, build: Path) -> Dependencies:
    using = compiler(PYTHON_VERSION)
    bytecode = using.kind if using is not None else "without bytecode"
    recipe = f"{RECIPE} {PYTHON_VERSION} {PLATFORM} {bytecode}\n".encode()
    key = hashlib.sha256(recipe + requirements.read_bytes()).hexdigest()
    return Dependencies(folder=build / f"dependencies-{key[:16]}", key=key)


def _install(requirements: Path, target: Path) -> None:
    command = [
        find_uv_bin(), "pip", "install", "--quiet", "--no-progress", "--require-hashes",
        "--only-binary", ":all:", "--python-platform", PLATFORM, "--python-version", PYTHON_VERSION,
        "--target", str(target), "--requirement", str(requirements),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"The layer's libraries could not be installed:\n{done.stderr.strip()}")


def _prune(target: Path) -> None:
    for name in _NOT_KEPT_AT_TOP:
        path = target / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in _NOT_KEPT_FOLDERS:
        for folder in [*target.rglob(name)]:
            shutil.rmtree(folder)
    for name in _NOT_KEPT_IN_DIST_INFO:
        for file in target.glob(f"*.dist-info/{name}"):
            file.unlink()


def _compile(layer: Path) -> None:
    if (using := compiler(PYTHON_VERSION)) is None:
        return
    try:
        add_bytecode(layer, "/opt", using)
    except BytecodeError as error:
        raise BuildError(str(error)) from None


def _put_in_place(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        # Another process was quicker: its folder has the same content.
        if not folder.is_dir():
            raise
