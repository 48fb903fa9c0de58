"""What a replay starts from: events, worlds and app settings, read from files."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.replay.events import Event
from local.replay.places import Place
from local.replay.reading import UnknownEvent, read_placed


class BadInput(Exception):
    """A file cannot be used; the message says which, and why."""


@dataclass(frozen=True)
class Inputs:
    """What to play, and on what: the worlds and app settings as their files gave them.

    `placed` are the events with their places, `empty` the files that hold none.
    """

    placed: list[tuple[Place, Event]]
    empty: list[Path]
    zendesk_world: dict[str, Any] | None = None
    connect_world: dict[str, Any] | None = None
    app_settings: dict[str, Any] | None = None

    @property
    def events(self) -> list[Event]:
        """The events, in order."""
        return [event for _, event in self.placed]


def read_events(paths: list[Path]) -> tuple[list[tuple[Place, Event]], list[Path]]:
    """Return the events of some files with their places, in order, and the files that hold none.

    Raises `BadInput`.
    """
    placed: list[tuple[Place, Event]] = []
    empty = []
    for path in paths:
        try:
            found = read_placed(path)
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except UnknownEvent as error:
            raise BadInput(str(error)) from None
        placed += found
        if not found:
            empty.append(path)
    return placed, empty


def read_table(path: Path | None) -> dict[str, Any] | None:
    """Return what a JSON or TOML file holds, or None where no file is named. Raises `BadInput`."""
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{path}: not {path.suffix.removeprefix('.').upper() or 'JSON'}: {error}") from None
    if not isinstance(content, dict):
        raise BadInput(f"{path}: expected a table of names and values")
    return content
