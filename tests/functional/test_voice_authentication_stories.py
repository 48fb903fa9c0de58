"""The stories of voice authentication, in both sources: what each contact leaves in its customer's fields."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from typing import Any

import pytest

from connect_zendesk.rules.settings import app_settings
from local.demo.morning import EVENTS
from local.replay import command
from local.replay.clock import VirtualClock
from local.replay.events import Event, StreamRecord
from local.replay.in_process import InProcess
from local.replay.reading import read as read_events
from tests.voice_authentication import ID, STATUS, WRITE

FOLDER = EVENTS / "voice_authentication"
STORIES: list[dict[str, Any]] = tomllib.loads((FOLDER / "stories.toml").read_text("utf-8"))["story"]


def stack_for(story: dict[str, Any]) -> InProcess:
    """Return the functions in the story's world, with its app settings."""
    document = tomllib.loads((FOLDER / f"{story['app_settings']}.toml").read_text("utf-8"))
    settings, problems = app_settings.read(document)
    assert not problems
    return InProcess(
        zendesk_world=json.loads((FOLDER / "zendesk.json").read_text("utf-8")),
        connect_world=json.loads((FOLDER / "connect.json").read_text("utf-8")),
        app_settings=settings,
        clock=VirtualClock(next(event.at for event in events_of(story) if event.at)),
    )


def events_of(story: dict[str, Any]) -> list[Event]:
    """Return a story's events."""
    return read_events(FOLDER / f"{story['file']}.jsonl")


def seen(stack: InProcess, contact: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to see of a contact and of its customer's fields, as the story tells it."""
    users = {user["id"]: user for user in stack.zendesk.users()}
    fields = next(user["user_fields"] for user in users.values() if user["name"] == contact["user"])
    told = [
        (metadata["amazon_connect"]["rule"], users[ticket["requester_id"]]["name"])
        for ticket in stack.zendesk.tickets()
        for metadata in ticket["metadata"]
        if metadata.get("amazon_connect", {}).get("contact") == contact["id"]
    ]
    rule, requester = told[-1]
    return {
        "id": contact["id"],
        "rule": rule,
        "requester": requester,
        "user": contact["user"],
        "voice_id": fields[ID] or "",
        "status": fields[STATUS] or "",
    }


def play(stack: InProcess, story: dict[str, Any], events: Sequence[Event]) -> list[dict[str, Any]]:
    """Play events; returns what was seen once each contact's last record had come."""
    contacts = {contact["id"]: contact for contact in story["contact"]}
    found = []
    for number, event in enumerate(events):
        stack.play([event])
        record = json.loads(event.data) if isinstance(event, StreamRecord) else {}
        following = [other.data for other in events[number + 1 :] if isinstance(other, StreamRecord)]
        if (contact := contacts.get(record.get("ContactId", ""))) and event.data not in following:  # type: ignore[union-attr]
            found.append(seen(stack, contact))
    return found


def ids(story: dict[str, Any]) -> str:
    return str(story["file"])


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_V1_each_contact_leaves_in_the_fields_what_its_story_says(story: dict[str, Any]) -> None:
    stack = stack_for(story)
    assert play(stack, story, events_of(story)) == story["contact"]
    assert stack.zendesk.requests[WRITE] == story["writes"]
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_V1_a_story_whose_every_event_comes_twice_ends_alike(story: dict[str, Any]) -> None:
    stack = stack_for(story)
    twice = [event for event in events_of(story) for _ in range(2)]
    assert play(stack, story, twice) == story["contact"]
    assert stack.zendesk.requests[WRITE] == story["writes"]


@pytest.mark.parametrize("story", STORIES, ids=ids)
def test_V3_a_story_whose_records_come_last_and_in_reverse_ends_alike(story: dict[str, Any]) -> None:
    stack = stack_for(story)
    events = events_of(story)
    records = [event for event in events if isinstance(event, StreamRecord)]
    stack.play([event for event in events if not isinstance(event, StreamRecord)])
    stack.play(list(reversed(records)))
    assert seen(stack, story["contact"][-1]) == story["contact"][-1]


def test_the_flow_of_the_second_call_is_told_whom_to_verify() -> None:
    (story,) = [story for story in STORIES if story["file"] == "enrolment-voice-id"]
    stack = stack_for(story)
    stack.play(events_of(story))
    second = stack.flow_answers[2]
    assert (second[ID], second[STATUS]) == (story["contact"][0]["id"], "ENROLLED")


def test_every_file_is_in_both_sources_and_is_told_of() -> None:
    files = {path.stem for path in FOLDER.glob("*.jsonl")}
    assert files == {story["file"] for story in STORIES}
    told = {name.rpartition("-voice-id")[0] or name.rpartition("-attributes")[0] for name in files}
    assert len(files) == 2 * len(told)


def test_a_story_is_replayed_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import ArgumentParser

    parser = ArgumentParser()
    command.add_inputs(parser)
    parser.add_argument("--in-process", action="store_true")
    arguments = parser.parse_args(
        [
            str(FOLDER / "enrolment-attributes.jsonl"),
            *("--zendesk", str(FOLDER / "zendesk.json"), "--connect", str(FOLDER / "connect.json")),
            *("--app-settings", str(FOLDER / "attributes.toml"), "--json", "--in-process"),
        ]
    )
    assert command.replay(arguments) == 0
    users = json.loads(capsys.readouterr().out)["users"]
    (caller,) = [user for user in users if user["name"] == "+441632960351"]
    assert caller["user_fields"][STATUS] == "ENROLLED"
