"""Plays a day on a laptop in real time, with faults at random where they are wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Self

from local.contact_centre.day import Day
from local.contact_centre.emissions import Emission, Kind
from local.contact_centre.fault_schedule import FaultSchedule
from local.contact_centre.legs import Leg
from local.contact_centre.records import so_far
from local.faults.laptop_faults import faults_of
from local.stand_ins.amazon_connect.contacts import Contacts

if TYPE_CHECKING:
    from local.emulator.laptop import Laptop

_TICK = 0.2  # seconds between looks at what is due

Take = Callable[[Emission], object]


@dataclass
class Sent:
    """What has been sent: the last record of each leg, its files' places, how much poison, how many of each
    kind, and faults."""

    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    poison: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    faults: int = 0

    def add(self, emission: Emission, times: int = 1) -> None:
        """Count an emission that was delivered so many times."""
        self.kinds[emission.kind] = self.kinds.get(emission.kind, 0) + times
        if emission.key is not None:
            leg = emission.key.rpartition("/")[2].partition("_")[0]
            self.files.setdefault(leg, []).append(f"{emission.bucket}/{emission.key}")
        if emission.is_poison:
            self.poison += times
        elif emission.kind == "contact_record" and not isinstance(emission.payload, bytes):
            record = emission.payload
            known = self.records.get(record["ContactId"])
            if known is None or known["LastUpdateTimestamp"] <= record["LastUpdateTimestamp"]:
                self.records[record["ContactId"]] = record


def live(laptop: Laptop) -> dict[Kind, Take]:
    """Return how a laptop takes what is no contact record, for each kind that it does take."""
    events = getattr(laptop, "live", None)
    takes: dict[Kind, Any] = {
        "contact_event": getattr(events, "send_contact_event", None),
        "agent_event": getattr(laptop, "put_agent_event", None),
        "s3_object": getattr(laptop, "put_object", None),
    }

    def delivery(kind: Kind, take: Callable[..., object]) -> Take:
        if kind == "s3_object":
            return lambda emission: take(emission.bucket, emission.key, emission.data)
        return lambda emission: take(emission.payload)

    return {kind: delivery(kind, take) for kind, take in takes.items() if take is not None}


def play(
    laptop: Laptop,
    day: Day,
    *,
    takes: Mapping[Kind, Take] | None = None,
    faults: Random | None = None,
    tick: Callable[[Sent], None] = lambda _sent: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> Sent:
    """Send a day's emissions at their times, those that are in the past at once; returns what was sent.

    `takes` says what is done with each kind besides contact records, in its order and beside everything else;
    a kind that it leaves out is not sent. `faults` decides what goes wrong meanwhile, and nothing does at the
    end; `tick` is called several times a second. `clock` and `sleep` are the time and the waiting for the
    next one.
    """
    sent, schedule = Sent(), FaultSchedule(laptop, faults, day.start) if faults else None
    waiting: list[Emission] = []
    with _Deliveries(takes or {}) as deliveries:
        for emission in day:
            while (now := clock()) < emission.at:
                _put(laptop, day, waiting, sent, deliveries)
                if schedule is not None:
                    sent.faults += schedule.make(now)
                tick(sent)
                sleep(min(_TICK, max(0.0, (emission.at - clock()).total_seconds())))
            waiting.append(emission)
        _put(laptop, day, waiting, sent, deliveries)
        faults_of(laptop).off()
        laptop.connect.faults.clear()
    return sent


class _Deliveries:
    """Delivers each kind from a thread of its own: none waits for another, and each keeps its order."""

    def __init__(self, takes: Mapping[Kind, Take]) -> None:
        self._takes = takes
        self._threads = {kind: ThreadPoolExecutor(1) for kind in takes}
        self._done: list[Future[object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for thread in self._threads.values():
            thread.shutdown(wait=True, cancel_futures=kind is not None)
        if kind is None:
            for done in self._done:
                done.result()  # raises what a delivery has raised

    def deliver(self, emission: Emission) -> bool:
        """Deliver an emission; returns whether its kind is taken."""
        if emission.kind not in self._takes:
            return False
        self._done.append(self._threads[emission.kind].submit(self._takes[emission.kind], emission))
        return True


def _put(laptop: Laptop, day: Day, waiting: list[Emission], sent: Sent, deliveries: _Deliveries) -> None:
    """Send what waits, in its order, the records together; Amazon Connect knows the contacts before."""
    for emission in waiting:
        for contact in _contacts_of(emission):
            _update_stand_in(laptop.connect.contacts, day.legs[contact], emission.at)
    records = [emission for emission in waiting if emission.kind == "contact_record"]
    arriving = faults_of(laptop).delivery.delivered([emission.data for emission in records])
    if arriving:
        laptop.put_records(arriving)
    for emission in waiting:
        if emission.kind == "contact_record":
            sent.add(emission, len(arriving) // len(records))
        elif deliveries.deliver(emission):
            sent.add(emission)
    waiting.clear()


def _contacts_of(emission: Emission) -> list[str]:
    """Return the contacts that an event is about."""
    content = emission.payload
    if isinstance(content, bytes):
        return []
    if emission.kind == "agent_event":
        return [contact["ContactId"] for contact in content["CurrentAgentSnapshot"]["Contacts"]]
    return [content["detail"]["contactId"] if emission.kind == "contact_event" else content["ContactId"]]


def _update_stand_in(contacts: Contacts, leg: Leg, at: datetime) -> None:
    """Have the stand-in know a contact as it is at a time, but for what was changed there meanwhile."""
    known = so_far(leg, at)
    if contacts.held(leg.contact_id) is None:
        contacts.add(known)
    else:
        kept = ("ContactId", "Attributes", "LastUpdateTimestamp")
        contacts.change(leg.contact_id, **{name: known[name] for name in known.keys() - kept})
    recording = contacts.recording(leg.contact_id)
    if leg.ended <= at:
        recording.clear()
    elif leg.recorded and leg.connected and leg.connected <= at:
        recording.setdefault("AGENT", "on")
