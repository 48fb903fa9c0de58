"""Calls and voicemails transcribed and analysed without Contact Lens, each once, on their ticket (X3)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.detail_types import SPEECH_ANALYSIS_REQUESTED
from connect_zendesk.rules import wording
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.speech.reasons import Refusal
from local.recordings import write
from local.replay.local_messages import SPEECH_BUCKET
from tests.attachments import OTHER, joins
from tests.contact_files import BUCKET, analysis, analysis_key, recorded_call
from tests.logs import Logs
from tests.records import ADA, NINE, later
from tests.speech import PARCEL, conversation, keep_recording, place, results, said_by, spoken, voicemail
from tests.stack import Stack, bodies, voices

TRANSCRIBED = wording.TRANSCRIPTS["transcription"]
ANALYSED = wording.TRANSCRIPTS["call_analytics"]
VOICEMAIL = wording.TRANSCRIPTS["voicemail"]
LATE = "My parcel is late, and I am angry."


def comments(stack: Stack, text: str = TRANSCRIBED, ticket: int | None = None) -> list[str]:
    """The private comments of a ticket that hold a text."""
    return [body for body in bodies(stack.ticket(ticket)) if text in body]


def started(stack: Stack) -> int:
    """How often a job was asked for."""
    return sum(times for name, times in stack.transcribe.requests.items() if name.startswith("Start"))


def played(
    record: dict[str, Any] | None = None, said: Any = PARCEL, *, region: str = "eu-west-2", **settings: Any
) -> Stack:
    """Play a call with its recording to the end."""
    stack = Stack(region=region, **{"default_country": "GB", **settings})
    keep_recording(stack, said)
    stack.play_records(record or spoken())
    return stack


# What is on the ticket


def test_X3_a_call_gets_one_comment_with_its_words_how_each_side_sounded_and_what_was_spoken_of() -> None:
    stack = played()
    (comment,) = comments(stack)
    for expected in (LATE, "It will come on Monday", wording.TONES, "Customer: negative overall", "London"):
        assert expected in comment
    assert "Duration: 0:10" in comment
    assert stack.messages.dead_letters == []


def test_X3_call_analytics_is_rendered_as_contact_lens_is_with_feelings_numbers_and_what_came_up() -> None:
    stack = played(said=conversation("invoice-en"), speech_redaction=False)
    (comment,) = comments(stack, ANALYSED)
    assert stack.transcribe.requests["StartCallAnalyticsJob"] == 1
    for expected in (wording.FEELINGS, "Issue: My invoice is wrong again", "To do: send you a new invoice"):
        assert expected in comment
    assert wording.TONES not in comment  # it measured how each side felt itself
    assert stack.comprehend.requests["BatchDetectSentiment"] == 0
    assert "Ana Silva" in comment


@pytest.mark.parametrize("language", ["en", "de", "zh-TW"])
def test_X3_the_language_of_the_customer_decides_the_locale_and_the_engine(language: str) -> None:
    name = {"en": "invoice-en", "de": "parcel-de", "zh-TW": "parcel-zh-tw"}[language]
    said = conversation(name)
    record = spoken(attributes={"customer_language": language})
    stack = played(record, said, speech_redaction=False)
    (comment,) = comments(stack, ANALYSED if language != "zh-TW" else TRANSCRIBED)
    assert said["said"][0]["text"][:4] in comment
    assert stack.messages.dead_letters == []


def test_X3_a_call_on_one_channel_tells_speakers_apart_without_saying_who_they_are() -> None:
    stack = played(said=conversation("call-en-mono"))
    (comment,) = comments(stack)
    assert "Speaker 1" in comment
    assert "I would like to change my order, please." in comment


@pytest.mark.parametrize(
    ("wanted", "there", "not_there"),
    [
        ("transcript", [LATE], [wording.TONES, wording.SPOKEN_OF]),
        ("sentiment", [wording.TONES], [LATE, wording.SPOKEN_OF, "parcel"]),
        ("comprehend", [wording.SPOKEN_OF, "parcel"], [LATE, wording.TONES]),
    ],
)
def test_X3_no_more_is_shown_than_was_asked_for(wanted: str, there: list[str], not_there: list[str]) -> None:
    stack = played(spoken(analysis=wanted))
    (comment,) = comments(stack)
    assert [text for text in there if text not in comment] == []
    assert [text for text in not_there if text in comment] == []


def test_X3_call_analytics_without_sentiment_says_nothing_of_feelings() -> None:
    stack = played(spoken(analysis="transcript"), conversation("invoice-en"), speech_redaction=False)
    (comment,) = comments(stack, ANALYSED)
    assert wording.FEELINGS not in comment
    assert "☹" not in comment
    assert "My invoice is wrong again" in comment


def test_X6_a_call_that_others_joined_is_marked_as_possibly_degraded() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    keep_recording(stack, contact="leg-2")
    stack.play_records(
        spoken("leg-2", first_leg="contact-1", agent="bjones", began=NINE + timedelta(seconds=60)), spoken()
    )
    found = comments(stack)
    assert len(found) == 2
    assert all(wording.DEGRADED in comment for comment in found)


# Personal data


def test_X3_redaction_is_on_unless_it_is_switched_off_and_nothing_unredacted_is_written() -> None:
    stack = played()
    (comment,) = comments(stack)
    assert "Ana Silva" not in str(stack.ticket())
    assert wording.PERSONAL_DATA_NOT_TRANSCRIBED in comment
    assert "I am [PII], from London." in comment


def test_X3_switched_off_the_words_are_as_they_were_said() -> None:
    stack = played(speech_redaction=False)
    assert len(comments(stack, "I am Ana Silva, from London.")) == 1


def test_X3_where_the_service_cannot_redact_no_words_are_written_and_that_is_said() -> None:
    said = said_by(("customer", "荷物が遅いです。"), ("agent", "申し訳ありません。"), language="ja-JP")
    stack = played(spoken(analysis="transcript", attributes={"customer_language": "ja"}), said)
    assert len(comments(stack, wording.NOT_TRANSCRIBED[Refusal.NOT_REDACTABLE])) == 1
    assert started(stack) == 0
    assert "荷物" not in str(stack.ticket())


def test_X3_how_each_side_felt_is_no_personal_data_and_is_found_out_all_the_same() -> None:
    said = said_by(("customer", "荷物が遅いです。"), ("agent", "申し訳ありません。"), language="ja-JP")
    stack = played(spoken(attributes={"customer_language": "ja"}), said)
    (comment,) = comments(stack, ANALYSED)
    assert wording.WORDS_NOT_REDACTED in comment
    assert wording.FEELINGS in comment
    assert "荷物" not in str(stack.ticket())
    assert sum(stack.comprehend.requests.values()) == 0


# Voicemail


def test_X3_a_voicemail_has_its_words_right_after_the_recording_and_before_anything_else() -> None:
    stack = played(voicemail(), conversation("voicemail-en"), missed_contact_tickets=frozenset({"voicemail"}))
    (comment,) = comments(stack, VOICEMAIL)
    ticket = stack.ticket()
    assert "My boiler is broken" in comment
    assert "get-recording" in comment  # the recording beside its words
    assert len(voices(ticket)) == 1
    assert ticket["comments"][-1]["body"] == comment
    assert len(ticket["comments"]) == 3  # details, voice comment, words: one screenful
    assert "John Reed" not in str(ticket)
    assert comment.index("get-recording") < comment.index("My boiler") < comment.index(wording.TONES)


def test_M3_a_voicemail_whose_recording_is_not_linked_has_its_words_without_a_link() -> None:
    record = voicemail(download_recording="false")
    stack = played(record, conversation("voicemail-en"), missed_contact_tickets=frozenset({"voicemail"}))
    (comment,) = comments(stack, VOICEMAIL)
    assert "get-recording" not in comment


def test_X3_a_voicemail_on_one_channel_in_german() -> None:
    stack = played(
        voicemail(customer_language="de"),
        conversation("voicemail-de-mono"),
        missed_contact_tickets=frozenset({"voicemail"}),
    )
    (comment,) = comments(stack, VOICEMAIL)
    first = conversation("voicemail-de-mono")["said"][0]["text"].split()[0].strip(",.")
    assert first in comment
    assert wording.ROLES["customer"] in comment


def test_X3_a_voicemail_that_gets_no_ticket_costs_nothing() -> None:
    stack = played(voicemail(), conversation("voicemail-en"))
    assert stack.zendesk.tickets() == []
    assert started(stack) == 0


# What is not transcribed


@pytest.mark.parametrize(
    ("record", "settings", "why"),
    [
        (recorded_call(redacting=None), {}, None),
        (spoken(attributes={"call_recording_consent": "optout"}), {}, Refusal.OPTED_OUT),
        (
            recorded_call(redacting="None", attributes={"speech_analysis": "transcript"}),
            {},
            Refusal.CONTACT_LENS,
        ),
        ({**spoken(), "Recordings": None}, {}, Refusal.NO_RECORDING),
        (spoken(agent=None), {}, Refusal.NO_TICKET),
        (spoken(), {"speech_minutes_per_day": 0}, Refusal.SWITCHED_OFF),
    ],
)
def test_X3_M3_what_is_not_transcribed_is_not_on_the_ticket_and_its_reason_is_logged(
    record: dict[str, Any], settings: dict[str, Any], why: Refusal | None, logs: Logs
) -> None:
    stack = played(record, **settings)
    assert started(stack) == 0
    assert not any("transcribed" in str(ticket) for ticket in stack.zendesk.tickets())
    reasons = [line["why"] for line in logs.lines if line["message"] == "recording not transcribed"]
    assert reasons == ([why.value] if why else [])


def test_X3_a_leg_whose_analysis_by_contact_lens_is_there_is_not_transcribed() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.connect.contacts.add(spoken())
    stack.put_object(BUCKET, analysis_key(), analysis())
    stack.run(until=stack.clock() + timedelta(seconds=5))
    stack.play_records(spoken())
    assert started(stack) == 0
    assert comments(stack) == []


def test_M3_a_customer_who_opts_out_while_the_service_works_has_nothing_on_the_ticket() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    first = spoken()
    stack.deliver_records(first)
    stack.deliver_records(
        later(first, 1, Attributes={**first["Attributes"], "call_recording_consent": "optout"})
    )
    stack.run(until=None)
    assert started(stack) == 1
    assert comments(stack) == []
    assert results(stack) == []


# Once, whatever is repeated, late or moved


def test_X3_a_recording_is_transcribed_once_however_often_its_record_comes() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    record = spoken()
    stack.deliver_records(record, record, later(record, 2), later(record, 4))
    stack.run(until=None)
    stack.play_records(later(record, 60))
    assert started(stack) == 1
    assert len(comments(stack)) == 1


def test_X3_a_request_that_is_delivered_again_meets_its_own_job() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())
    (asked,) = [detail for kind, detail in stack.messages.published if kind == SPEECH_ANALYSIS_REQUESTED]
    for _ in range(3):
        stack.messages.publish(SPEECH_ANALYSIS_REQUESTED, asked)
    stack.run(until=None)
    assert started(stack) == 1
    assert len(comments(stack)) == 1


def test_X3_a_start_whose_answer_is_lost_is_asked_for_again_under_the_same_name() -> None:
    stack = Stack(default_country="GB")
    stack.transcribe.faults.lose_answer(after_write=True, count=1, matching="StartTranscriptionJob")
    keep_recording(stack)
    stack.play_records(spoken())
    assert stack.transcribe.requests["StartTranscriptionJob"] == 2
    assert len(comments(stack)) == 1


def test_X4_a_transcription_that_is_over_before_its_ticket_waits_for_it() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.zendesk.faults.outage(lasting=1800)
    stack.deliver_records(spoken())
    stack.run(until=NINE + timedelta(minutes=20))
    assert stack.zendesk.tickets() == []
    assert results(stack) != []  # it waits there
    stack.run(until=None)
    assert len(comments(stack)) == 1
    assert results(stack) == []


def test_X4_a_forced_ticket_gets_it_too() -> None:
    stack = played(spoken(attributes={"ticket_assignment": "agent"}))
    assert len(comments(stack)) == 1


def test_A1_a_contact_that_is_moved_has_its_transcription_on_both_tickets() -> None:
    stack = Stack(tickets=[OTHER], default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())
    stack.run(until=stack.clock() + timedelta(minutes=3))
    (first,) = [ticket["id"] for ticket in stack.zendesk.tickets() if ticket["external_id"]]
    assert len(comments(stack, LATE, first)) == 1
    joins(stack, copied=False)
    at = NINE + timedelta(minutes=2)
    stack.request_attachment({"id": "command-1", "agent": ADA, "at": at.isoformat(), "ticket": 4002})
    stack.run(until=None)
    assert len(comments(stack, LATE, first)) == len(comments(stack, LATE, 4002)) == 1
    assert results(stack) == []


def test_A1_one_that_is_moved_after_its_result_was_deleted_says_where_it_is() -> None:
    stack = Stack(tickets=[OTHER], default_country="GB")
    keep_recording(stack)
    stack.play_records(spoken())
    assert results(stack) == []
    joins(stack, copied=False)
    at = NINE + timedelta(minutes=2)
    stack.request_attachment({"id": "command-1", "agent": ADA, "at": at.isoformat(), "ticket": 4002})
    stack.run(until=None)
    assert len(comments(stack, wording.TRANSCRIBED_ELSEWHERE, 4002)) == 1
    assert stack.messages.dead_letters == []


def test_X3_the_result_and_the_jobs_record_are_deleted_once_it_is_on_the_ticket() -> None:
    stack = played()
    assert results(stack) == []
    assert stack.transcribe.snapshot()["jobs"] == []
    assert stack.files.head(BUCKET, place()) is not None  # the recording is not ours


def test_X3_a_job_without_its_announcement_is_found_by_its_name(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.deliver_records(spoken())
    stack.run(until=stack.clock())
    with monkeypatch.context() as lost:
        lost.setattr(stack.transcribe.objects, "_put", stack.files.put)
        stack.run(until=stack.clock() + timedelta(minutes=5))
    assert comments(stack) == []
    stack.run(until=None)
    assert len(comments(stack)) == 1
    assert logs.metrics["SpeechEventMissing"] == 1
    assert stack.clock() < NINE + timedelta(minutes=20)


def test_X3_events_of_other_jobs_in_the_account_are_passed_over() -> None:
    stack = Stack()
    for name in ("somebody-elses", "somebody-elses-3", "-", "x" * 200):
        stack.put_object(SPEECH_BUCKET, f"transcripts/{name}.json", b"{}")
        stack.messages.receive_from_aws(
            {
                "source": "aws.transcribe",
                "detail-type": "Transcribe Job State Change",
                "detail": {"TranscriptionJobName": name, "TranscriptionJobStatus": "FAILED"},
            }
        )
    stack.run(until=None)
    assert stack.messages.dead_letters == []
    assert sum(stack.transcribe.requests.values()) == 0


@pytest.mark.long
def test_X5_a_call_of_two_hours_is_in_a_file_and_asked_about_in_few_pieces(tmp_path: Path) -> None:
    path = tmp_path / "two-hours.wav"
    with path.open("wb") as file:
        write(file, conversation("two-hours-en"))
    stack = Stack(default_country="GB")
    stack.put_object(BUCKET, place(), path)
    stack.play_records(spoken())
    (comment,) = comments(stack)
    assert "The whole is in the attached file" in comment
    assert wording.TONES in comment
    assert len(comment.encode()) < LARGEST_COMMENT
    assert sum(stack.comprehend.requests.values()) <= 12
    assert stack.messages.dead_letters == []


def test_M6_what_is_said_and_what_is_found_in_it_puts_no_markup_into_a_ticket() -> None:
    said = said_by(("customer", "My <img src=x> parcel & {{ticket.id}} is late."), ("agent", "<b>Sorry</b>."))
    stack = played(said=said, speech_redaction=False)
    html = str([comment.get("html_body") for comment in stack.ticket()["comments"]])
    assert "parcel" in html
    assert "<img" not in html
    assert "<b>Sorry" not in html
    assert "{{" not in html
