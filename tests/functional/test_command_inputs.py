"""What explain and replay say of files that are not what they should be, and how wide they print."""

import json
from pathlib import Path

import pytest

from local.__main__ import main
from local.demo.morning import EVENTS

RECORD = EVENTS / "contact_records" / "known-caller.json"
WORLD = ["--zendesk", str(EVENTS / "worlds" / "zendesk.json")]
EXPLAIN, REPLAY = ["explain", "--json"], ["replay", "--in-process", "--json"]


@pytest.fixture(autouse=True)
def _logs_stay_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logging.disable", lambda: None)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "bad.json",
            '{\n  "ContactId": "a" "b"\n}',
            "bad.json:2: not JSON: Expecting ',' delimiter (column 20)",
        ),
        ("notes.md", "# Notes", "notes.md:1: not JSON: Expecting value (column 1)"),
        ("text.json", '"text"', "text.json:1: not an event: an event is a JSON object"),
        ("world.json", '{"users": []}', "no contact record: no ContactId, or one that cannot be an id"),
        ("lines.jsonl", '{"ContactId": "a"}\n\n{"b"\n', "lines.jsonl:3: not JSON: Expecting ':' delimiter"),
        (
            "lines.jsonl",
            '\n[1, 2\n{"x": 1}\n',
            "lines.jsonl:3: no event that is known, and no contact record",
        ),
        ("latin.json", "\udcff", "latin.json:1: not UTF-8: invalid start byte (byte 1)"),
    ],
)
@pytest.mark.parametrize("command", [EXPLAIN, REPLAY])
def test_what_cannot_be_read_is_named_by_file_line_and_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode(errors="surrogateescape"))
    code = main([*command, str(path), *WORLD])
    answer = capsys.readouterr()
    assert f"{tmp_path}/" in answer.err
    assert said in answer.err
    assert code == (1 if command is EXPLAIN else 0)  # the stream delivers such things too, so they are played


def test_an_event_that_cannot_be_explained_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call = {"zendesk_event_version": "2022-11-06", "type": "zen:event-type:user.created"}
    path = written(tmp_path, "webhook.json", json.dumps(call))
    assert main([*EXPLAIN, str(path)]) == 1
    said = f"{path}:1: not an event of a ticket; nothing is decided\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("name", ["two.json", "pretty.jsonl"])
def test_objects_laid_out_over_several_lines_are_events_one_after_another(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    path = written(tmp_path, name, RECORD.read_text() * 2)
    assert main([*EXPLAIN, str(path), *WORLD]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_the_second_of_two_objects_is_named_by_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = RECORD.read_text().rstrip("\n")
    path = written(tmp_path, "two.json", f"{first}\n{{\n}}\n")
    assert main([*EXPLAIN, str(path), *WORLD]) == 1
    assert f"{path}:{first.count(chr(10)) + 2}: no event that is known" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["empty.json", "empty.jsonl"])
@pytest.mark.parametrize("command", [EXPLAIN, REPLAY])
def test_an_empty_file_is_said_to_be_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], name: str
) -> None:
    path = written(tmp_path, name, "\n")
    assert main([*command, str(path), *WORLD]) == 1
    assert capsys.readouterr().err == f"{path}: no event in it\n"


def test_at_80_columns_nothing_is_cut_broken_or_padded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    record = json.loads(RECORD.read_text())
    raw = "x" * 70 + " y"
    record["Attributes"] = {"recent_ticket_timeout": "30", "customer_name": raw}
    path = written(tmp_path, "record.json", json.dumps(record))
    address = "https://a-rather-long-name.my.connect.aws"
    settings = written(tmp_path, "app.json", json.dumps({"connect_instance_url": address}))
    assert main(["explain", str(path), *WORLD]) == 0
    explained = capsys.readouterr().out
    assert main(["replay", "--in-process", str(path), *WORLD, "--app-settings", str(settings)]) == 0
    replayed = capsys.readouterr().out
    assert "  recent_ticket_timeout  " in explained
    assert raw in explained
    link = f"{address}/contact-trace-records/details/{record['ContactId']}"
    assert link in replayed
    assert [line for line in (explained + replayed).split("\n") if line != line.rstrip()] == []
