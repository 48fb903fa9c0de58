"""Plays a day on a laptop in real time, with faults of both stand-ins at random where they are wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from local.contact_centre.day import Day
from local.contact_centre.emissions import Emission

if TYPE_CHECKING:
    from local.emulator.laptop import Laptop

_TICK = 0.2  # seconds between looks at what is due

#: How a laptop takes what is no contact record, where it does: a method for each kind.
_TAKES = {"contact_event": "send_contact_event", "agent_event": "put_agent_events", "s3_object": "put_object"}


@dataclass
class Sent:
    """What has been sent: the last record of each leg, how much poison, how many of each kind, and faults."""

    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    poison: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    faults: int = 0

    def add(self, emission: Emission) -> None:
        """Count an emission."""
        self.kinds[emission.kind] = self.kinds.get(emission.kind, 0) + 1
        if emission.is_poison:
            self.poison += 1
        elif emission.kind == "contact_record" and not isinstance(emission.payload, bytes):
            record = emission.payload
            known = self.records.get(record["ContactId"])
            if known is None or known["LastUpdateTimestamp"] <= record["LastUpdateTimestamp"]:
                self.records[record["ContactId"]] = record


def play(
    laptop: Laptop,
    day: Day,
    *,
    faults: Random | None = None,
    tick: Callable[[Sent], None] = lambda _sent: None,
) -> Sent:
    """Send a day's emissions at their moments, those that are in the past at once; returns what was sent.

    `faults` decides what goes wrong meanwhile; `tick` is called several times a second. What the laptop has
    no way to take is left out.
    """
    sent, trouble = Sent(), _trouble(day.start, faults) if faults else iter(())
    next_fault = next(trouble, None)
    waiting: list[Emission] = []
    for emission in day:
        while (now := datetime.now(UTC)) < emission.moment:
            _put(laptop, waiting, sent)
            while next_fault is not None and next_fault[0] <= now:
                _, name, commands = next_fault
                getattr(laptop, name).faults.apply(commands)
                sent.faults += 1
                next_fault = next(trouble, None)
            tick(sent)
            time.sleep(min(_TICK, max(0.0, (emission.moment - datetime.now(UTC)).total_seconds())))
        waiting.append(emission)
    _put(laptop, waiting, sent)
    for stand_in in (laptop.zendesk, laptop.connect):
        stand_in.faults.clear()
    return sent


def _put(laptop: Laptop, waiting: list[Emission], sent: Sent) -> None:
    """Send what waits, in its order, the records together."""
    records = [emission for emission in waiting if emission.kind == "contact_record"]
    if records:
        laptop.put_records([emission.data for emission in records])
    for emission in waiting:
        if emission.kind == "contact_record" or _deliver(laptop, emission):
            sent.add(emission)
    waiting.clear()


def _deliver(laptop: Laptop, emission: Emission) -> bool:
    """Give the laptop something else than a record; returns whether it takes such a thing."""
    take = getattr(laptop, _TAKES[emission.kind], None)
    if take is None:
        return False
    match emission.kind:
        case "agent_event":
            take([emission.data])
        case "s3_object":
            take(emission.bucket, emission.key, emission.data)
        case _:
            take(emission.payload)
    return True


def _trouble(start: datetime, random: Random) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Return what goes wrong: when, with which of a laptop's stand-ins, and how; one after another."""
    at = start
    while True:
        at += timedelta(seconds=random.uniform(4, 15))
        lasting = round(random.uniform(1, 5), 1)
        after_write = random.random() < 0.5
        choices: tuple[tuple[str, dict[str, Any]], ...] = (
            ("zendesk", {"outage": {"lasting": lasting}}),
            ("zendesk", {"outage": {"lasting": lasting, "retry_after": 2}}),
            ("zendesk", {"rate_limit": {"seconds": lasting}}),
            ("zendesk", {"slow": {"seconds": 1, "lasting": lasting}}),
            ("zendesk", {"lose_answer": {"after_write": after_write, "count": 2}}),
            ("zendesk", {"revoke_tokens": {}}),
            ("connect", {"throttle": {"lasting": lasting}}),
            ("connect", {"outage": {"lasting": lasting}}),
            ("connect", {"lose_answer": {"after_write": after_write}}),
        )
        yield at, *random.choice(choices)
