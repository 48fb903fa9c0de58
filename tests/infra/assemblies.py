"""Assemblies that tests look at: each made once, for all workers and runs, until something in it changes."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.synth import PROJECT
from local.emulator.synthesis import fingerprint, used_at

MADE = PROJECT / ".build" / "test-assemblies"

#: Those of this many contexts stay; they are small, as what functions are packed from is left out.
_KEPT = 24


def assembly(
    context: Mapping[str, str],
    synthesise: Callable[[Path], object],
    *,
    repository: Path = PROJECT,
    made: Path = MADE,
) -> Path:
    """Return the folder with the assembly of a context, written by ``synthesise`` unless it is there already.

    It is there if the same context was synthesised from the same sources (`fingerprint`). Where another
    process is at it, that is waited for. What ``synthesise`` raises comes through.
    """
    folder = made / fingerprint(context, repository)
    with _alone(folder):
        if folder.exists():
            os.utime(folder)
            return folder
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        synthesise(unfinished)
        for packed in unfinished.glob("asset.*"):
            shutil.rmtree(packed) if packed.is_dir() else packed.unlink()
        unfinished.rename(folder)
    _drop_oldest(made)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other process, nor another thread, have this folder meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _drop_oldest(made: Path) -> None:
    folders = sorted((path for path in made.iterdir() if path.suffix == ""), key=used_at)
    for folder in folders[:-_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".lock").unlink(missing_ok=True)
