"""What goes wrong at will in the stand-ins for Amazon Transcribe and Amazon Comprehend, and HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from local.stand_ins.comprehend.http_server import ComprehendServer
from local.stand_ins.http.messages import Request
from local.stand_ins.transcribe.http_server import TranscribeServer
from tests.functional.stand_ins.instance import client_of, refused
from tests.functional.stand_ins.speech import Speech
from tests.waiting import wait_until_equal


@pytest.fixture
def speech() -> Speech:
    return Speech()


def test_throttling_and_outages_are_the_services_own_errors(speech: Speech) -> None:
    speech.stand_in.faults.throttle(1)
    with refused("LimitExceededException", 400):
        speech.analysis("j")
    speech.stand_in.faults.outage(1, matching="GetCallAnalyticsJob")
    with refused("InternalFailureException", 500):
        speech.analysis("j")
    with refused("NotFoundException"):
        speech.analysis("j")
    speech.comprehends.faults.throttle(1)
    with refused("ThrottlingException", 400):
        speech.comprehend.detect_sentiment(Text="a", LanguageCode="en")
    speech.comprehends.faults.outage(1)
    with refused("InternalServerException", 500):
        speech.comprehend.detect_sentiment(Text="a", LanguageCode="en")


def test_a_lost_answer_leaves_the_job_started(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.stand_in.faults.lose_answer(after_write=True)
    with pytest.raises(ConnectionClosedError):
        speech.start("j", uri)
    with refused("ConflictException"):
        speech.start("j", uri)
    speech.stand_in.faults.hang(1)
    with pytest.raises(ReadTimeoutError):
        speech.job("j")


@pytest.mark.parametrize("reason", [None, "Something else"])
def test_4_job_that_fails_of_itself(speech: Speech, reason: Any) -> None:
    uri = speech.record("invoice-en")
    speech.stand_in.faults.job_failed(reason, matching="one")
    for name in ("one", "two"):
        speech.start_analysis(name, uri)
    speech.later(60)
    assert speech.analysis("one")["FailureReason"].startswith(reason or "Internal")
    assert speech.analysis("two")["CallAnalyticsJobStatus"] == "COMPLETED"
    assert ("out", "p/analytics/one.json") not in speech.objects.held
    assert {event["detail"]["JobStatus"] for event in speech.events} == {"FAILED", "COMPLETED"}


def test_4_announcements_are_lost_or_come_twice(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.stand_in.faults.lose_events(matching="lost")
    speech.stand_in.faults.repeat_events(matching="twice")
    for name in ("lost", "twice", "once"):
        speech.start(name, uri)
    speech.later(60)
    names = [event["detail"]["TranscriptionJobName"] for event in speech.events]
    assert sorted(names) == ["once", "twice", "twice"]
    first, second = (event for event in speech.events if event["detail"]["TranscriptionJobName"] == "twice")
    assert first["id"] == second["id"]
    assert speech.job("lost")["TranscriptionJobStatus"] == "COMPLETED"


def test_job_that_hangs(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.stand_in.faults.job_hangs(1)
    speech.start("j", uri)
    speech.later(86_400)
    assert speech.job("j")["TranscriptionJobStatus"] == "IN_PROGRESS"
    assert (speech.stand_in.under_way(), speech.events) == (0, [])
    with refused("BadRequestException"):
        speech.transcribe.delete_transcription_job(TranscriptionJobName="j")


def test_result_that_is_gone(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.stand_in.faults.result_gone(1)
    speech.start("j", uri)
    speech.later(60)
    uri = speech.job("j")["Transcript"]["TranscriptFileUri"]
    assert uri.endswith("/out/q/j.json")
    assert ("out", "q/j.json") not in speech.objects.held


def test_7_texts_that_fail_within_a_200(speech: Speech) -> None:
    speech.comprehends.faults.text_fails(1)
    texts = {"TextList": ["a", "b", "c"], "LanguageCode": "en"}
    found = speech.comprehend.batch_detect_sentiment(**texts)
    assert [error["Index"] for error in found["ErrorList"]] == [0, 2]
    assert [result["Index"] for result in found["ResultList"]] == [1]
    assert speech.comprehend.batch_detect_sentiment(**texts)["ErrorList"] == []


@pytest.mark.parametrize("which", ["stand_in", "comprehends"])
def test_every_fault_can_be_switched_from_outside(speech: Speech, which: str) -> None:
    faults = getattr(speech, which).faults
    values = {
        "seconds": 2, "count": 3, "yes or no": True, "endpoint": "j", "fault": "clear", "text": "reason",
    }  # fmt: skip
    for fault in faults.catalogue():
        given = {argument["name"]: values[argument["kind"]] for argument in fault["arguments"]}
        faults.apply({"clear": {}, fault["name"]: given})
        assert [on["name"] for on in faults.active()] == [fault["name"]] * (fault["name"] != "clear")
        assert fault["what"]


def test_over_http_jobs_end_by_themselves(speech: Speech) -> None:
    uri = speech.record("silence")
    with TranscribeServer(speech.stand_in) as server:
        client = client_of("transcribe", server.url)
        client.start_transcription_job(
            TranscriptionJobName="j",
            LanguageCode="en-GB",
            Media={"MediaFileUri": uri},
            OutputBucketName="out",
        )
        for _ in range(2):
            speech.now = speech.now.replace(minute=speech.now.minute + 1)
        wait_until_equal(lambda: [event["detail"]["TranscriptionJobName"] for event in speech.events], ["j"])
        shown = server.answer(Request("GET", "/_stand_in/snapshot")).json()
        assert [job["status"] for job in shown["jobs"]] == ["COMPLETED"]
        client.close()


def test_comprehend_over_http(speech: Speech) -> None:
    with ComprehendServer(speech.comprehends) as server:
        client = client_of("comprehend", server.url)
        assert client.detect_sentiment(Text="Danke", LanguageCode="de")["Sentiment"] == "POSITIVE"
        client.close()
