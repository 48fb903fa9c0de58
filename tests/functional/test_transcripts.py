"""Transcripts and analyses on the ticket: in any order, each once, and what stays off it (X1, X2, X4)."""

from __future__ import annotations

import json
import shutil
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from connect_zendesk.rules import wording
from connect_zendesk.storage import Stored
from connect_zendesk.zendesk import uploads
from connect_zendesk.zendesk.client import Zendesk
from local.replay.in_process import InProcess
from local.replay.lambda_events import object_created
from local.replay.memory_files import MemoryFiles
from local.stand_ins.zendesk import Request, Response
from tests.attachments import LETTER, OTHER, joins
from tests.contact_files import (
    BUCKET,
    SAID,
    analysis,
    analysis_key,
    chat,
    chat_file,
    chat_key,
    recorded_call,
)
from tests.live import alive, contact_event
from tests.logs import Logs
from tests.records import ADA, BOBS_NAME, NINE, call, later
from tests.stack import Stack, bodies

TICKET, UPDATE = "GET /api/v2/tickets/{id}", "PUT /api/v2/tickets/{id}"
UPLOAD = "POST /api/v2/uploads"
SUMMARY = "A parcel is late."


def written(stack: Stack, text: str, ticket: int | None = None) -> list[str]:
    """The private comments of a ticket that hold a text."""
    return [body for body in bodies(stack.ticket(ticket)) if text in body]


def chat_comes(stack: InProcess, contact: str = "contact-1", **about: Any) -> None:
    stack.put_object(BUCKET, chat_key(contact), chat_file(contact, **about))


def analysis_comes(stack: InProcess, kind: str = "Voice", *, redacted: bool = False, **about: Any) -> None:
    key = analysis_key(kind=kind, redacted=redacted)
    stack.put_object(BUCKET, key, analysis(kind=kind, redacted=redacted, **about))


# Which comes first


def test_X1_a_chat_on_its_ticket_gets_its_transcript_with_one_look_and_one_update() -> None:
    stack = Stack()
    stack.play_records(chat())
    stack.requests_made()
    chat_comes(stack)
    stack.run(until=stack.clock())
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}
    assert len(written(stack, SAID)) == 1


def test_X4_a_file_that_comes_before_its_ticket_is_attached_when_there_is_one() -> None:
    stack = Stack()
    analysis_comes(stack)
    stack.connect.contacts.add(recorded_call())  # nobody here knows of it yet
    stack.run(until=stack.clock())
    assert stack.zendesk.tickets() == []
    stack.play_records(recorded_call())
    assert len(written(stack, SUMMARY)) == 1
    assert len(written(stack, SAID)) == 1


@pytest.mark.parametrize("first", ["file", "record"])
def test_X4_whatever_is_delivered_again_there_is_one_comment_for_a_file(first: str) -> None:
    stack = Stack()

    def file_comes() -> None:
        for _ in range(3):
            chat_comes(stack)
            stack.run(until=stack.clock())

    def record_comes() -> None:
        for _ in range(2):
            stack.deliver_records(chat())

    for happens in (file_comes, record_comes) if first == "file" else (record_comes, file_comes):
        happens()
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1


def test_X4_a_file_that_is_on_its_ticket_is_not_fetched_again() -> None:
    stack = Stack()
    stack.play_records(chat())
    chat_comes(stack)
    stack.run(until=None)
    stack.requests_made()
    chat_comes(stack)
    stack.run(until=None)
    assert stack.files.fetched == 1
    assert stack.requests_made() == {}


def test_X4_a_file_of_a_contact_without_a_ticket_stays_known_and_is_attached_with_the_contact() -> None:
    stack = Stack(tickets=[LETTER])
    record = chat(Attributes={"ticket_assignment": "agent", "force_ticket_creation": "no"})
    stack.play_records(record)
    chat_comes(stack)
    stack.run(until=None)
    assert written(stack, SAID, 4001) == []
    attach_by_hand(stack, 4001)
    assert len(written(stack, SAID, 4001)) == 1


def test_A1_files_of_a_contact_that_is_moved_are_on_its_new_ticket_too() -> None:
    stack = Stack(tickets=[OTHER])
    stack.play_records(chat())
    chat_comes(stack)
    stack.run(until=None)
    first = heads.head(stack.services.ledger, "contact-1")
    assert first is not None
    assert first.ticket is not None
    attach_by_hand(stack, 4002)
    assert len(written(stack, SAID, first.ticket)) == len(written(stack, SAID, 4002)) == 1


def attach_by_hand(stack: Stack, ticket: int) -> None:
    """Have an agent who is on the contact until now attach it."""
    joins(stack, copied=False)
    at = NINE + timedelta(minutes=2)
    stack.request_attachment({"id": "command-1", "agent": ADA, "at": at.isoformat(), "ticket": ticket})
    stack.run(until=None)


# Transfers


def test_T12_the_file_of_a_later_leg_goes_to_the_contacts_ticket() -> None:
    stack = Stack()
    stack.play_records(chat(), chat("leg-2", InitialContactId="contact-1", InitiationMethod="TRANSFER"))
    stack.put_object(BUCKET, analysis_key("leg-2", "Chat"), analysis("leg-2", "Chat"))
    stack.run(until=None)
    assert len(written(stack, SUMMARY)) == 1


def test_T12_a_later_leg_that_nobody_told_of_is_asked_for() -> None:
    stack = Stack()
    stack.play_records(recorded_call())
    later_leg = recorded_call("leg-2", first_leg="contact-1", agent=BOBS_NAME)
    stack.connect.contacts.add(later_leg)
    stack.put_object(BUCKET, analysis_key("leg-2"), analysis("leg-2"))
    stack.run(until=stack.clock() + timedelta(hours=5))
    assert len(written(stack, SUMMARY)) == 1


def test_a_file_whose_contact_nobody_knows_is_given_up_after_some_hours_and_can_be_sent_again() -> None:
    stack = Stack()
    analysis_comes(stack)
    stack.run(until=None)
    letter = stack.letter()
    assert letter["source"] == "transcript_attachment"
    assert "the contact that it belongs to is unknown" in letter["reason"]
    assert json.loads(letter["data"])["detail"]["object"]["key"] == analysis_key()
    stack.play_records(recorded_call())
    stack.messages.send(letter["data"], queue="transcripts")
    stack.run(until=None)
    assert len(written(stack, SUMMARY)) == 1


# What stays off the ticket


def test_X1_chat_transcript_false_leaves_the_transcript_out_and_the_words_of_the_analysis() -> None:
    stack = Stack()
    stack.play_records(chat(redacting="None", Attributes={"chat_transcript": "false"}))
    chat_comes(stack)
    analysis_comes(stack, "Chat")
    stack.run(until=None)
    assert written(stack, SAID) == []
    (comment,) = written(stack, SUMMARY)
    assert wording.WORDS_LEFT_OUT in comment


def test_M3_nothing_of_a_call_whose_recording_was_opted_out_of() -> None:
    stack = Stack()
    stack.play_records(recorded_call(attributes={"call_recording_consent": "optout"}))
    analysis_comes(stack)
    stack.run(until=None)
    assert written(stack, SUMMARY) == []
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("redacted", [True, False])
def test_M3_nothing_of_a_later_leg_that_opted_out_where_its_file_comes_before_its_record(
    redacted: bool,
) -> None:
    stack = Stack()
    stack.deliver_records(recorded_call())
    leg = recorded_call(
        "leg-2", first_leg="contact-1", agent=BOBS_NAME, redacting="RedactedOnly" if redacted else "None",
        attributes={"call_recording_consent": "optout"},
    )  # fmt: skip
    stack.connect.contacts.add(leg)
    stack.put_object(BUCKET, analysis_key("leg-2", redacted=redacted), analysis("leg-2", redacted=redacted))
    stack.run(until=stack.clock() + timedelta(minutes=30))
    stack.deliver_records(leg)
    stack.run(until=None)
    assert written(stack, SUMMARY) == []


def test_X1_each_leg_of_a_transferred_chat_has_its_own_settings() -> None:
    stack = Stack()
    second = chat(
        "leg-2", InitialContactId="contact-1", InitiationMethod="TRANSFER",
        Attributes={"chat_transcript": "false"},
    )  # fmt: skip
    stack.deliver_records(chat())
    for leg in ("contact-1", "leg-2"):
        chat_comes(stack, leg, first_leg="contact-1", said=[f"Said in {leg}."])
    stack.put_object(BUCKET, analysis_key("leg-2", "Chat", redacted=True), analysis("leg-2", "Chat"))
    stack.run(until=stack.clock() + timedelta(minutes=5))
    stack.deliver_records(second)
    stack.run(until=None)
    assert len(written(stack, "Said in contact-1.")) == 1
    assert written(stack, "Said in leg-2.") == []
    (comment,) = written(stack, SUMMARY)
    assert wording.WORDS_LEFT_OUT in comment


@pytest.mark.parametrize(
    ("categories", "attached"),
    [
        (["billing"], True),
        (["No-Support-Ticket"], False),
        (["no-support-ticket", "support-ticket"], True),
        (["support-ticket"], True),
    ],
)
def test_X2_categories_leave_out_and_put_back_in(categories: list[str], attached: bool) -> None:
    stack = Stack()
    stack.play_records(recorded_call())
    analysis_comes(stack, categories=categories)
    stack.run(until=None)
    assert bool(written(stack, SUMMARY)) is attached


def test_recordings_and_other_files_start_nothing() -> None:
    stack = Stack()
    stack.play_records(recorded_call())
    stack.requests_made()
    for key in (
        "connect/acme/CallRecordings/2026/11/02/contact-1_20261102T09:00_UTC.wav",
        "Analysis/Voice/Redacted/2026/11/02/contact-1_call_recording_redacted_2026-11-02T09:00:30Z.wav",
        "Analysis/Email/2026/11/02/contact-1_analysis_2026-11-02T09:00:30Z.json",
    ):
        stack.put_object(BUCKET, key, b"{}")
    stack.run(until=None)
    assert stack.requests_made() == {}
    assert stack.messages.dead_letters == []


# A chat's transcript and its analysis both hold the words


@pytest.mark.parametrize("order", [("chat", "analysis"), ("analysis", "chat")])
def test_X2_a_chats_words_are_told_once_whichever_file_comes_first(order: tuple[str, str]) -> None:
    stack = Stack()
    stack.play_records(chat(redacting="None"))
    come: dict[str, Callable[[], None]] = {
        "chat": lambda: chat_comes(stack),
        "analysis": lambda: analysis_comes(stack, "Chat"),
    }
    for name in order:
        come[name]()
        stack.run(until=stack.clock())
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1
    (comment,) = written(stack, SUMMARY)
    assert (wording.WORDS_IN_THE_TRANSCRIPT in comment) is (order[0] == "chat")


@pytest.mark.parametrize("transcript", [[], None])
def test_X2_an_analysis_that_failed_does_not_keep_the_transcript_off(transcript: list[Any] | None) -> None:
    stack = Stack()
    stack.play_records(chat(redacting="None"))
    failed = {**json.loads(analysis(kind="Chat")), "JobStatus": "FAILED", "Transcript": transcript}
    stack.put_object(BUCKET, analysis_key(kind="Chat"), json.dumps(failed).encode())
    stack.run(until=stack.clock())
    chat_comes(stack)
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1
    (comment,) = written(stack, "did not finish")
    assert wording.NOTHING_SAID not in comment


# Redaction


def test_X2_a_redacted_analysis_of_the_part_with_the_bot_leaves_that_with_the_agent_alone() -> None:
    stack = Stack()
    stack.play_records(recorded_call())
    with_bot = analysis_key(redacted=True).replace("Voice/", "Voice/ivr/")
    stack.put_object(BUCKET, with_bot, analysis(redacted=True, said="I am [PII]."))
    stack.run(until=stack.clock())
    analysis_comes(stack)
    stack.run(until=None)
    assert len(written(stack, SAID)) == len(written(stack, "I am [PII].")) == 1


@pytest.mark.parametrize("kind", ["Voice", "Chat"])
@pytest.mark.parametrize("raw_first", [True, False])
@pytest.mark.parametrize("policy", ["RedactedAndOriginal", None])
def test_X2_the_redacted_file_wins_in_either_order(kind: str, raw_first: bool, policy: str | None) -> None:
    stack = Stack()
    record = recorded_call(redacting=policy) if kind == "Voice" else chat(redacting=policy)
    ticket_first = policy is not None
    if ticket_first:
        stack.play_records(record)
    else:  # the record does not tell, and the two files come before the ticket
        stack.play_records({**record, "Recordings": None})
    for redacted in (False, True) if raw_first else (True, False):
        said = "I am [PII]." if redacted else "I am Ana."
        analysis_comes(stack, kind, redacted=redacted, said=said)
        stack.run(until=stack.clock() + timedelta(seconds=20))
    stack.run(until=None)
    assert len(written(stack, "I am [PII].")) == 1
    assert written(stack, "I am Ana.") == []


def test_X2_a_redacted_file_that_came_is_known_without_a_look_into_the_bucket() -> None:
    stack = Stack()
    stack.play_records(recorded_call(redacting=None))
    analysis_comes(stack, redacted=True)
    stack.run(until=stack.clock())
    analysis_comes(stack, said="I am Ana.")
    stack.run(until=None)
    assert written(stack, "I am Ana.") == []
    assert stack.files.listed == 0


def test_X2_a_raw_analysis_is_attached_after_some_minutes_where_no_redacted_one_comes() -> None:
    stack = Stack()
    stack.play_records(recorded_call(redacting=None))
    analysis_comes(stack)
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert written(stack, SUMMARY) == []
    stack.run(until=None)
    assert len(written(stack, SUMMARY)) == 1


def test_X2_a_redacted_file_that_never_announced_itself_keeps_the_raw_one_off_too() -> None:
    stack = Stack()
    stack.play_records(recorded_call(redacting=None))
    stack.put_object(BUCKET, analysis_key(redacted=True), analysis(redacted=True), announced=False)
    analysis_comes(stack, said="I am Ana.")
    stack.run(until=None)
    assert written(stack, "I am Ana.") == []


@pytest.mark.parametrize("chat_first", [True, False])
def test_X1_a_raw_transcript_does_not_undo_the_redaction_of_the_chats_analysis(chat_first: bool) -> None:
    stack = Stack()
    record = chat(redacting="RedactedOnly")

    def raw() -> None:
        chat_comes(stack, said=["I am Ana."])

    def redacted() -> None:
        analysis_comes(stack, "Chat", redacted=True, said="I am [PII].")

    stack.play_records(record)
    for comes in (raw, redacted) if chat_first else (redacted, raw):
        comes()
        stack.run(until=stack.clock())
    stack.run(until=None)
    assert written(stack, "I am Ana.") == []
    assert len(written(stack, "I am [PII].")) == 1


def test_X1_a_transcript_waits_some_minutes_for_the_record_that_tells_of_redaction() -> None:
    stack = Stack()
    settled_alive(stack, chat())
    chat_comes(stack)
    stack.run(until=stack.clock() + timedelta(minutes=1))
    assert written(stack, SAID) == []
    stack.deliver_records(chat())
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert len(written(stack, SAID)) == 1


def test_X2_a_raw_transcript_waits_for_its_record_however_long_after_contact_work_takes() -> None:
    stack = Stack()
    settled_alive(stack, chat())
    chat_comes(stack, said=["I am Ana."])
    stack.run(until=NINE + timedelta(hours=2))
    stack.deliver_records(later(chat(redacting="RedactedOnly"), 120))
    analysis_comes(stack, "Chat", redacted=True, said="I am [PII].")
    stack.run(until=None)
    assert written(stack, "I am Ana.") == []
    assert len(written(stack, "I am [PII].")) == 1


def test_X1_a_transcript_whose_record_never_comes_is_attached_after_some_hours() -> None:
    stack = Stack()
    settled_alive(stack, chat())
    chat_comes(stack)
    stack.run(until=stack.clock() + timedelta(hours=3))
    assert written(stack, SAID) == []
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1


def test_X1_what_a_chat_was_before_it_was_redacted_on_its_way_stays_off() -> None:
    stack = Stack()
    raw = chat_key(name="20261102T09:01_UTC")
    stack.play_records(chat(unprocessed=raw))
    stack.put_object(BUCKET, raw, chat_file(said=["I am Ana."]))
    chat_comes(stack, said=["I am [PII]."])
    stack.run(until=None)
    assert written(stack, "I am Ana.") == []
    assert len(written(stack, "I am [PII].")) == 1


def settled_alive(stack: Stack, record: dict[str, Any]) -> None:
    """Have a contact's ticket made while it goes on."""
    stack.connect.contacts.add(alive(Channel=record["Channel"]))
    stack.send_contact_event(contact_event(channel="CHAT", method="API"))
    assert len(stack.zendesk.tickets()) == 1


# Closed tickets, and what is wrong with files


def test_X4_a_transcript_that_finds_its_ticket_closed_goes_to_a_follow_up() -> None:
    stack = Stack()
    stack.play_records(chat())
    ticket = stack.ticket()["id"]
    for status in ("solved", "closed"):
        stack.zendesk.act(ADA, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"status": status}})
    chat_comes(stack)
    stack.run(until=None)
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert head.ticket not in (None, ticket)
    assert len(written(stack, SAID, head.ticket)) == 1
    assert written(stack, SAID, ticket) == []


def test_X2_an_analysis_on_a_follow_up_has_the_words_that_the_transcript_left_on_the_closed_ticket() -> None:
    stack = Stack()
    stack.play_records(chat(redacting="None"))
    chat_comes(stack)
    stack.run(until=None)
    ticket = stack.ticket()["id"]
    for status in ("solved", "closed"):
        stack.zendesk.act(ADA, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"status": status}})
    analysis_comes(stack, "Chat")
    stack.run(until=None)
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert head.ticket not in (None, ticket)
    (comment,) = written(stack, SUMMARY, head.ticket)
    assert SAID in comment
    assert wording.WORDS_IN_THE_TRANSCRIPT not in comment


def test_a_file_whose_version_has_expired_is_read_as_it_is_now() -> None:
    stack = Stack()
    stack.play_records(chat())
    stack.put_object(BUCKET, chat_key(), chat_file(), announced=False)
    stored = Stored(chat_key(), len(chat_file()), "v9")
    stack.messages.send(json.dumps(object_created(BUCKET, stored)), queue="transcripts")
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (chat_file()[:-40], "truncated"),
        (b"\x00\x01", "JSON"),
        (b"[]", "JSON"),
        (chat_file(inside="another"), "another contact"),
        (chat_file(instance="another"), "instance"),
    ],
)
def test_a_file_that_is_wrong_is_a_dead_letter_and_holds_up_no_other(body: bytes, reason: str) -> None:
    stack = Stack()
    stack.play_records(chat(), later(chat("contact-2"), 1))
    stack.put_object(BUCKET, chat_key(), body)
    chat_comes(stack, "contact-2")
    stack.run(until=None)
    assert reason in stack.letter()["reason"]
    assert SAID not in stack.letter()["reason"]
    second = heads.head(stack.services.ledger, "contact-2")
    assert second is not None
    assert len(written(stack, SAID, second.ticket)) == 1


def test_a_file_that_is_mended_and_sent_again_is_attached() -> None:
    stack = Stack()
    stack.play_records(chat())
    stack.files.closed.add(BUCKET)
    chat_comes(stack)
    stack.run(until=None)
    letter = stack.letter()
    assert "AccessDenied" in letter["reason"]
    stack.files.closed.clear()
    stack.messages.send(letter["data"], queue="transcripts")
    stack.run(until=None)
    assert len(written(stack, SAID)) == 1


def test_a_file_that_is_gone_or_too_large_is_a_dead_letter() -> None:
    stack = Stack()
    stack.play_records(chat(), later(chat("contact-2"), 1))
    gone = object_created(BUCKET, stack.files.put(BUCKET, chat_key(), chat_file()))
    stack.files.delete(BUCKET, chat_key())
    large = object_created(BUCKET, stack.files.put(BUCKET, chat_key("contact-2"), b"{}"))
    large["detail"]["object"]["size"] = 5_000_000_000
    for event in (gone, large):
        stack.messages.send(json.dumps(event), queue="transcripts")
    stack.run(until=None)
    reasons = sorted(letter["reason"] for letter in stack.messages.dead_letters)
    assert [reason.partition(": ")[2][:12] for reason in reasons] == ["larger than ", "the file is "]


@pytest.mark.parametrize("detail", [{}, {"bucket": "b", "object": {"key": "k"}}, {"object": 1}])
def test_an_event_that_cannot_be_understood_is_a_dead_letter(detail: dict[str, Any]) -> None:
    stack = Stack()
    body = {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}
    stack.messages.send(json.dumps(body), queue="transcripts")
    stack.run(until=None)
    assert "an event without" in stack.letter()["reason"]


@pytest.mark.parametrize("body", [chat_file(said=["my secret ailment"]), b'{"secret ailment'])
def test_no_words_and_no_keys_are_logged_whatever_becomes_of_a_file(body: bytes) -> None:
    stack = Stack()
    with Logs() as logs:
        stack.play_records(chat(redacting="None"))
        stack.put_object(BUCKET, chat_key(), body)
        analysis_comes(stack, "Chat", categories=["no-support-ticket"], said="my secret ailment")
        stack.run(until=None)
    text = "".join(logs.text) + "".join(letter["reason"] for letter in stack.messages.dead_letters)
    for private in ("ailment", "parcel", "ChatTranscripts", "Analysis/"):
        assert private not in text
    assert logs.metrics["FileAttached"] + logs.metrics["DeadLetter"] == 1
    assert logs.metrics["FileSkipped"] == 1


# Long ones


def test_X5_a_long_transcript_goes_in_as_a_file_with_one_upload() -> None:
    stack = Stack()
    stack.play_records(chat())
    stack.requests_made()
    chat_comes(stack, said=[f"{SAID} {number} " + "x" * 200 for number in range(1000)])
    stack.run(until=None)
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1, UPLOAD: 1}
    (comment,) = [one for one in stack.ticket()["comments"] if SAID in (one.get("body") or "")]
    (attached,) = comment["attachments"]
    assert attached["name"] == "chat-contact-1.html"
    assert wording.CUT.partition("{")[0] in comment["body"]
    whole = content_of(stack, attached["url"])
    assert whole.count(SAID) == 1000
    assert len(comment["html_body"].encode()) <= 65_535


@pytest.mark.parametrize("status", [403, 413])
def test_X8_where_the_file_is_refused_the_comment_is_written_and_says_so(logs: Logs, status: int) -> None:
    stack = Stack()
    stack.play_records(chat())
    refused = Response(status, {}, b'{"error": "AttachmentUnprocessable"}')
    stack.zendesk.faults.before = lambda asked: refused if asked.path == "/api/v2/uploads" else None
    chat_comes(stack, said=[f"{SAID} {number} " + "x" * 200 for number in range(1000)])
    stack.run(until=None)
    (comment,) = [one for one in stack.ticket()["comments"] if SAID in (one.get("body") or "")]
    assert "attachments" not in comment
    assert comment["body"].endswith(wording.FILE_REFUSED)
    assert comment["body"].count(SAID) > 100
    assert stack.messages.dead_letters == []
    assert logs.metrics["OptionalPartRefused"] == 1


def test_X8_where_the_comment_is_refused_for_its_file_it_is_written_without_it(logs: Logs) -> None:
    stack = Stack()
    stack.play_records(chat())

    def refuse_files(asked: Request) -> Response | None:
        if asked.method == "PUT" and b"uploads" in asked.body:
            return Response(422, {}, b'{"error": "AttachmentUnprocessable", "description": "Non"}')
        return None

    stack.zendesk.faults.before = refuse_files
    chat_comes(stack, said=[f"{SAID} {number} " + "x" * 200 for number in range(1000)])
    stack.run(until=None)
    (comment,) = [one for one in stack.ticket()["comments"] if SAID in (one.get("body") or "")]
    assert comment["body"].endswith(wording.FILE_REFUSED)
    assert stack.messages.dead_letters == []
    assert logs.metrics["OptionalPartRefused"] == 1


def content_of(stack: Stack, url: str) -> str:
    """What an attachment's address gives, as text."""
    path = url.partition(".com")[2].partition("?")[0]
    return stack.zendesk.handle(Request("GET", path, {}, {})).body.decode()


def test_X6_a_leg_with_a_third_party_on_it_is_marked() -> None:
    stack = Stack()
    external = call(
        "leg-2", first_leg="contact-1", agent=None, began=NINE + timedelta(minutes=1),
        updated=timedelta(minutes=2), InitiationMethod="EXTERNAL_OUTBOUND",
    )  # fmt: skip
    stack.play_records(external, recorded_call())
    analysis_comes(stack)
    stack.run(until=None)
    alone = Stack()
    alone.play_records(recorded_call())
    analysis_comes(alone)
    alone.run(until=None)
    (marked,), (not_marked,) = written(stack, SUMMARY), written(alone, SUMMARY)
    assert marked != not_marked
    assert wording.DEGRADED in marked
    assert wording.DEGRADED not in not_marked


class OnDisk(MemoryFiles):
    """One file, which is on disk: memory has none of it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def fetch(self, bucket: str, key: str, to: Path, version: str | None = None) -> Stored | None:
        shutil.copyfile(self._path, to)
        return Stored(key, to.stat().st_size)


def peak_of_attaching(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many bytes of memory are in use at most while a file is brought to its ticket, by its handler."""
    stack = Stack()
    stack.play_records(chat())
    stack.services = replace(stack.services, files=OnDisk(path))
    nearly_nothing, upload = path.with_suffix(".html"), uploads.upload
    nearly_nothing.write_text("x")

    def upload_little(zendesk: Zendesk, _: object, kind: str) -> str:
        return upload(zendesk, [(nearly_nothing, "x.html")], kind)

    monkeypatch.setattr(uploads, "upload", upload_little)  # the stand-in keeps files in memory
    chat_comes(stack)
    tracemalloc.start()
    stack.run(until=stack.clock())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    monkeypatch.undo()
    assert len(written(stack, SAID)) == 1
    return peak


@pytest.mark.long
def test_X5_memory_stays_flat_while_a_transcript_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    for path, messages in ((small, 500), (large, 5000)):
        path.write_bytes(chat_file(said=[f"{SAID} " + "x" * 400] * messages))
    more = large.stat().st_size - small.stat().st_size
    peaks = [peak_of_attaching(path, monkeypatch) for path in (small, small, large)]  # the first one imports
    assert peaks[2] - peaks[1] < more / 10
