"""What a day sends, and what it has to come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["contact_record", "contact_event", "agent_event", "s3_object"]


@dataclass(frozen=True)
class Emission:
    """Something that AWS sends at a time (aware, UTC).

    `payload` is a record or an event; it is bytes for the content of a file, which has a `key` in `bucket`,
    and for poison: what is on the record stream and is no contact record.
    """

    at: datetime
    kind: Kind
    payload: Mapping[str, Any] | bytes
    key: str | None = None
    bucket: str | None = None

    @property
    def data(self) -> bytes:
        """The payload as bytes."""
        return self.payload if isinstance(self.payload, bytes) else json.dumps(self.payload).encode()

    @property
    def is_poison(self) -> bool:
        """Whether it is on the record stream and no contact record."""
        return self.kind == "contact_record" and isinstance(self.payload, bytes)


@dataclass(frozen=True)
class Expectation:
    """The facts of one contact: what happened, in which legs, as which records say. Rules decide the rest.

    `legs` are the ids of its contact records, the first leg's first; `answered` and `monitoring` are those
    with an agent and those of a supervisor; `versions` says how many different records of a leg were sent.
    """

    root: str
    story: str
    channel: str
    legs: tuple[str, ...]
    answered: frozenset[str]
    monitoring: frozenset[str]
    versions: Mapping[str, int]
