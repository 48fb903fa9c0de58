"""Files that never announced themselves are found once their leg has ended (X7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.detail_types import CONTACT_FILES_EXPECTED
from connect_zendesk.workflows.transcripts.expected_files import Expectation
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
from tests.logs import Logs
from tests.records import NINE, call, later
from tests.stack import Stack, bodies

#: Of a call of four minutes, whose record was sent a minute later.
DUE = NINE + timedelta(minutes=5) + timedelta(minutes=10)


def expected(stack: Stack) -> list[Expectation]:
    """What was published."""
    published = stack.messages.published
    return [Expectation.of(detail) for kind, detail in published if kind == CONTACT_FILES_EXPECTED]


def attached(stack: Stack, text: str) -> int:
    return len([body for body in bodies(stack.ticket()) if text in body])


def test_X7_a_transcript_that_never_announced_itself_is_found_and_attached() -> None:
    stack = Stack()
    stack.put_object(BUCKET, chat_key(), chat_file(), announced=False)
    stack.play_records(chat())
    assert attached(stack, SAID) == 1


@pytest.mark.parametrize("policy", ["None", "RedactedOnly", "RedactedAndOriginal"])
def test_X7_an_analysis_is_found_by_how_its_key_begins(policy: str) -> None:
    stack = Stack()
    redacted = policy != "None"
    stack.put_object(BUCKET, analysis_key(redacted=redacted), analysis(redacted=redacted), announced=False)
    stack.play_records(recorded_call(redacting=policy))
    assert attached(stack, "A parcel is late.") == 1


def test_X7_nothing_is_looked_for_before_it_should_be_there() -> None:
    stack = Stack()
    stack.deliver_records(recorded_call())
    (told,) = expected(stack)
    assert told.due == DUE
    stack.run(until=DUE - timedelta(seconds=1))
    assert stack.files.listed == 0
    stack.run(until=None)
    assert stack.files.listed == 1


def test_X7_a_long_call_is_given_40_per_cent_of_its_length() -> None:
    stack = Stack()
    record = recorded_call()
    stack.deliver_records({**record, "DisconnectTimestamp": "2026-11-02T10:00:00Z"})
    (told,) = expected(stack)
    assert told.due == NINE + timedelta(minutes=60) + timedelta(minutes=24)


def test_X7_a_long_chat_is_given_no_longer_than_a_short_one() -> None:
    stack = Stack()
    lasted = {"DisconnectTimestamp": "2026-11-06T09:00:00Z", "LastUpdateTimestamp": "2026-11-06T09:01:00Z"}
    stack.deliver_records({**chat(), **lasted})
    (told,) = expected(stack)
    assert told.due == NINE + timedelta(days=4, minutes=11)


def test_X7_the_time_counts_from_the_end_of_after_contact_work() -> None:
    stack = Stack()
    stack.clock.move_by(timedelta(hours=1))
    stack.deliver_records(later(recorded_call(), 55))
    (told,) = expected(stack)
    assert told.due == NINE + timedelta(minutes=70)


def test_X7_what_came_by_itself_is_not_looked_for() -> None:
    stack = Stack()
    stack.put_object(BUCKET, analysis_key(), analysis())
    stack.play_records(recorded_call())
    assert stack.files.listed == 0
    assert attached(stack, "A parcel is late.") == 1


def test_X7_an_analysis_of_the_part_with_a_bot_is_not_the_one_that_is_missing() -> None:
    stack = Stack()
    with_bot = analysis_key().replace("Voice/", "Voice/ivr/")
    stack.put_object(BUCKET, with_bot, analysis(said="Said to the bot."))
    stack.put_object(BUCKET, analysis_key(), analysis(), announced=False)
    stack.play_records(recorded_call())
    assert attached(stack, SAID) == attached(stack, "Said to the bot.") == 1


def test_X7_what_is_not_there_is_counted_and_logged_once() -> None:
    stack = Stack()
    with Logs() as logs:
        stack.play_records(recorded_call(), recorded_call())
        (again,) = expected(stack)
        stack.messages.publish(CONTACT_FILES_EXPECTED, again.as_detail())
        stack.run(until=None)
    assert logs.metrics["FileNotFound"] == 1
    missing = [line for line in logs.lines if line["message"] == "expected file not found"]
    assert [(line["leg"], line["kind"]) for line in missing] == [("contact-1", "lens_voice")]
    assert stack.messages.dead_letters == []


def test_X7_a_file_that_comes_after_it_was_missed_is_attached_all_the_same() -> None:
    stack = Stack()
    stack.play_records(recorded_call())
    stack.put_object(BUCKET, analysis_key(), analysis())
    stack.run(until=None)
    assert attached(stack, "A parcel is late.") == 1


def test_X7_one_event_for_a_leg_however_often_its_record_comes_and_another_once_more_is_known() -> None:
    stack = Stack()
    record = chat(redacting="None")
    without = {**record, "Recordings": None}
    stack.deliver_records(without, without, later(record, 1), later(record, 2, Attributes={"a": "b"}))
    (told,) = expected(stack)
    assert [file.kind for file in told.files] == ["chat", "lens_chat"]


@pytest.mark.parametrize(
    "record",
    [
        call(),
        chat(Attributes={"chat_transcript": "false"}),
        recorded_call(attributes={"call_recording_consent": "optout"}),
        recorded_call(redacting=None),
        recorded_call(agent=None),
        {**recorded_call(), "InitiationMethod": "MONITOR"},
        {**recorded_call(), "DisconnectTimestamp": None},
        {**chat(), "Recordings": [{"MediaStreamType": "CHAT", "Location": None}, "x", None]},
        {**call(), "ContactLens": {"ConversationalAnalytics": "x"}},
    ],
)
def test_X7_nothing_is_expected_where_nothing_will_be_attached(record: dict[str, Any]) -> None:
    stack = Stack()
    stack.play_records(record)
    assert expected(stack) == []


def test_X7_redaction_leaves_the_raw_transcript_unexpected() -> None:
    stack = Stack()
    stack.play_records(chat(redacting="RedactedOnly"))
    (told,) = expected(stack)
    assert [(file.kind, file.redacted) for file in told.files] == [("lens_chat", True)]
    assert told.files[0].keys == ("Analysis/Chat/Redacted/2026/11/02/contact-1_analysis",)


def test_X7_a_bucket_that_refuses_is_a_dead_letter() -> None:
    stack = Stack()
    stack.files.closed.add(BUCKET)
    stack.play_records(recorded_call())
    assert "AccessDenied" in stack.letter()["reason"]
