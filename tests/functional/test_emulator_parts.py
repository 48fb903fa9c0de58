"""The parts of what deploys to the emulator and asks it, without one: templates, streams, waiting."""

import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.emulator import laptop, process, settling
from local.emulator.assembly import AssemblyError, read_assembly
from local.emulator.deployment import zip_folder
from local.emulator.function_logs import LogLine, put_off
from local.emulator.process import EmulatorError, start_emulator
from local.emulator.settling import Backlog, NotSettledError, wait_until_settled
from local.emulator.stream import StreamError, partition_key, put_records
from local.emulator.synthesis import synthesised
from local.emulator.template import TemplateError, fit_to_emulator, with_function_environment
from local.stand_ins.zendesk import Zendesk


def test_missing_emulator_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "VIRTUAL_ENVIRONMENT", tmp_path)
    with pytest.raises(EmulatorError, match="make setup"):
        start_emulator()


def test_outputs_and_dependencies_on_what_is_taken_out_go_with_it() -> None:
    fitted, _ = fit_to_emulator(
        {
            "Resources": {
                "Phone": {"Type": "AWS::Connect::PhoneNumber"},
                "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Phone", "Topic"]},
                "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": "Phone"},
            },
            "Outputs": {
                "Number": {"Value": {"Fn::GetAtt": ["Phone", "Address"]}},
                "Text": {"Value": {"Fn::Sub": "tel:${Phone.Address}"}},
                "Url": {"Value": {"Ref": "Queue"}},
            },
        }
    )
    assert set(fitted["Outputs"]) == {"Url"}
    assert fitted["Resources"] == {
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Topic"]},
        "Topic": {"Type": "AWS::SNS::Topic"},
    }


def test_resource_that_needs_what_is_taken_out_is_named() -> None:
    template = {
        "Resources": {
            "Phone": {"Type": "AWS::Connect::PhoneNumber"},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Phone"}}},
        }
    }
    with pytest.raises(TemplateError, match=r"Queue \(AWS::SQS::Queue\) refers to Phone"):
        fit_to_emulator(template)


def test_nothing_else_of_the_template_changes() -> None:
    template = {
        "Resources": {"Reader": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.14"}}}
    }
    before = json.dumps(template)
    changed = with_function_environment(fit_to_emulator(template)[0], {"A": "b"})
    assert json.dumps(template) == before
    assert changed["Resources"]["Reader"]["Properties"] == {
        "Runtime": "python3.14",
        "Environment": {"Variables": {"A": "b"}},
    }


def test_folder_without_a_stack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"no manifest\.json"):
        read_assembly(tmp_path)
    (tmp_path / "manifest.json").write_text('{"artifacts": {}}')
    with pytest.raises(AssemblyError, match="it holds: none"):
        read_assembly(tmp_path)


def test_same_folder_makes_the_same_zip_file(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("x = 1")
    before = zip_folder(tmp_path)
    os.utime(tmp_path / "handler.py", (0, 10**9))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "handler.pyc").write_bytes(b"x")
    assert zip_folder(tmp_path) == before


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (b'{"ContactId": "c-1"}', "c-1"),
        (b'{"ContactId": null}', None),
        (b'{"ContactId": ""}', None),
        (b"[]", None),
        (b"\xff not JSON", None),
    ],
)
def test_records_of_a_contact_share_a_partition(record: bytes, key: str | None) -> None:
    made = partition_key(record)
    assert made == key if key else len(made) == 64


class StubbornKinesis:
    """Takes at most `capacity` records of each request, and keeps what it took."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.requests: list[int] = []
        self.taken: list[bytes] = []

    def put_records(self, *, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.requests.append(len(Records))
        self.taken += [record["Data"] for record in Records[: self.capacity]]
        refused = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "too fast"}
        return {"Records": [{} if at < self.capacity else refused for at, _ in enumerate(Records)]}


def test_refused_records_are_sent_again_and_only_they(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    kinesis: Any = StubbornKinesis(capacity=2)
    assert put_records(kinesis, "stream", [b"1", b"2", b"3", b"4", b"5"]) == 5
    assert kinesis.taken == [b"1", b"2", b"3", b"4", b"5"]
    assert kinesis.requests == [5, 3, 1]


def test_stream_that_keeps_refusing_is_an_error_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    kinesis: Any = StubbornKinesis(capacity=0)
    with pytest.raises(StreamError, match="too fast"):
        put_records(kinesis, "stream", [b"1"])


def test_requests_stay_within_kinesis_limits() -> None:
    kinesis: Any = StubbornKinesis(capacity=500)
    assert put_records(kinesis, "stream", [b"x"] * 501) == 501
    assert put_records(kinesis, "stream", [b"x" * 3_000_000] * 2) == 2
    assert kinesis.requests == [500, 1, 1, 1]


def test_template_is_made_again_only_when_something_in_it_has_changed(tmp_path: Path) -> None:
    repository, assemblies = tmp_path / "repository", tmp_path / "assemblies"
    (repository / "functions").mkdir(parents=True)
    handler = repository / "functions" / "handler.py"
    handler.write_text("one")
    for name in ("app.py", "cdk.json"):
        (repository / name).write_text("{}")
    made: list[str] = []

    def synthesise(directory: Path, context: Mapping[str, str]) -> None:
        directory.mkdir()
        (directory / "manifest.json").write_text("{}")
        made.append(f"{handler.read_text()} {context['port']}")

    def look(port: str) -> Path:
        return synthesised({"port": port}, synthesise, repository=repository, assemblies=assemblies)

    first = look("1")
    (repository / "functions" / "__pycache__").mkdir()
    (repository / "functions" / "__pycache__" / "handler.pyc").write_bytes(b"x")
    (repository / "README.md").write_text("nothing to do with it")
    assert look("1") == first
    assert look("2") != first
    handler.write_text("two")
    assert look("1") != first
    assert made == ["one 1", "one 2", "two 1"]


def test_failed_synthesis_leaves_nothing_behind(tmp_path: Path) -> None:
    def synthesise(directory: Path, _context: Mapping[str, str]) -> None:
        directory.mkdir()
        raise ValueError("no such context value")

    (tmp_path / "app.py").write_text("")
    for _ in range(2):
        with pytest.raises(ValueError, match="no such context value"):
            synthesised({}, synthesise, repository=tmp_path, assemblies=tmp_path / "assemblies")
    assert list((tmp_path / "assemblies").iterdir()) == []


def test_only_the_latest_templates_are_kept(tmp_path: Path) -> None:
    def synthesise(directory: Path, _context: Mapping[str, str]) -> None:
        directory.mkdir()
        (directory / "manifest.json").write_text("{}")

    (tmp_path / "app.py").write_text("")
    made = [
        synthesised({"n": str(n)}, synthesise, repository=tmp_path, assemblies=tmp_path / "assemblies")
        for n in range(9)
    ]
    assert len(list((tmp_path / "assemblies").iterdir())) < len(made)
    assert made[-1].exists()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"level": "ERROR", "message": "dead-lettered"}', True),
        ('{"level": "INFO", "message": "ticket decided"}', False),
        ("Traceback (most recent call last): ...", True),
        ("[1, 2]", False),
        ("plain words", False),
    ],
)
def test_log_lines_about_errors_are_told_from_the_others(text: str, error: bool) -> None:
    assert LogLine("door", datetime.now(UTC), text).error is error


def test_zendesk_stand_in_takes_another_port_when_its_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(laptop, "ZENDESK_PORT", taken.getsockname()[1])
        with laptop.zendesk_server(Zendesk(clock=lambda: datetime.now(UTC))) as server:
            assert server.port != taken.getsockname()[1]


def test_backlog_that_stays_is_described() -> None:
    left = Backlog(unread=3, waiting=0, in_hand=0, delayed=1)
    seen: list[Backlog] = []
    with pytest.raises(NotSettledError, match="3 unread on the stream or from Zendesk, 1 delayed"):
        wait_until_settled(lambda: left, timeout=0.2, report=seen.append)
    assert seen == [left], "told once, as it did not change"


def test_what_a_function_has_put_off_for_hours_is_not_waited_for() -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def line(seconds: int, minutes_ago: int) -> LogLine:
        text = json.dumps({"message": "retried later", "seconds": seconds, "reason": "no record"})
        return LogLine("transcript_attachment", now - timedelta(minutes=minutes_ago), text)

    lines = [line(14_400, 3), line(14_400, 241), line(900, 3), LogLine("agent_app", now, "retried later?")]
    assert put_off(lines, now) == 1
    left = Backlog(unread=0, waiting=0, in_hand=2, delayed=0).without_put_off(1)
    assert (str(left), left.nothing) == (
        "1 being handled or hidden until tried again, 1 put off for hours",
        False,
    )
    assert Backlog(unread=0, waiting=0, in_hand=1, delayed=0).without_put_off(2).nothing


def test_a_message_that_stays_hidden_longer_than_any_retry_waits_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling, "_LONGEST_RETRY", 0.3)
    hidden = Backlog(unread=0, waiting=0, in_hand=1, delayed=0)
    looks = iter([replace(hidden, in_hand=2)])
    began = time.monotonic()
    wait_until_settled(lambda: next(looks, hidden), timeout=5)
    assert time.monotonic() - began > 0.3
    with pytest.raises(NotSettledError):
        wait_until_settled(lambda: replace(hidden, delayed=1), timeout=0.5)


def test_a_message_between_two_queues_is_not_taken_for_the_end() -> None:
    quiet = Backlog(unread=0, waiting=0, in_hand=0, delayed=0)
    looks = iter([quiet, quiet, Backlog(unread=0, waiting=1, in_hand=0, delayed=0), *[quiet] * 10])
    seen: list[Backlog] = []
    wait_until_settled(lambda: next(looks), timeout=5, report=seen.append)
    assert [backlog.waiting for backlog in seen] == [0, 1, 0]
