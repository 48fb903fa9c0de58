"""The morning that the demo plays, and what has to come of it (`events/morning.toml`)."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "events"


@dataclass(frozen=True)
class Contact:
    """One contact of the morning: its events by wave, and what is expected of it."""

    sent: dict[int, list[str]]
    about: str
    rule: str
    ticket: str | int
    requests: int
    requester: str | None = None
    comments: int = 0
    voice: int = 0

    @property
    def contact_id(self) -> str:
        """The contact's id, from its first event."""
        first = next(iter(self.sent.values()))[0]
        return str(json.loads(record(first))["ContactId"])


@dataclass(frozen=True)
class DeadLetter:
    """An event that cannot be handled, and the reason expected."""

    sent: dict[int, list[str]]
    reason: str


@dataclass(frozen=True)
class Morning:
    """The whole morning."""

    contacts: tuple[Contact, ...]
    dead_letters: tuple[DeadLetter, ...]

    def waves(self) -> list[list[bytes]]:
        """Return the records of each wave, in the order in which they are sent."""
        everything: list[Contact | DeadLetter] = [*self.contacts, *self.dead_letters]
        numbers = sorted({wave for entry in everything for wave in entry.sent})
        return [
            [record(name) for entry in everything for name in entry.sent.get(wave, ())] for wave in numbers
        ]


def read() -> Morning:
    """Return the morning as `events/morning.toml` describes it."""
    script = tomllib.loads((EVENTS / "morning.toml").read_text(encoding="utf-8"))
    return Morning(
        tuple(Contact(**_entry(entry)) for entry in script["contact"]),
        tuple(DeadLetter(**_entry(entry)) for entry in script["dead_letter"]),
    )


def world(name: str) -> dict[str, Any]:
    """Return what the stand-in ``zendesk`` or ``connect`` holds before the morning."""
    content: dict[str, Any] = json.loads((EVENTS / "worlds" / f"{name}.json").read_text(encoding="utf-8"))
    return content


def app_settings() -> dict[str, Any]:
    """Return the morning's app settings."""
    return tomllib.loads((EVENTS / "app_settings.toml").read_text(encoding="utf-8"))


def record(name: str) -> bytes:
    """Return the bytes of one event."""
    return (EVENTS / "contact_records" / f"{name}.json").read_bytes()


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "sent": {int(wave): names for wave, names in entry["sent"].items()}}
