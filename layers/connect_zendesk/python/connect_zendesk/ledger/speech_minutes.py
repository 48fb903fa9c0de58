"""How much of a day's minutes is used: reserved before money is spent, by one conditional write (X3).

The write is keyed by the recording, so that a redelivery takes nothing twice. The latest recordings are
remembered for that, not all of a day, as an item holds 400 KB: a redelivery comes long before so many others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import SPEECH_MINUTES

_LATEST = 200


@dataclass(frozen=True)
class Reserved:
    """What became of a reservation: ``granted``, and the day's seconds that were used before and after."""

    granted: bool
    before: int
    after: int


def reserve(ledger: Ledger, day: str, job: str, seconds: int, most: int) -> Reserved:
    """Take seconds of a day for a job, once, where no more than ``most`` are used then."""
    outcome = Reserved(granted=False, before=0, after=0)

    def taken(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        nonlocal outcome
        used, latest = int(content.get("used", 0)), _latest(content)
        if job in latest:
            outcome = Reserved(granted=True, before=used, after=used)
            return None
        if used + seconds > most:
            outcome = Reserved(granted=False, before=used, after=used)
            return None
        outcome = Reserved(granted=True, before=used, after=used + seconds)
        return _item(used + seconds, {**latest, job: seconds})

    ledger.update(SPEECH_MINUTES.key(day=day), taken)
    return outcome


def give_back(ledger: Ledger, day: str, job: str) -> None:
    """Give back what a job took of a day, once: it was not started after all."""

    def returned(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        latest = _latest(content)
        if job not in latest:
            return None
        used = int(content["used"]) - latest.pop(job)
        return _item(max(0, used), latest)

    ledger.update(SPEECH_MINUTES.key(day=day), returned)


def _latest(content: Mapping[str, Any]) -> dict[str, int]:
    return {str(job): int(seconds) for job, seconds in content.get("latest", ())}


def _item(used: int, latest: Mapping[str, int]) -> dict[str, Any]:
    """Return what is kept: a list, since a table's maps have no order."""
    return {"used": used, "latest": [list(item) for item in latest.items()][-_LATEST:]}
