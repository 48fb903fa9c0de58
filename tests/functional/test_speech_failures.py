"""What can go wrong with a recording's transcription, each with its sentence and its place (X3, X8)."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path

import pytest

from connect_zendesk.detail_types import SPEECH_ANALYSIS_REQUESTED
from connect_zendesk.rules import wording
from connect_zendesk.rules.speech.reasons import SILENT, Refusal
from connect_zendesk.rules.speech.request import SpeechRequest, job_of
from local.recordings import write
from tests.contact_files import BUCKET
from tests.functional.test_speech_analysis import ANALYSED, LATE, TRANSCRIBED, comments, played, started
from tests.logs import Logs
from tests.records import NINE
from tests.speech import PARCEL, conversation, keep_recording, place, recording, results, said_by, spoken
from tests.stack import Stack, bodies


def sentence(why: Refusal) -> str:
    return wording.NOT_TRANSCRIBED[why.value]


def says_only(stack: Stack, why: Refusal) -> bool:
    """Whether the ticket says in one comment why there are no words, and nothing is left behind."""
    assert stack.messages.dead_letters == []
    assert results(stack) == []
    assert LATE not in str(stack.ticket())
    return len(comments(stack, sentence(why))) == len(comments(stack, "Not transcribed")) == 1


def with_bytes(body: bytes) -> Stack:
    """Play a call whose recording has these bytes."""
    stack = Stack(default_country="GB")
    stack.put_object(BUCKET, place(), body)
    stack.play_records(spoken())
    return stack


def header(seconds: float, channels: int = 2) -> bytes:
    """The first bytes of a recording that is as long as this, of which the rest is not there."""
    rate = 8000 * 2 * channels
    sound = struct.pack("<HHIIHH", 1, channels, 8000, rate, 2 * channels, 16)
    data = struct.pack("<I", int(seconds * rate))
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + sound + b"data" + data


def test_every_reason_is_said_on_the_ticket_or_in_the_log_alone() -> None:
    assert set(wording.NOT_TRANSCRIBED) == {why.value for why in Refusal if why not in SILENT}


# The recording


def test_X8_a_recording_that_is_too_short() -> None:
    stack = played(said=conversation("too-short"))
    assert says_only(stack, Refusal.TOO_SHORT)
    assert started(stack) == 0


@pytest.mark.parametrize("body", [b"", b"RIFF", b"\0" * 44, b"<html>", recording(PARCEL)[:40]])
def test_X8_a_file_that_is_no_recording(body: bytes) -> None:
    stack = with_bytes(body)
    assert says_only(stack, Refusal.NO_AUDIO)
    assert started(stack) == 0


def test_X8_a_header_without_any_sound_is_too_short() -> None:
    assert says_only(with_bytes(header(0) + b""), Refusal.TOO_SHORT)


def test_X8_a_recording_that_is_longer_than_the_service_takes(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(header(4 * 3600 + 1))
        file.truncate(44 + (4 * 3600 + 1) * 32_000)
    stack = Stack(default_country="GB")
    stack.put_object(BUCKET, place(), path)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.TOO_LONG)
    assert started(stack) == 0


def test_X3_a_file_that_call_analytics_does_not_take_goes_to_standard_transcription(tmp_path: Path) -> None:
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.write(header(4 * 3600 - 1).replace(struct.pack("<I", 32_000), struct.pack("<I", 96_000), 1))
        file.truncate(44 + 520_000_000)
    stack = Stack(default_country="GB", speech_redaction=False)
    stack.put_object(BUCKET, place(), path)
    stack.play_records(spoken())
    assert stack.transcribe.requests["StartTranscriptionJob"] == 1
    assert stack.transcribe.requests["StartCallAnalyticsJob"] == 0


def test_X8_silence_is_a_result() -> None:
    stack = played(said=conversation("silence"))
    (comment,) = comments(stack)
    assert wording.NOTHING_SAID in comment
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("redaction", [True, False])
def test_X8_a_side_that_said_nothing_is_named(redaction: bool) -> None:
    stack = played(said=conversation("one-sided-en"), speech_redaction=redaction)
    (comment,) = comments(stack, TRANSCRIBED if redaction else ANALYSED)
    assert wording.ONE_SIDE_SILENT.format(role="agent") in comment
    assert "Can anyone hear me?" in comment


def test_X8_a_recording_that_is_deleted_by_then() -> None:
    stack = Stack()
    stack.play_records(spoken())
    assert says_only(stack, Refusal.DELETED)
    assert started(stack) == 0


def test_X8_a_recording_that_we_may_not_read() -> None:
    stack = Stack()
    keep_recording(stack)
    stack.files.closed.add(BUCKET)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.DENIED)


def test_X8_a_recording_whose_key_amazon_transcribe_may_not_use() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())
    stack.run(until=stack.clock())
    stack.files.closed.add(BUCKET)
    stack.run(until=None)
    assert says_only(stack, Refusal.DENIED)


# The service


def test_X8_a_job_that_the_service_fails_is_started_twice_more_under_other_names(logs: Logs) -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.job_failed(count=2)
    keep_recording(stack)
    stack.play_records(spoken())
    assert len(comments(stack, LATE)) == 1
    assert started(stack) == 3
    assert logs.metrics["SpeechRestarted"] == 2
    assert stack.transcribe.snapshot()["jobs"] == []


def test_X8_a_job_that_the_service_fails_each_time() -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.job_failed()
    keep_recording(stack)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.FAILED)
    assert started(stack) == 3


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Unsupported media format.", Refusal.NO_AUDIO),
        ("Invalid audio length: length too small, 500 ms at least.", Refusal.TOO_SHORT),
        ("Invalid file size: file size too large.", Refusal.TOO_LARGE),
        ("Invalid number of channels: number of channels too large.", Refusal.NO_AUDIO),
        ("The S3 URI that you provided can't be accessed.", Refusal.DENIED),
        ("Something that no one has seen yet.", Refusal.FAILED),
    ],
)
def test_X8_a_job_that_fails_for_another_reason_is_not_started_again(said: str, why: Refusal) -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.job_failed(said)
    keep_recording(stack)
    stack.play_records(spoken())
    assert says_only(stack, why)
    assert started(stack) == 1


def test_X8_a_job_that_never_ends_is_abandoned_after_a_day(logs: Logs) -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.job_hangs()
    keep_recording(stack)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.NEVER_FINISHED)
    assert timedelta(hours=24) < stack.clock() - NINE < timedelta(hours=26)
    assert logs.metrics["SpeechAbandoned"] == 1


def test_X8_a_service_that_asks_to_slow_down_is_asked_again_and_its_minutes_are_kept() -> None:
    stack = Stack(default_country="GB", speech_minutes_per_day=1)
    stack.transcribe.faults.throttle(5, matching="StartTranscriptionJob")
    keep_recording(stack)
    stack.play_records(spoken())
    assert len(comments(stack, LATE)) == 1


def test_X8_a_service_that_takes_nothing_for_a_day_is_not_asked_for_ever() -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.throttle(matching="StartTranscriptionJob")
    keep_recording(stack)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.NEVER_FINISHED)


def test_X8_a_request_that_the_service_refuses() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.services.transcribe._role = "no ARN at all"
    stack.play_records(spoken())
    assert says_only(stack, Refusal.REFUSED)


def test_X8_a_result_that_is_not_there() -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.result_gone()
    keep_recording(stack)
    stack.play_records(spoken())
    assert says_only(stack, Refusal.LOST)


def test_X8_a_result_that_is_truncated_is_a_dead_letter_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())

    def cut_short(bucket: str, key: str, body: bytes) -> None:
        stack.put_object(bucket, key, body[: len(body) // 2])

    monkeypatch.setattr(stack.transcribe.objects, "_put", cut_short)
    stack.run(until=stack.clock() + timedelta(minutes=30))
    assert "truncated" in stack.letter()["reason"]
    assert comments(stack) == []


def test_X3_a_region_without_the_service_of_call_analytics_has_words_and_says_what_is_missing() -> None:
    stack = played(region="af-south-1", speech_redaction=False)
    (comment,) = comments(stack, LATE)
    assert stack.transcribe.requests["StartTranscriptionJob"] == 1
    assert wording.NO_COMPREHEND_HERE in comment


# Amazon Comprehend


def test_X8_comprehend_that_does_not_answer_leaves_the_words_and_a_sentence(logs: Logs) -> None:
    stack = Stack(default_country="GB")
    stack.comprehend.faults.throttle()
    keep_recording(stack)
    stack.play_records(spoken())
    (comment,) = comments(stack, LATE)
    assert wording.COMPREHEND_FAILED in comment
    assert wording.TONES not in comment
    assert stack.comprehend.requests["BatchDetectSentiment"] == 3
    assert logs.metrics["ComprehendUnavailable"] == 1


def test_X8_comprehend_that_fails_for_one_text_says_that_it_is_not_all() -> None:
    stack = Stack(default_country="GB")
    stack.comprehend.faults.text_fails(1)
    keep_recording(stack)
    stack.play_records(spoken())
    (comment,) = comments(stack, LATE)
    assert wording.COMPREHEND_IN_PART in comment


def test_X8_comprehend_is_not_paid_while_zendesk_does_not_answer() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())
    stack.zendesk.faults.outage(lasting=2 * 3600)
    stack.run(until=None)
    assert len(comments(stack, LATE)) == 1
    assert stack.comprehend.requests["BatchDetectSentiment"] == 2


# The day's minutes


def one_more(stack: Stack, number: int, after: timedelta = timedelta(0)) -> None:
    """Play another call, some time after nine."""
    name = f"contact-{number}"
    keep_recording(stack, contact=name, seconds=59.0)
    stack.play_records(spoken(name, began=NINE + after))


def of_call(stack: Stack, number: int) -> list[str]:
    (ticket,) = [each for each in stack.zendesk.tickets() if str(each["external_id"]).endswith(f"-{number}")]
    return bodies(ticket)


def test_X3_a_days_minutes_are_used_up_which_the_ticket_says_and_the_next_day_has_its_own(logs: Logs) -> None:
    stack = Stack(default_country="GB", speech_minutes_per_day=5)
    for number in range(1, 8):
        one_more(stack, number)
    said = [any(LATE in body for body in of_call(stack, number)) for number in range(1, 8)]
    assert said == [True] * 5 + [False] * 2
    assert any(sentence(Refusal.NO_MINUTES) in body for body in of_call(stack, 7))
    assert logs.metrics["SpeechMinutes"] == 5
    assert logs.metrics["SpeechMinutesNearlyUsed"] == 1
    assert logs.metrics["SpeechMinutesUsedUp"] == 2
    one_more(stack, 8, timedelta(days=1))
    assert any(LATE in body for body in of_call(stack, 8))


def test_X3_the_day_is_that_of_the_time_zone() -> None:
    stack = Stack(default_country="GB", speech_minutes_per_day=1, time_zone="Pacific/Auckland")
    one_more(stack, 1)  # in the evening there
    one_more(stack, 2, timedelta(hours=4))  # after midnight
    assert any(LATE in body for body in of_call(stack, 2))


def test_X3_what_was_refused_is_given_back() -> None:
    stack = Stack(default_country="GB", speech_minutes_per_day=1)
    role, stack.services.transcribe._role = stack.services.transcribe._role, "no ARN at all"
    one_more(stack, 1)
    stack.services.transcribe._role = role
    one_more(stack, 2)
    assert any(sentence(Refusal.REFUSED) in body for body in of_call(stack, 1))
    assert any(LATE in body for body in of_call(stack, 2))


def test_X3_a_short_call_takes_what_is_paid_for_it_at_least() -> None:
    stack = Stack(default_country="GB", speech_minutes_per_day=1)
    for number in range(1, 6):
        name = f"contact-{number}"
        keep_recording(stack, said_by(("customer", "Hello?")), contact=name)
        stack.play_records(spoken(name))
    said = [any("Hello?" in body for body in of_call(stack, number)) for number in range(1, 6)]
    assert said == [True] * 4 + [False]


def test_a_recordings_header_is_all_that_is_read_of_it(tmp_path: Path) -> None:
    path = tmp_path / "hours.wav"
    with path.open("wb") as file:
        write(file, {**PARCEL, "seconds": 3600})
    stack = Stack(default_country="GB")
    stack.put_object(BUCKET, place(), path)
    stack.play_records(spoken())
    assert len(comments(stack, LATE)) == 1
    assert stack.files.fetched == 1  # the result


def test_no_word_of_a_call_is_logged_or_kept_in_the_ledger_whatever_goes_wrong(logs: Logs) -> None:
    stack = Stack(default_country="GB", speech_redaction=False)
    stack.transcribe.faults.job_failed(count=1)
    stack.comprehend.faults.throttle()
    stack.zendesk.faults.http_error(502, count=3)
    keep_recording(stack)
    stack.play_records(spoken())
    assert len(comments(stack, "Ana Silva, from London", None)) == 1
    kept = str([stack.items.query(partition) for partition in partitions(stack)])
    for word in ("parcel", "angry", "London"):
        assert not any(word in line for line in logs.text)
        assert word not in kept
    assert all(word not in str(stack.messages.published) for word in ("parcel", "London"))


def partitions(stack: Stack) -> list[str]:
    (asked,) = [detail for kind, detail in stack.messages.published if kind == SPEECH_ANALYSIS_REQUESTED]
    job = job_of(SpeechRequest.of(asked), stack.services.stack)
    return ["contact#contact-1", f"speech#{job}", "speech-minutes#2026-11-02"]
