"""What a replay starts from: events, worlds and app settings, read from files."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.replay.events import Event
from local.replay.reading import UnknownEvent, read


class BadInput(Exception):
    """A file cannot be used; the message says which, and why."""


@dataclass(frozen=True)
class Inputs:
    """What to play, and on what: the worlds and app settings as their files gave them."""

    events: list[Event]
    zendesk_world: dict[str, Any] | None = None
    connect_world: dict[str, Any] | None = None
    app_settings: dict[str, Any] | None = None


def read_events(paths: list[Path]) -> list[Event]:
    """Return the events of some files, in order. Raises `BadInput`."""
    events: list[Event] = []
    for path in paths:
        try:
            events += read(path)
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except UnknownEvent as error:
            raise BadInput(f"{path}: {error}") from None
    return events


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
