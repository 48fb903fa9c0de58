"""The stand-ins for speech in a stack in this process: its storage, bus and clock; sample recordings."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.recordings import conversation, recording
from local.replay.events import StoredFile
from local.replay.reading import UnknownEvent, read
from local.replay.shared_client import client_of
from local.stand_ins.transcribe import media, wav
from tests.stack import Stack

BUCKET, KEY = "amazon-connect-recordings", "connect/acme/CallRecordings/2026/11/02/c1_20261102T10:00_UTC.wav"


@pytest.fixture
def stack() -> Stack:
    return Stack()


def start(stack: Stack, name: str = "j") -> Any:
    transcribe = client_of("transcribe", stack.transcribe)
    transcribe.start_transcription_job(
        TranscriptionJobName=name,
        LanguageCode="en-GB",
        Media={"MediaFileUri": f"s3://{BUCKET}/{KEY}"},
        OutputBucketName="speech",
        OutputKey="results/",
    )
    return transcribe


def seen(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what reaches the account's default bus from now on, each with the time."""
    events: list[Any] = []
    monkeypatch.setattr(
        stack.messages, "receive_from_aws", lambda event: events.append((stack.clock(), event))
    )
    stack.transcribe.on_event = stack.messages.receive_from_aws
    return events


def test_job_ends_when_its_time_comes_and_is_announced(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.put_object(BUCKET, KEY, recording(conversation("invoice-en")))
    events = seen(stack, monkeypatch)
    begun = stack.clock()
    transcribe = start(stack)
    stack.run(until=begun + timedelta(seconds=10))
    assert (
        transcribe.get_transcription_job(TranscriptionJobName="j")["TranscriptionJob"][
            "TranscriptionJobStatus"
        ]
        == "IN_PROGRESS"
    )
    stack.run(until=None)
    assert begun + timedelta(seconds=20) < stack.clock() < begun + timedelta(seconds=40)
    written, announced = events[-2:]
    assert written[1]["detail"]["object"]["key"] == "results/j.json"
    assert announced[1]["detail"] == {"TranscriptionJobName": "j", "TranscriptionJobStatus": "COMPLETED"}
    document = json.loads(stack.files.part("speech", "results/j.json", 0, 1 << 20))
    assert "My invoice is wrong again." in document["results"]["transcripts"][0]["transcript"]


def test_recording_in_a_bucket_that_refuses_access_fails_the_job(stack: Stack) -> None:
    stack.put_object(BUCKET, KEY, recording(conversation("silence")))
    stack.files.closed.add(BUCKET)
    transcribe = start(stack)
    stack.run(until=None)
    job = transcribe.get_transcription_job(TranscriptionJobName="j")["TranscriptionJob"]
    assert (job["TranscriptionJobStatus"], job["FailureReason"]) == ("FAILED", media.NOT_ACCESSIBLE)


def test_results_in_a_bucket_that_refuses_access_fail_the_job(stack: Stack) -> None:
    stack.put_object(BUCKET, KEY, recording(conversation("silence")))
    transcribe = start(stack)
    stack.files.closed.add("speech")
    stack.run(until=None)
    job = transcribe.get_transcription_job(TranscriptionJobName="j")["TranscriptionJob"]
    assert job["TranscriptionJobStatus"] == "FAILED"


def test_recording_on_disk_is_read_in_parts(stack: Stack, tmp_path: Path) -> None:
    on_disk = tmp_path / "long.wav"
    on_disk.write_bytes(recording(conversation("invoice-en")))
    stack.put_object(BUCKET, KEY, on_disk)
    transcribe = start(stack)
    stack.run(until=None)
    job = transcribe.get_transcription_job(TranscriptionJobName="j")["TranscriptionJob"]
    assert job["TranscriptionJobStatus"] == "COMPLETED"
    stored = stack.files.head(BUCKET, KEY)
    assert stored is not None
    assert stored.size == on_disk.stat().st_size
    copy = tmp_path / "copy.wav"
    stack.files.fetch(BUCKET, KEY, copy)
    assert copy.read_bytes() == on_disk.read_bytes()
    with pytest.raises(KeyError):
        stack.files.part(BUCKET, "none", 0, 1)


def test_comprehend_answers_by_the_same_clock(stack: Stack) -> None:
    comprehend = client_of("comprehend", stack.comprehend)
    assert comprehend.detect_sentiment(Text="Danke", LanguageCode="de")["Sentiment"] == "POSITIVE"


def test_script_beside_a_recordings_place_is_the_recording(tmp_path: Path) -> None:
    place = tmp_path / "contact_files" / BUCKET / f"{KEY}.said.toml"
    place.parent.mkdir(parents=True)
    place.write_text('conversation = "parcel-de"')
    (event,) = read(place)
    assert isinstance(event, StoredFile)
    assert (event.bucket, event.key) == (BUCKET, KEY)
    found = wav.read(lambda start, length: event.data[start : start + length], len(event.data))
    assert found is not None
    assert found.said == conversation("parcel-de")
    story = tmp_path / "story.jsonl"
    written = {"source": "aws.s3", "detail-type": "Object Created"}
    detail = {"bucket": {"name": BUCKET}, "object": {"key": KEY}}
    story.write_text(json.dumps({**written, "detail": detail}))
    (told,) = read(story)
    assert isinstance(told, StoredFile)
    assert told.data == event.data
    place.write_text("said = 3")
    with pytest.raises(UnknownEvent, match="a script has a language"):
        read(place)
