"""A change of a ticket, which webhook events are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Change:
    """One action on one ticket: who did it, what it shows now and what it showed before, new comments.

    `kind` is created, updated, merged, deleted, undeleted or permanently_deleted. `before` is None at a
    creation. `more` is what belongs to a kind: `target` of a merge.
    """

    kind: str
    time: datetime
    actor_id: int
    ticket: Mapping[str, Any]
    before: Mapping[str, Any] | None
    comments: tuple[Mapping[str, Any], ...]
    more: Mapping[str, Any] = field(default_factory=dict)
