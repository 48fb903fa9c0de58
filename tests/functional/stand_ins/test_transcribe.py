"""Amazon Transcribe's stand-in: jobs. The numbers in names are sections of facts/speech-analysis.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local.stand_ins.http.messages import Request
from local.stand_ins.transcribe import media
from tests.functional.stand_ins.instance import refused
from tests.functional.stand_ins.speech import ROLE, Speech

REDACTED = {"RedactionType": "PII", "RedactionOutput": "redacted"}
BOTH = {"RedactionType": "PII", "RedactionOutput": "redacted_and_unredacted"}


@pytest.fixture
def speech() -> Speech:
    return Speech()


def test_3_states_of_a_job_over_time(speech: Speech) -> None:
    uri = speech.record("invoice-en")
    states = [speech.start_analysis("j", uri)["CallAnalyticsJobStatus"]]
    for seconds in (1, 15, 60):
        speech.later(seconds)
        states.append(speech.analysis("j")["CallAnalyticsJobStatus"])
    assert states == ["QUEUED", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]
    job = speech.analysis("j")
    assert job["CreationTime"] < job["StartTime"] < job["CompletionTime"]
    assert (job["MediaFormat"], job["MediaSampleRateHertz"], job["LanguageCode"]) == ("wav", 8000, "en-GB")
    assert "IdentifiedLanguageScore" not in job


def test_3_3_same_name_conflicts_for_90_days_and_no_longer(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.start("j", uri)
    with refused("ConflictException", 400):
        speech.start("j", uri)
    speech.later(89 * 86_400)
    with refused("ConflictException"):
        speech.start("j", uri)
    speech.later(2 * 86_400)
    with refused("NotFoundException"):
        speech.job("j")
    assert speech.start("j", uri)["TranscriptionJobStatus"] == "QUEUED"


def test_3_3_the_two_kinds_have_a_name_space_each(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.start("j", uri)
    speech.start_analysis("j", uri)
    speech.later(60)
    assert (speech.job("j")["TranscriptionJobStatus"], speech.analysis("j")["CallAnalyticsJobStatus"]) == (
        "COMPLETED",
        "COMPLETED",
    )


def test_3_3_unknown_jobs_and_deleting(speech: Speech) -> None:
    uri = speech.record("silence")
    with refused("NotFoundException"):
        speech.analysis("j")
    with refused("BadRequestException"):
        speech.transcribe.delete_call_analytics_job(CallAnalyticsJobName="j")
    speech.start_analysis("j", uri)
    with refused("BadRequestException"):  # it has not ended
        speech.transcribe.delete_call_analytics_job(CallAnalyticsJobName="j")
    speech.later(60)
    speech.transcribe.delete_call_analytics_job(CallAnalyticsJobName="j")
    with refused("NotFoundException"):
        speech.analysis("j")
    assert speech.document("p/analytics/j.json")["JobName"] == "j"  # 10: the output stays


def test_3_list_is_paged_and_filtered(speech: Speech) -> None:
    uri = speech.record("silence")
    for number in range(5):
        speech.start(f"mine-{number}", uri)
    speech.start("other", "s3://in/nothing.wav")
    speech.later(60)
    first = speech.transcribe.list_transcription_jobs(JobNameContains="mine", MaxResults=3)
    second = speech.transcribe.list_transcription_jobs(
        JobNameContains="mine", MaxResults=3, NextToken=first["NextToken"]
    )
    names = [
        job["TranscriptionJobName"] for page in (first, second) for job in page["TranscriptionJobSummaries"]
    ]
    assert names == [f"mine-{number}" for number in (4, 3, 2, 1, 0)]
    assert "NextToken" not in second
    (failed,) = speech.transcribe.list_transcription_jobs(Status="FAILED")["TranscriptionJobSummaries"]
    assert (failed["TranscriptionJobName"], failed["FailureReason"]) == ("other", media.NOT_ACCESSIBLE)
    with refused("BadRequestException"):
        speech.transcribe.list_transcription_jobs(NextToken="never given out")


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "no spaces"},
        {"name": "a:b"},
        {"locale": None},
        {"IdentifyLanguage": True},
        {"OutputKey": "a:b.json"},
        {"OutputKey": "k", "OutputBucketName": None},
        {"Settings": {"ChannelIdentification": True, "ShowSpeakerLabels": True, "MaxSpeakerLabels": 2}},
        {"Settings": {"ShowSpeakerLabels": True}},
        {"JobExecutionSettings": {"AllowDeferredExecution": True}},
        {"JobExecutionSettings": {"DataAccessRoleArn": ROLE}},
        {"locale": "ja-JP", "ContentRedaction": REDACTED},
        {"locale": None, "IdentifyLanguage": True, "ContentRedaction": REDACTED},
        {"locale": "xx-XX"},
        {"locale": "en"},
        {"uri": "https://example.com/a.wav"},
        {"uri": "s3://bucket-only"},
    ],
)
def test_3_2_standard_job_that_is_refused(speech: Speech, asked: dict[str, Any]) -> None:
    given = {"name": "j", "uri": speech.record("silence"), **asked}
    with refused("BadRequestException", 400):
        speech.start(**given)


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "a/b"},
        {"locale": "zh-TW"},
        {"locale": "ar-SA"},
        {"OutputLocation": "https://b/p/"},
        {"ChannelDefinitions": [{"ChannelId": 0, "ParticipantRole": "AGENT"}] * 2},
        {"locale": "de-DE", "settings": {"ContentRedaction": REDACTED}},
        {"locale": None, "settings": {"ContentRedaction": REDACTED}},
        {"locale": "de-DE", "settings": {"Summarization": {"GenerateAbstractiveSummary": True}}},
        {"settings": {"Summarization": {"GenerateAbstractiveSummary": True}}},  # 6: not in this Region
    ],
)
def test_3_1_call_analytics_job_that_is_refused(speech: Speech, asked: dict[str, Any]) -> None:
    given = {"name": "j", "uri": speech.record("silence"), **asked}
    with refused("BadRequestException", 400):
        speech.start_analysis(**given)


def test_3_1_channel_definitions_are_two(speech: Speech) -> None:
    one = [{"ChannelId": 0, "ParticipantRole": "AGENT"}]
    with pytest.raises((ParamValidationError, ClientError)):
        speech.start_analysis("j", speech.record("silence"), ChannelDefinitions=one)


def _replaced(speech: Speech, body: bytes) -> str:
    speech.objects.held["in", "x.wav"] = body
    return "s3://in/x.wav"


def _huge(speech: Speech) -> str:
    uri = speech.record("silence")
    speech.objects.size = lambda bucket, key: 500 * 1024**2 + 1  # type: ignore[method-assign]
    return uri


def _denied(speech: Speech) -> str:
    uri = speech.record("silence")
    speech.objects.closed.add("in")
    return uri


BROKEN: dict[str, tuple[Callable[[Speech], str], dict[str, Any], str]] = {
    "missing": (lambda speech: "s3://in/none.wav", {}, media.NOT_ACCESSIBLE),
    "denied": (_denied, {}, media.NOT_ACCESSIBLE),
    "not a wav": (lambda speech: _replaced(speech, b"ID3" * 99), {}, media.NOT_A_FORMAT),
    "empty": (lambda speech: _replaced(speech, b""), {}, media.NOT_A_FORMAT),
    "header only": (lambda speech: speech.record("h", {"language": "en-GB"}, seconds=0), {}, media.TOO_SHORT),
    "too short": (lambda speech: speech.record("too-short"), {}, media.TOO_SHORT),
    "too large": (_huge, {}, media.TOO_LARGE),
    "mono": (lambda speech: speech.record("call-en-mono"), {}, media.NOT_TWO_CHANNELS),
    "four channels": (
        lambda speech: speech.record("f", {"language": "en-GB", "channels": 4}),
        {},
        media.TOO_MANY_CHANNELS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_4_recording_that_cannot_be_analysed_fails_the_job(speech: Speech, what: str) -> None:
    make, asked, reason = BROKEN[what]
    started = speech.start_analysis("j", make(speech), **asked)
    assert started["CallAnalyticsJobStatus"] == "QUEUED"  # 3.3: 200 is accepted
    speech.later(60)
    job = speech.analysis("j")
    assert (job["CallAnalyticsJobStatus"], job["FailureReason"]) == ("FAILED", reason)
    assert "Transcript" not in job
    assert speech.events[-1]["detail"]["FailureReason"] == reason


def test_4_standard_job_told_another_rate_or_format(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.start("rate", uri, MediaSampleRateHertz=16_000)
    speech.start("format", uri, MediaFormat="mp3")
    speech.later(60)
    reasons = [speech.job(name)["FailureReason"] for name in ("rate", "format")]
    assert reasons == [media.ANOTHER_RATE, media.ANOTHER_FORMAT]


def test_4_file_that_was_cut_off_is_as_long_as_its_sound(speech: Speech) -> None:
    uri = speech.record("silence")
    speech.objects.held["in", "silence.wav"] = speech.objects.held["in", "silence.wav"][:32_044]
    assert speech.start_analysis("j", uri)["CallAnalyticsJobStatus"] == "QUEUED"
    speech.later(60)
    found = speech.document("p/analytics/j.json")["ConversationCharacteristics"]
    assert found["TotalConversationDurationMillis"] == 1000


@pytest.mark.parametrize("way", ["failed", "refused"])
def test_13_mono_and_missing_recordings_may_be_refused_at_once(way: Any) -> None:
    speech = Speech(mono_call_analytics=way, missing_media=way)
    for name, uri in (("mono", speech.record("call-en-mono")), ("none", "s3://in/none.wav")):
        if way == "refused":
            with refused("BadRequestException"):
                speech.start_analysis(name, uri)
        else:
            assert speech.start_analysis(name, uri)["CallAnalyticsJobStatus"] == "QUEUED"


@pytest.mark.parametrize("way", ["refused", "failed"])
def test_3_3_over_four_hours(way: Any) -> None:
    speech = Speech(too_long=way)
    uri = speech.record("long", {"language": "en-GB", "channels": 1}, seconds=1)
    head = bytearray(speech.objects.held["in", "long.wav"])
    head[40:44] = (4 * 3600 * 16_000 + 16_000).to_bytes(4, "little")
    speech.objects.held["in", "long.wav"] = bytes(head)
    speech.objects.size = lambda bucket, key: 500_000_000  # type: ignore[method-assign]
    if way == "refused":
        with refused("LimitExceededException"):
            speech.start("j", uri)
        return
    speech.start("j", uri)
    speech.later(5)
    assert speech.job("j")["FailureReason"] == media.TOO_LONG


def test_3_3_output_that_cannot_be_written_is_refused_at_once(speech: Speech) -> None:
    speech.objects.closed.add("out")
    with refused("BadRequestException"):
        speech.start("j", "s3://in/none.wav")
    with refused("NotFoundException"):
        speech.job("j")


def test_3_3_output_closed_later_fails_the_job(speech: Speech) -> None:
    speech.start("j", speech.record("silence"))
    speech.objects.closed.add("out")
    speech.later(60)
    job = speech.job("j")
    assert (job["TranscriptionJobStatus"], "Transcript" in job) == ("FAILED", False)


def test_3_4_jobs_at_once_and_the_queue() -> None:
    speech = Speech(standard_at_once=10, queue_holds=3)
    uri = speech.record("silence")
    waiting: dict[str, Any] = {
        "JobExecutionSettings": {"AllowDeferredExecution": True, "DataAccessRoleArn": ROLE}
    }
    for number in range(10):
        speech.start(f"j{number}", uri)
    with refused("LimitExceededException"):
        speech.start("refused", uri)
    for number in range(3):
        speech.start(f"w{number}", uri, **waiting)
    with refused("LimitExceededException"):
        speech.start("too-many", uri, **waiting)
    speech.later(5)
    assert speech.job("w0")["TranscriptionJobStatus"] == "QUEUED"
    speech.later(60)
    assert [speech.job(f"w{n}")["TranscriptionJobStatus"] for n in range(3)] == ["COMPLETED"] * 3
    starts = [speech.job(name)["StartTime"] for name in ("j9", "w0")]
    assert starts[0] < starts[1]  # first in, first out


def test_3_4_call_analytics_waits_only_with_a_role() -> None:
    speech = Speech(call_analytics_at_once=1)
    uri = speech.record("silence")
    speech.start_analysis("a", uri)
    with refused("LimitExceededException"):
        speech.start_analysis("b", uri, DataAccessRoleArn=None)
    speech.start_analysis("b", uri)
    speech.later(20)
    assert speech.analysis("b")["CallAnalyticsJobStatus"] == "QUEUED"


@pytest.mark.parametrize(
    ("operation", "asked", "rate"),
    [
        ("get_call_analytics_job", {"CallAnalyticsJobName": "j"}, 20),
        ("get_transcription_job", {"TranscriptionJobName": "j"}, 30),
        ("list_call_analytics_jobs", {}, 5),
        ("delete_transcription_job", {"TranscriptionJobName": "j"}, 5),
    ],
)
def test_3_4_requests_a_second(speech: Speech, operation: str, asked: dict[str, Any], rate: int) -> None:
    def codes(count: int) -> list[str]:
        found = []
        for _ in range(count):
            try:
                getattr(speech.transcribe, operation)(**asked)
                found.append("")
            except ClientError as error:
                found.append(error.response["Error"]["Code"])
        return found

    assert [code == "LimitExceededException" for code in codes(rate + 1)] == [False] * rate + [True]
    speech.later(1)
    assert "LimitExceededException" not in codes(rate)


@pytest.mark.parametrize("kind", ["standard", "analytics"])
def test_4_announcement(speech: Speech, kind: str) -> None:
    uri = speech.record("silence")
    start = speech.start if kind == "standard" else speech.start_analysis
    start("good", uri)
    start("bad", "s3://in/none.wav")
    speech.later(60)
    bad, good = speech.events
    assert {"source": "aws.transcribe", "resources": []}.items() <= good.items()
    if kind == "standard":
        assert good["detail-type"] == "Transcribe Job State Change"
        assert good["detail"] == {"TranscriptionJobName": "good", "TranscriptionJobStatus": "COMPLETED"}
        status = bad["detail"]["TranscriptionJobStatus"]
    else:
        assert good["detail-type"] == "Call Analytics Job State Change"
        assert good["detail"] == {"JobName": "good", "JobStatus": "COMPLETED"}
        status = bad["detail"]["JobStatus"]
    assert (status, bad["detail"]["FailureReason"]) == ("FAILED", media.NOT_ACCESSIBLE)
    assert bad["id"] != good["id"]


def test_4_call_analytics_may_announce_no_reason() -> None:
    speech = Speech(reason_in_call_analytics_event=False)
    speech.start_analysis("j", "s3://in/none.wav")
    speech.later(60)
    (event,) = speech.events
    assert event["detail"] == {"JobName": "j", "JobStatus": "FAILED", "AnalyticsJobDetails": {"Skipped": []}}


@pytest.mark.parametrize(
    ("location", "redaction", "written"),
    [
        ("s3://out", None, {"analytics/j.json"}),
        ("s3://out/p/", None, {"p/analytics/j.json"}),
        ("s3://out/p/", REDACTED, {"p/redacted-analytics/j.json"}),
        ("s3://out/p/", BOTH, {"p/analytics/j.json", "p/redacted-analytics/j.json"}),
        ("s3://out/p/f.json", None, {"p/analytics/f.json"}),
    ],
)
def test_5_1_where_call_analytics_writes(
    speech: Speech, location: str, redaction: Any, written: set[str]
) -> None:
    uri = speech.record("invoice-en")
    settings = {"ContentRedaction": redaction} if redaction else {}
    locale = "en-US" if redaction else "en-GB"
    speech.start_analysis("j", uri, locale, OutputLocation=location, settings=settings)
    speech.later(60)
    keys = {key for bucket, key in speech.objects.held if bucket == "out"}
    assert {key for key in keys if key.endswith(".json")} == written
    assert {key.rpartition("/")[2] for key in keys - written} == {".write_access_check_file.temp"}
    uris = speech.analysis("j")["Transcript"].values()
    assert set(uris) == {f"https://s3.eu-west-2.amazonaws.com/out/{key}" for key in written}


def test_5_1_a_named_file_may_be_taken_as_it_is() -> None:
    speech = Speech(file_in_output_location="as_named")
    speech.start_analysis("j", speech.record("silence"), OutputLocation="s3://out/p/f.json")
    speech.later(60)
    assert speech.document("p/f.json")["JobName"] == "j"


@pytest.mark.parametrize(
    ("key", "redaction", "written"),
    [
        (None, None, {"j.json"}),
        ("q/", None, {"q/j.json"}),
        ("q/f.json", None, {"q/f.json"}),
        ("q/", REDACTED, {"q/redacted-j.json"}),
        ("q/", BOTH, {"q/j.json", "q/redacted-j.json"}),
    ],
)
def test_5_1_where_standard_jobs_write(speech: Speech, key: Any, redaction: Any, written: set[str]) -> None:
    speech.start("j", speech.record("invoice-en"), OutputKey=key, ContentRedaction=redaction)
    speech.later(60)
    found = {name for bucket, name in speech.objects.held if bucket == "out" and name.endswith(".json")}
    assert found == written
    uris = speech.job("j")["Transcript"]
    assert set(uris) == {
        "RedactedTranscriptFileUri" if "redacted-" in name else "TranscriptFileUri" for name in written
    }


def test_3_3_without_an_output_bucket_the_service_keeps_it(speech: Speech) -> None:
    speech.start("j", speech.record("silence"), OutputBucketName=None, OutputKey=None)
    speech.later(60)
    assert "aws-transcribe-eu-west-2-prod" in speech.job("j")["Transcript"]["TranscriptFileUri"]
    assert [bucket for bucket, _ in speech.objects.held] == ["in"]


def test_operations_the_project_does_not_call_are_unknown(speech: Speech) -> None:
    with refused("UnknownOperationException", 404):
        speech.transcribe.list_vocabularies()
    with refused("UnknownOperationException", 404):
        speech.transcribe.list_medical_transcription_jobs()
    assert speech.stand_in.handle(Request("GET", "/nothing")).status == 404
    with pytest.raises(ValueError, match="world"):
        speech.stand_in.replace({"jobs": []})


def test_snapshot_shows_requests_and_jobs(speech: Speech) -> None:
    speech.start("j", "s3://in/none.wav")
    assert speech.stand_in.under_way() == 1
    speech.later(60)
    shown = speech.stand_in.snapshot()
    assert shown["requests"] == {"StartTranscriptionJob": 1}
    assert shown["jobs"][0]["status"] == "FAILED"
    assert (speech.stand_in.under_way(), speech.stand_in.next_due()) == (0, None)
