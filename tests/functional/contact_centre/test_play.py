"""Playing a day: what goes out when, and what goes wrong meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, Self

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from local.contact_centre import Day, Emission, population
from local.contact_centre.fault_schedule import FaultSchedule
from local.contact_centre.play import Sent, live, play
from local.faults.laptop_faults import faults_of
from local.replay.clock import VirtualClock
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.zendesk import Zendesk

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Recorder:
    """What takes a day's emissions, and nothing else."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.zendesk, self.connect = Zendesk(clock=clock), AmazonConnect(clock=clock)
        self.records: list[bytes] = []
        self.emulator = SimpleNamespace(process_group=0)  # which runs no function

    def put_records(self, records: Iterable[bytes]) -> int:
        self.records += records
        return len(self.records)


class Wholly(Recorder):
    """One that takes everything."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.events: list[Mapping[str, Any]] = []
        self.agent_events: list[Mapping[str, Any]] = []
        self.objects: dict[str, bytes] = {}

    @property
    def live(self) -> Self:
        return self

    def send_contact_event(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)

    def put_agent_event(self, event: Mapping[str, Any]) -> None:
        self.agent_events.append(event)

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        self.objects[f"{bucket}/{key}"] = body


def played(laptop_of: Callable[[Callable[[], datetime]], Any], faults: Random | None = None) -> Any:
    clock = VirtualClock(START)
    laptop = laptop_of(clock)
    day = Day(1, START, population(1, agents=12, customers=10, before=START), 60, rate=1.0, pace=10)
    ticks: list[int] = []

    def sleep(seconds: float) -> None:
        clock.move_by(timedelta(seconds=seconds))

    sent = play(
        laptop,
        day,
        takes=live(laptop),
        faults=faults,
        clock=clock,
        sleep=sleep,
        tick=lambda sent: ticks.append(sent.faults),
    )
    return SimpleNamespace(laptop=laptop, day=day, sent=sent, ticks=ticks, clock=clock)


def test_records_go_out_in_their_order_and_the_rest_where_it_is_taken() -> None:
    alone, wholly = played(Recorder), played(Wholly)
    emissions = list(alone.day)
    records = [emission.data for emission in emissions if emission.kind == "contact_record"]
    assert alone.laptop.records == wholly.laptop.records == records
    assert alone.sent.kinds == {"contact_record": len(records)}
    assert wholly.sent.kinds["contact_event"] == len(wholly.laptop.events) > 0
    assert wholly.sent.kinds["agent_event"] == len(wholly.laptop.agent_events) > 0
    assert wholly.sent.kinds["s3_object"] == len(wholly.laptop.objects) > 0
    assert alone.clock() >= emissions[-1].at


def test_last_record_of_each_leg_is_kept_whatever_its_turn() -> None:
    reported = played(Recorder)
    newest: dict[str, str] = {}
    for emission in reported.day:
        if emission.kind == "contact_record" and not emission.is_poison:
            number, updated = emission.payload["ContactId"], emission.payload["LastUpdateTimestamp"]
            newest[number] = max(newest.get(number, ""), updated)
    assert {n: record["LastUpdateTimestamp"] for n, record in reported.sent.records.items()} == newest


def test_amazon_connect_knows_each_contact_before_anything_is_sent_of_it() -> None:
    unknown: list[str] = []

    class Looking(Wholly):
        def put_agent_event(self, event: Mapping[str, Any]) -> None:
            contacts = event["CurrentAgentSnapshot"]["Contacts"]
            unknown.extend(
                c["ContactId"] for c in contacts if self.connect.contacts.held(c["ContactId"]) is None
            )

    reported = played(Looking)
    assert unknown == []
    for number, leg in reported.day.legs.items():
        record = reported.laptop.connect.contacts.record(number)
        assert (record["CustomerEndpoint"] or {}).get("Address") == leg.customer
        assert record["Attributes"] == leg.attributes
        assert parse(record).ended is not None
        assert reported.laptop.connect.contacts.recording(number) == {}


def test_delivery_that_fails_is_told_at_the_end() -> None:
    class Failing(Recorder):
        def put_object(self, bucket: str, key: str, _body: bytes) -> None:
            raise OSError(f"no room for {bucket}/{key}")

    with pytest.raises(OSError, match="no room"):
        played(Failing)


def test_what_was_changed_in_amazon_connect_meanwhile_stays() -> None:
    class Changing(Wholly):
        def send_contact_event(self, event: Mapping[str, Any]) -> None:
            if event["detail"]["eventType"] == "CONNECTED_TO_AGENT":
                self.connect.contacts.change(event["detail"]["contactId"], Attributes={"seen": "yes"})

    reported = played(Changing)
    contacts = reported.laptop.connect.contacts
    assert any(contacts.record(number)["Attributes"] == {"seen": "yes"} for number in reported.day.legs)


def test_record_that_is_older_than_the_one_before_is_not_the_last() -> None:
    newer, older = ({"ContactId": "c", "LastUpdateTimestamp": f"2026-11-02T09:0{n}:00Z"} for n in (2, 1))
    sent = Sent()
    for record in (newer, older):
        sent.add(Emission(START, "contact_record", record))
    assert sent.records == {"c": newer}


def test_what_the_delivery_doubles_is_counted_as_it_arrives() -> None:
    class Doubling(Recorder):
        def __init__(self, clock: Callable[[], datetime]) -> None:
            super().__init__(clock)
            faults_of(self).on("duplicates")  # type: ignore[arg-type]

    plain, doubled = played(Recorder), played(Doubling)
    assert Counter(doubled.laptop.records) == Counter(plain.laptop.records * 2)
    assert doubled.sent.kinds["contact_record"] == 2 * plain.sent.kinds["contact_record"]
    assert doubled.sent.poison == 2 * plain.sent.poison > 0
    assert doubled.sent.records == plain.sent.records
    assert faults_of(doubled.laptop).active() == []


def test_every_kind_of_fault_comes_and_those_without_an_end_of_their_own_are_ended() -> None:
    clock = VirtualClock(START)
    laptop: Any = Recorder(clock)
    faults, seen = faults_of(laptop), set[str]()
    schedule = FaultSchedule(laptop, Random("many"), START)  # noqa: S311
    held = timedelta()
    while clock() < START + timedelta(minutes=20):
        clock.move_by(timedelta(seconds=1))
        schedule.make(clock())
        seen |= set(faults.active()) | {fault["name"] for fault in laptop.connect.faults.active()}
        held = held + timedelta(seconds=1) if faults.delivery.duplicates else timedelta()
        assert held <= timedelta(seconds=6)
    of_zendesk = {"outage", "rate_limit", "slowness", "lost_before_write", "lost_after_write", "conflicts"}
    assert seen >= of_zendesk | {"duplicates", "reordering", "throttle", "lose_answer"}


def test_faults_come_and_go_by_the_seed_and_none_is_left() -> None:
    reported, again = (played(Recorder, Random("faults 1")) for _ in range(2))  # noqa: S311
    assert reported.sent.faults == again.sent.faults > 3
    assert 0 < reported.ticks[len(reported.ticks) // 2] < reported.sent.faults
    assert reported.laptop.connect.faults.active() == []
    assert played(Recorder).sent.faults == 0
