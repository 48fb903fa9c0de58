"""What is known of a file's contact, from wherever it is known; and files for which it is not (X1, X4)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.errors import Permanent
from connect_zendesk.workflows.transcripts import file_facts
from connect_zendesk.workflows.transcripts.transcript_comments import Parts
from tests.contact_files import BUCKET, SAID, analysis, analysis_key, chat, chat_file, chat_key, recorded_call
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import call
from tests.stack import Stack, bodies

OUT = {"chat_transcript": "false"}


def on_ticket(stack: Stack) -> int:
    """How many comments of the only ticket hold what was said."""
    return len([body for body in bodies(stack.ticket()) if SAID in body])


def chat_comes(stack: Stack, contact: str = "contact-1") -> None:
    stack.put_object(BUCKET, chat_key(contact), chat_file(contact, first_leg="contact-1"))
    stack.run(until=None)


@pytest.mark.parametrize("file_first", [True, False])
def test_X4_a_file_of_a_contact_that_gets_no_ticket_is_counted_with_the_rule(file_first: bool) -> None:
    stack, record = Stack(), chat(Agent=None)
    with Logs() as logs:
        if file_first:
            chat_comes(stack)
        stack.play_records(record)
        if not file_first:
            chat_comes(stack)
    assert logs.metrics["FileWithoutTicket"] == 1
    assert [line["rule"] for line in logs.lines if "has no ticket" in line["message"]] == ["T13"]
    assert stack.zendesk.tickets() == []


@pytest.mark.parametrize("attributes", [{}, OUT])
def test_settings_of_a_leg_without_its_record_are_those_of_the_first(attributes: dict[str, str]) -> None:
    stack = Stack()
    stack.play_records(chat(Attributes=attributes))
    chat_comes(stack, "leg-2")
    assert on_ticket(stack) == (0 if attributes else 1)


@pytest.mark.parametrize("attributes", [{}, OUT])
@pytest.mark.parametrize("known", ["copy", "Amazon Connect"])
def test_settings_of_a_contact_without_a_record_are_those_of_its_copy_or_are_asked_for(
    attributes: dict[str, str], known: str
) -> None:
    stack = Stack()
    going_on = alive(attributes=attributes, Channel="CHAT")
    stack.connect.contacts.add(going_on)
    if known == "copy":
        leave_snapshot(stack, going_on)
    stack.send_contact_event(contact_event(channel="CHAT", method="API"))
    chat_comes(stack)
    assert on_ticket(stack) == (0 if attributes else 1)


def test_a_file_whose_contacts_settings_nobody_knows_waits_and_is_never_just_attached() -> None:
    stack = Stack()
    stack.play_records(call("contact-1"))  # whose record told of no files: only the ticket stays known
    stack.clock.move_by(timedelta(days=40))
    stack.put_object(BUCKET, chat_key(), chat_file())
    stack.run(until=stack.clock() + timedelta(hours=12))
    assert on_ticket(stack) == 0
    assert stack.messages.dead_letters == []
    stack.connect.contacts.add(chat())
    stack.run(until=None)
    assert on_ticket(stack) == 1


def test_what_a_record_told_of_a_leg_s_files_is_known_as_long_as_its_ticket() -> None:
    stack = Stack()
    stack.play_records(chat(Attributes=OUT), chat("contact-2"))
    stack.clock.move_by(timedelta(days=40))
    chat_comes(stack)
    stack.put_object(BUCKET, chat_key("contact-2"), chat_file("contact-2"))
    stack.run(until=None)
    said = [len([body for body in bodies(each) if SAID in body]) for each in stack.zendesk.tickets()]
    assert said == [0, 1]


def test_a_folder_that_cannot_be_listed_is_a_dead_letter() -> None:
    stack = Stack()
    stack.play_records(recorded_call(redacting=None))
    stack.files.closed.add(BUCKET)
    stack.put_object(BUCKET, analysis_key(), analysis())
    stack.run(until=None)
    assert "cannot be listed" in stack.letter()["reason"]


def test_a_file_that_turns_out_larger_than_it_was_said_to_be_is_a_dead_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = Stack()
    stack.play_records(chat())
    monkeypatch.setattr(file_facts, "LARGEST", 400)
    event: dict[str, Any] = {"bucket": {"name": BUCKET}, "object": {"key": chat_key()}}
    stack.files.put(BUCKET, chat_key(), chat_file())
    body = json.dumps({"detail-type": "Object Created", "detail": event})
    stack.messages.send(body, queue="transcripts")
    stack.run(until=None)
    assert "larger than any contact file" in stack.letter()["reason"]


def test_a_message_for_another_queue_is_a_dead_letter() -> None:
    stack = Stack()
    stack.messages.send(json.dumps({"detail-type": "Contact Record", "detail": {}}), queue="transcripts")
    stack.run(until=None)
    assert "no message for this queue" in stack.letter()["reason"]


def test_X5_parts_are_files_of_their_own_and_there_are_not_too_many(tmp_path: Path) -> None:
    parts = Parts(tmp_path, "chat-c1")
    for text in ("one", "two", "three"):
        parts.write(text)
        parts.write("!")
        parts.next_part()
    parts.close()
    assert [(path.read_text("utf-8"), name) for path, name in parts.files] == [
        ("one!", "chat-c1.html"),
        ("two!", "chat-c1-2.html"),
        ("three!", "chat-c1-3.html"),
        ("", "chat-c1-4.html"),
    ]
    with pytest.raises(Permanent, match="longer than any"):
        parts.next_part()
