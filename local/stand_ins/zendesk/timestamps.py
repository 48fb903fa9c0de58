"""Moments as Zendesk writes them: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """Return `moment` (aware) as Zendesk writes it: `2026-11-20T10:00:00Z`, fractions cut off."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read(text: str) -> datetime:
    """Return the moment that an ISO 8601 `text` names; one without a zone is UTC. ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
