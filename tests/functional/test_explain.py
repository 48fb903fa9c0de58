"""`explain` of what happens while a contact lives: each kind of event, and a later leg with its first one."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import main
from local.demo.morning import EVENTS

WORLDS = [
    *("--zendesk", str(EVENTS / "worlds" / "zendesk.json")),
    *("--connect", str(EVENTS / "worlds" / "connect.json")),
    *("--app-settings", str(EVENTS / "app_settings.toml")),
]


def explained(capsys: pytest.CaptureFixture[str], *files: Path) -> list[dict[str, Any]]:
    """Return the explanations of some files' events."""
    assert main(["explain", "--json", *map(str, files), *WORLDS]) == 0
    content: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return content


def story(name: str) -> Path:
    return EVENTS / "stories" / f"{name}.jsonl"


def test_each_event_of_a_transferred_call_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, story("transferred-call"))
    assert [(each["event"], each["decision"]["rule"]) for each in told] == [
        ("contact flow, inbound-call", "T4"),
        ("ringing", "T4"),
        ("CONNECTED_TO_AGENT", "T4"),
        ("contact flow, agent-transfer", "T12"),
        ("ringing", "T12"),
        ("CONNECTED_TO_AGENT", "T12"),
        *[("DISCONNECTED", "T14"), ("COMPLETED", "T14")] * 2,
        ("contact record", "T12"),
        ("contact record", "T4"),
    ]


def test_P1_P2_what_pops_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, story("transferred-call"))
    assert [each["pop"] for each in told if "pop" in each] == [
        {"kind": "user", "id": 101},
        {"kind": "ticket", "id": None},
        {"kind": "ticket", "id": None},
        {"kind": "ticket", "id": None},
    ]
    (manual,) = [each for each in explained(capsys, story("somebody-elses-ticket")) if "pop" in each]
    assert (manual["decision"]["rule"], manual["pop"]) == ("T2", {"kind": "ticket", "id": 4002})


def test_T12_a_later_leg_is_explained_together_with_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    child, first = explained(capsys, story("child-first"))
    assert child["decision"]["rule"] == "T12"
    assert child["first_leg"] == first["decision"]
    assert first["decision"]["rule"] == "T4"


def test_T11_monitoring_decides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, story("monitored-call"))
    assert {each["decision"]["rule"] for each in told if each["leg"] and each["leg"].endswith("302")} == {
        "T11"
    }


def test_A1_an_attachment_says_how_its_contact_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys, story("chats-by-hand"))
    asked = [each["decision"] for each in told if each["event"] == "attachment"]
    assert [(decision["rule"], decision["ticket"]) for decision in asked] == [("A1", 4001), ("A1", 4004)]


def test_a_contact_that_nobody_knows_is_explained_as_far_as_it_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (told,) = explained(capsys, EVENTS / "contact_events" / "accepted.json")
    assert told["decision"]["action"] == "none"
    assert "--connect" in told["decision"]["reasons"][0]["text"]


def test_a_table_is_printed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(story("transferred-call")), *WORLDS]) == 0
    printed = capsys.readouterr().out
    assert "pop       user 101" in printed
    assert "first leg create  (T4)" in printed


def test_M5_how_a_call_is_put_on_its_ticket_is_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (told,) = [each for each in explained(capsys, story("calls-api")) if each["event"] == "contact record"]
    assert (told["call"]["rule"], told["call"]["says"]["call_duration"]) == ("M2", 100)
    settings = tmp_path / "settings.toml"
    settings.write_text("zendesk_app_id = 735264")
    arguments = [str(story("calls-api")), *WORLDS, "--app-settings", str(settings)]
    assert main(["explain", "--json", *arguments]) == 0
    *_, told = json.loads(capsys.readouterr().out)
    says = told["call"]["says"]
    assert (told["call"]["rule"], says["title"], says["wait_time"]) == ("M5", "Incoming call", 45)
    assert main(["explain", *arguments]) == 0
    shown = capsys.readouterr().out
    assert "call      M5: put on the ticket through the Calls API (title Incoming call, queue_name" in shown


def test_M5_a_leg_that_left_the_queue_and_a_contact_without_a_ticket_have_no_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = [each for each in explained(capsys, story("abandoned-second-queue")) if "call" in each]
    assert [bool(each["call"]) for each in records] == [True, False]
    (told,) = explained(capsys, EVENTS / "contact_records" / "abandoned.json")
    assert "call" not in told
