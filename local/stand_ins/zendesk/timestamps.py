"""Timestamps as Zendesk writes them: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def to_timestamp(time: datetime) -> str:
    """Return `time` (aware) as Zendesk writes it: `2026-11-20T10:00:00Z`, fractions cut off."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_timestamp(text: str) -> datetime:
    """Return the time that an ISO 8601 `text` names; one without a zone is UTC. ValueError otherwise."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
