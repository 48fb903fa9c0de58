"""Playing a day on a laptop, and the command that does: on the functions in this process, in no time."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from random import Random
from types import SimpleNamespace
from typing import Any, Self

import pytest

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.rules import app_settings
from local.amazon_connect import AmazonConnect
from local.contact_centre import Day, Emission, command, people
from local.contact_centre.play import Sent, live, play
from local.emulator.process import EmulatorError
from local.emulator.settling import Backlog, NotSettledError
from local.replay.clock import VirtualClock
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess
from local.zendesk import Zendesk

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Recorder:
    """What takes a day's emissions, and nothing else."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.zendesk, self.connect = Zendesk(clock=clock), AmazonConnect(clock=clock)
        self.records: list[bytes] = []

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
    day = Day(1, START, people(1, agents=12, customers=10, before=START), 60, rate=1.0, pace=10)
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
    assert alone.clock() >= emissions[-1].moment


def test_last_record_of_each_leg_is_kept_whatever_its_turn() -> None:
    told = played(Recorder)
    newest: dict[str, str] = {}
    for emission in told.day:
        if emission.kind == "contact_record" and not emission.is_poison:
            number, updated = emission.payload["ContactId"], emission.payload["LastUpdateTimestamp"]
            newest[number] = max(newest.get(number, ""), updated)
    assert {n: record["LastUpdateTimestamp"] for n, record in told.sent.records.items()} == newest


def test_amazon_connect_knows_each_contact_before_anything_is_sent_of_it() -> None:
    unknown: list[str] = []

    class Looking(Wholly):
        def put_agent_event(self, event: Mapping[str, Any]) -> None:
            contacts = event["CurrentAgentSnapshot"]["Contacts"]
            unknown.extend(
                c["ContactId"] for c in contacts if self.connect.contacts.held(c["ContactId"]) is None
            )

    told = played(Looking)
    assert unknown == []
    for number, leg in told.day.legs.items():
        record = told.laptop.connect.contacts.record(number)
        assert (record["CustomerEndpoint"] or {}).get("Address") == leg.customer
        assert record["Attributes"] == leg.attributes
        assert parse(record).ended is not None
        assert told.laptop.connect.contacts.recording(number) == {}


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

    told = played(Changing)
    contacts = told.laptop.connect.contacts
    assert any(contacts.record(number)["Attributes"] == {"seen": "yes"} for number in told.day.legs)


def test_record_that_is_older_than_the_one_before_is_not_the_last() -> None:
    newer, older = ({"ContactId": "c", "LastUpdateTimestamp": f"2026-11-02T09:0{n}:00Z"} for n in (2, 1))
    sent = Sent()
    for record in (newer, older):
        sent.add(Emission(START, "contact_record", record))
    assert sent.records == {"c": newer}


def test_faults_come_and_go_by_the_seed_and_none_is_left() -> None:
    told, again = (played(Recorder, Random("faults 1")) for _ in range(2))  # noqa: S311
    assert told.sent.faults == again.sent.faults > 3
    assert 0 < told.ticks[len(told.ticks) // 2] < told.sent.faults
    assert told.laptop.connect.faults.active() == []
    assert played(Recorder).sent.faults == 0


class InProcessLaptop:
    """A laptop for the command, without an emulator; `loses` a record now and then if told to."""

    lost = False
    never_settles = False

    def __init__(self, **given: Any) -> None:
        settings, problems = app_settings.read(given["app_settings"])
        assert not problems
        self.clock = VirtualClock(datetime.now(UTC))
        self.stack = InProcess(
            zendesk_world=given["zendesk_world"],
            connect_world=given["connect_world"],
            app_settings=settings,
            clock=self.clock,
        )
        self.zendesk, self.connect = self.stack.zendesk, self.stack.connect

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def put_records(self, records: Iterable[bytes]) -> int:
        with redirect_stdout(StringIO()):
            for number, data in enumerate(records):
                if not (self.lost and number == 0):
                    self.stack.take(StreamRecord(data))
        return 0

    def wait_until_settled(self, _timeout: float, report: Callable[[Backlog], None]) -> None:
        if self.never_settles:
            raise NotSettledError(self.backlog(), 1)
        report(self.backlog())
        with redirect_stdout(StringIO()):
            self.stack.run(until=None)

    def backlog(self) -> Backlog:
        return Backlog(0, len(self.stack.messages.waiting), 0, 0)

    def dead_letter_count(self) -> int:
        return len(self.stack.messages.dead_letters)

    def dead_letters(self) -> list[Any]:
        return [SimpleNamespace(reason=letter["reason"]) for letter in self.stack.messages.dead_letters]

    def logs(self) -> list[Any]:
        return []

    def trouble(self) -> str:
        return "what is left"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def play_at_once(laptop: InProcessLaptop, day: Day, **given: Any) -> Any:
        def sleep(seconds: float) -> None:
            laptop.clock.move_by(timedelta(seconds=seconds))

        return play(laptop, day, **given, clock=laptop.clock, sleep=sleep)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "Laptop", InProcessLaptop)
    monkeypatch.setattr(command, "play", play_at_once)
    monkeypatch.setattr(command, "_PROGRESS_SECONDS", 0)
    parser = ArgumentParser()
    command.add_arguments(parser)
    return lambda *arguments: command.run(parser.parse_args(arguments))


def test_command_plays_balances_and_says_what_limits_it(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--minutes", "0.3", "--faults") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "36 contacts at 2 a second, seed 1" in shown
    assert "high-volume add-on" in shown
    assert "requests/min" in shown
    assert "the books balance" in shown


def test_command_fails_and_names_the_contact_where_a_record_is_lost(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InProcessLaptop, "lost", True)
    assert run("--minutes", "0.3") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "the books do not balance" in shown
    assert "no ticket, though" in shown


def test_command_says_so_where_it_never_ends_or_cannot_begin(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InProcessLaptop, "never_settles", True)
    assert run("--minutes", "0.05") == 1
    shown = capsys.readouterr().out
    assert "what is left" in shown
    assert "there is still something to do" in shown
    monkeypatch.setattr(command, "Laptop", partial(_broken))
    assert run() == 1
    assert "No AWS emulator" in capsys.readouterr().out


def _broken(**_: Any) -> Any:
    raise EmulatorError("No AWS emulator")


@pytest.mark.parametrize("arguments", [("--rate", "0"), ("--minutes", "-1"), ("--rate", "many")])
def test_number_that_cannot_be_is_refused(run: Callable[..., int], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        run(*arguments)
