"""What can be made to go wrong on a running laptop: by command, and on the way to the stream."""

import json
import os
import random
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import running
from local.emulator.live_events import NotDelivered
from local.faults import command
from local.faults.delivery import Delivery
from local.faults.laptop_faults import LaptopFaults, NoSuchFault, faults_of
from local.faults.switches import SWITCHES
from local.faults.workers import kill_functions
from local.replay.events import FlowCall, StreamRecord
from local.replay.inputs import BadInput
from local.stand_ins.comprehend import Comprehend
from local.stand_ins.faults.faults import Faults
from local.stand_ins.transcribe import Transcribe
from local.stand_ins.zendesk import Zendesk
from tests.waiting import wait_for

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Laptop:
    """A laptop without an emulator: a Zendesk stand-in, and what was sent."""

    def __init__(self) -> None:
        self.zendesk = Zendesk(clock=lambda: NOON)
        self.transcribe = Transcribe(clock=lambda: NOON)
        self.comprehend = Comprehend(clock=lambda: NOON)
        self.connect = SimpleNamespace(tasks=list)
        self.connect_url = "http://127.0.0.1:2"
        self.agent_app_url = ""
        self.put: list[list[bytes]] = []
        self.clients = SimpleNamespace(endpoint="http://127.0.0.1:1", region="r", account="a", dynamodb=None)
        self.outputs = {"TableName": "ledger"}
        self.stack = SimpleNamespace(name="ConnectZendesk", functions={})
        self.emulator = SimpleNamespace(process_group=-1)

    def put_records(self, records: list[bytes]) -> None:
        self.put.append(records)

    def wait_until_settled(self, timeout: float) -> None:
        assert timeout > 0

    def dead_letters(self) -> list[Any]:
        return []


@pytest.fixture
def laptop() -> Any:
    return Laptop()


@pytest.fixture
def up(laptop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(running, "_STATE", tmp_path / "up.json")
    with running.Listener(laptop):
        yield laptop


def run(*words: str) -> int:
    parser = ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


# On the way to the stream


def test_records_arrive_as_they_were_sent_unless_something_is_wrong() -> None:
    records = [b"%d" % number for number in range(20)]
    delivery = Delivery(random.Random(3))  # noqa: S311  nothing secret depends on it
    assert delivery.delivered(records) == records
    delivery.duplicates = True
    assert Counter(delivery.delivered(records)) == Counter(records * 2)
    delivery.duplicates, delivery.reordering = False, True
    arrived = delivery.delivered(records)
    assert sorted(arrived) == sorted(records)
    assert arrived != records


def test_what_replay_sends_goes_through_the_faults(up: Any) -> None:
    events = [StreamRecord(b"\xff1"), StreamRecord(b"2")]
    assert running.send(events) is not None
    assert up.put == [[b"\xff1", b"2"]]
    assert run("on", "duplicates") == 0
    running.send(events)
    assert up.put[-1] == [b"\xff1", b"\xff1", b"2", b"2"]
    assert run("off") == 0
    running.send(events)
    assert up.put[-1] == [b"\xff1", b"2"]


def test_events_that_what_is_up_does_not_take_are_refused(up: Any) -> None:
    def refuse(*_: object) -> None:
        raise NotDelivered("there is no such function")

    up.live = SimpleNamespace(call_from_flow=refuse)
    with pytest.raises(BadInput, match="there is no such function"):
        running.send([FlowCall({"Name": "ContactFlowEvent"})])


# Switched on and off


@pytest.mark.parametrize("switch", [switch for switch in SWITCHES if switch.method], ids=lambda it: it.name)
def test_every_fault_of_a_service_is_one_that_its_stand_in_knows(laptop: Any, switch: Any) -> None:
    faults = LaptopFaults(laptop)
    assert faults.on(switch.name) == switch.what
    assert faults.active() == ([] if switch.at_once else [switch.name])
    faults.off(switch.name)
    assert faults.active() == []
    assert getattr(laptop, switch.service).faults.active() == []


def test_everything_that_the_stand_in_can_do_wrong_can_be_switched_on(laptop: Any) -> None:
    known = {fault["name"] for fault in laptop.zendesk.faults.catalogue()}
    assert known - {"clear"} == {switch.method for switch in SWITCHES if switch.service == "zendesk"} - {""}
    for service in ("transcribe", "comprehend"):
        own = {fault["name"] for fault in getattr(laptop, service).faults.catalogue()}
        own -= {fault.name for fault in Faults.KNOWN}
        assert own == {switch.method for switch in SWITCHES if switch.service == service}


def test_switching_one_off_leaves_the_others_on(laptop: Any) -> None:
    faults = LaptopFaults(laptop)
    for name in ("outage", "lost_before_write", "lost_after_write", "duplicates"):
        faults.on(name)
    faults.off("lost_before_write")
    assert faults.active() == ["outage", "lost_after_write", "duplicates"]
    assert faults.delivery.duplicates
    faults.off()
    assert faults.active() == []
    assert not faults.delivery.duplicates


@pytest.mark.parametrize("said", ["86400", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_retry_after_is_whatever_the_command_says(laptop: Any, said: str) -> None:
    LaptopFaults(laptop).on("rate_limit", command.arguments_of(["seconds=60", f"retry_after={said}"]))
    (active,) = laptop.zendesk.faults.active()
    assert active["text"] == said


def test_fault_that_has_ended_by_itself_is_not_active(laptop: Any) -> None:
    now = NOON
    laptop.zendesk = Zendesk(clock=lambda: now)
    faults = LaptopFaults(laptop)
    faults.on("rate_limit", {"seconds": 5})
    assert faults.active() == ["rate_limit"]
    now = datetime(2026, 11, 2, 13, tzinfo=UTC)
    assert faults.active() == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("nothing", {}),
        ("duplicates", {"count": 1}),
        ("slowness", {"second": 1}),
        ("slowness", {"seconds": "x"}),
    ],
)
def test_what_does_not_exist_is_refused_and_nothing_is_on(
    laptop: Any, name: str, arguments: dict[str, Any]
) -> None:
    faults = LaptopFaults(laptop)
    with pytest.raises(NoSuchFault):
        faults.on(name, arguments)
    assert faults.active() == []


def test_page_command_and_sender_see_the_same_faults(laptop: Any) -> None:
    assert faults_of(laptop) is faults_of(laptop)
    another: Any = Laptop()
    assert faults_of(another) is not faults_of(laptop)


# By command


def test_faults_are_listed_with_what_they_take_and_those_that_hold(
    up: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("on", "slowness", "seconds=2.5", "matching=POST /api/v2/tickets") == 0
    (active,) = up.zendesk.faults.active()
    assert (active["seconds"], active["matching"]) == (2.5, "POST /api/v2/tickets")
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("on ")] == ["slowness"]
    assert any("rate_limit" in line and "[seconds=30.0]" in line for line in lines)
    assert run("off", "slowness") == 0
    assert up.zendesk.faults.active() == []


@pytest.mark.parametrize("words", [("on", "nothing"), ("on", "slowness", "seconds"), ("off", "nothing")])
def test_wrong_words_are_said_to_be(
    up: Any, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(*words) == 2
    assert capsys.readouterr().err
    assert up.zendesk.faults.active() == []


def test_nothing_up_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "_STATE", tmp_path / "up.json")
    assert run("list") == 2
    assert "Start it with: make up" in capsys.readouterr().err
    assert running.send([StreamRecord(b"1")]) is None


def test_no_page_can_break_the_laptop(up: Any) -> None:
    import urllib.error
    import urllib.request

    address = json.loads(running._STATE.read_text())["address"]
    request = urllib.request.Request(  # noqa: S310
        address + "faults", b'{"on": {"name": "outage"}}', {"Origin": "http://attacker.example"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
    refused.value.close()
    assert up.zendesk.faults.active() == []


# Functions die


def test_all_of_a_group_die_but_its_leader() -> None:
    leader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()']); input()",
        ],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        killed = wait_for(lambda: kill_functions(leader.pid), what="a process in the leader's group")
        assert killed == 1
        assert leader.poll() is None
        assert os.getpgid(leader.pid) == leader.pid
    finally:
        assert leader.stdin is not None
        leader.stdin.close()
        leader.kill()
        leader.wait()
