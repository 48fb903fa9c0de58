"""Makes the environments that everything here runs in, where they are not there yet (`make setup`).

Needs nothing but Python's standard library. What it makes holds no absolute path of the checkout, so a
checkout may be renamed, moved or copied, and goes on with its own code.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LAYER = PROJECT / "layers" / "connect_zendesk" / "python"
DEVELOPMENT = PROJECT / ".venv"
EMULATOR = PROJECT / ".build" / "emulator"
CHECKERS = PROJECT / ".build" / "checkers"
#: The file in an environment that says from what it was made, once it is complete.
READY = ".ready"


class SetupError(Exception):
    """An environment cannot be made; the message says what to do, or what the installer said."""


@dataclass(frozen=True)
class Environment:
    """One of the environments: `folder` has what `lock` lists. `about` is for people."""

    folder: Path
    lock: Path
    about: str

    @property
    def origin(self) -> str:
        """What `READY` holds when the environment is what would be made now."""
        return hashlib.sha256(self.lock.read_bytes() + Path(__file__).read_bytes()).hexdigest()

    @property
    def is_ready(self) -> bool:
        """Whether it is complete, made from this lock, and its Python still there."""
        ready = self.folder / READY
        return _python(self.folder).exists() and ready.exists() and ready.read_text("utf-8") == self.origin


ENVIRONMENTS = (
    Environment(
        DEVELOPMENT,
        PROJECT / "requirements" / "development.txt",
        "libraries and tools into .venv, about 850 MB, once: this can take minutes",
    ),
    Environment(
        EMULATOR,
        PROJECT / "requirements" / "emulator.txt",
        "an emulator of AWS into .build/emulator, about 60 MB, once",
    ),
)
#: Made by the test that needs it.
OF_CHECKERS = Environment(
    CHECKERS, PROJECT / "requirements" / "checkers.txt", "cfn-lint into .build/checkers, about 80 MB, once"
)


def make(environment: Environment) -> None:
    """Make one environment anew, whatever is in its folder. Raises SetupError."""
    way = how_pip_gets_in()
    # The reason for the wait, before it begins.
    print(f"setup: installing {environment.about}", file=sys.stderr, flush=True)
    started = time.monotonic()
    if environment.folder == DEVELOPMENT:
        _put_uv_into(environment.folder, way)
        # Over the environment that is there: uv replaces what in it names the folder.
        relocatable(environment.folder, "--allow-existing")
        import_layer_from(LAYER, environment.folder)
    else:
        relocatable(environment.folder, "--clear")
    python = _python(environment.folder)
    _run(_uv(), "pip", "sync", "--quiet", "--require-hashes", "--python", python, environment.lock)
    (environment.folder / READY).write_text(environment.origin, "utf-8")
    print(f"setup: done in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def relocatable(folder: Path, mode: str, uv: Path | None = None) -> None:
    """Make `folder` an environment whose scripts find it wherever it is. Raises SetupError.

    `mode` says what becomes of what is there: `--clear` or `--allow-existing`. `uv`: the program, else the
    development environment's.
    """
    _run(uv or _uv(), "venv", "--quiet", "--relocatable", "--python", sys.executable, mode, folder)
    # A script of csh cannot find out where it is.
    (folder / "bin" / "activate.csh").unlink(missing_ok=True)


def import_layer_from(layer: Path, folder: Path) -> None:
    """Let the environment in `folder` import the shared layer by its own name, as on Lambda.

    By a path from one to the other: Python reads it as relative to the folder that the file is in.
    """
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "connect_zendesk.pth").write_text(os.path.relpath(layer, packages) + "\n", "utf-8")


def how_pip_gets_in() -> str:
    """Return whether `ensurepip` or this Python's own `pip` can install into a new environment.

    Raises SetupError, with what to install, where there is neither: Debian and Ubuntu leave both out.
    """
    for module in ("ensurepip", "pip"):
        if importlib.util.find_spec(module):
            return module
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise SetupError(
        f"This Python ({sys.executable}, {version}) has neither ensurepip nor pip: on Debian and Ubuntu these"
        f" are packages of their own.\nInstall one with: sudo apt install python{version}-venv\n"
        "Then run the same command again."
    )


def _put_uv_into(folder: Path, way: str) -> None:
    lock = PROJECT / "requirements" / "bootstrap.txt"
    if way == "ensurepip":
        _run(sys.executable, "-m", "venv", "--clear", folder)
        pip: list[str | Path] = [_python(folder), "-m", "pip"]
    else:
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", folder)
        pip = [sys.executable, "-m", "pip", "--python", folder]
    _run(*pip, "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock)


def _uv() -> Path:
    return DEVELOPMENT / "bin" / "uv"


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], check=False)
    if done.returncode:
        raise SetupError(f"{Path(command[0]).name} has failed, and says why above.")


def main() -> int:
    """Make those that are not ready; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets as far as this message
        version = ".".join(map(str, sys.version_info[:3]))
        print(
            f"Python 3.11 or newer is needed; this is {version}. Choose one with: make PYTHON=python3.12",
            file=sys.stderr,
        )
        return 1
    try:
        for environment in ENVIRONMENTS:
            if not environment.is_ready:
                make(environment)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
