"""The synthesised stack, made again only when something that goes into it has changed."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from local.emulator.process import REPOSITORY

ASSEMBLIES = REPOSITORY / ".build" / "assemblies"

# Everything that the CDK app reads, packs or runs on.
_SOURCES = (
    "app.py",
    "app_settings.toml",
    "cdk.json",
    "infra",
    "functions",
    "layers",
    "requirements/development.txt",
)
_NOT_READ = {"__pycache__", ".mypy_cache", ".ruff_cache"}
_KEPT = 6


def synthesised(
    context: Mapping[str, str],
    synthesise: Callable[[Path, Mapping[str, str]], object],
    *,
    repository: Path = REPOSITORY,
    assemblies: Path = ASSEMBLIES,
) -> Path:
    """The folder with the cloud assembly for this context, made by `synthesise` unless it is there already.

    `synthesise` takes the folder to write to and the context values. Whatever it raises comes through.
    """
    made = assemblies / fingerprint(context, repository)
    if (made / "manifest.json").exists():
        os.utime(made)
        return made
    assemblies.mkdir(parents=True, exist_ok=True)
    # Written beside its place and moved there, so that no process finds half of it.
    unfinished = assemblies / f"{made.name}.{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        synthesise(unfinished, context)
        if not made.exists():
            unfinished.rename(made)
    except OSError:
        if not (made / "manifest.json").exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _drop_oldest(assemblies)
    return made


def fingerprint(context: Mapping[str, str], repository: Path = REPOSITORY) -> str:
    """A name for what synthesis would make: the same sources and context have the same one."""
    digest = hashlib.sha256(json.dumps(dict(context), sort_keys=True).encode())
    for path in _source_files(repository):
        digest.update(f"\0{path.relative_to(repository).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def _source_files(repository: Path) -> Iterator[Path]:
    for source in _SOURCES:
        place = repository / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not _NOT_READ.intersection(path.parts):
                yield path


def _drop_oldest(assemblies: Path) -> None:
    finished = [path for path in assemblies.iterdir() if (path / "manifest.json").exists()]
    for path in sorted(finished, key=used_at)[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def used_at(folder: Path) -> float:
    """Return when a folder was last used, in seconds since 1970; 0 where another process has dropped it."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0
