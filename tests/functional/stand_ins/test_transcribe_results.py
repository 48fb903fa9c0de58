"""What jobs of Amazon Transcribe's stand-in write: sections 5 and 6 of facts/speech-analysis.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local import recordings
from local.__main__ import main
from local.stand_ins.transcribe import script
from tests.functional.stand_ins.speech import Speech

BY_CHANNEL = {"ChannelIdentification": True}
BY_SPEAKER = {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 2}
REDACTED = {"RedactionType": "PII", "RedactionOutput": "redacted"}


@pytest.fixture
def speech() -> Speech:
    return Speech()


def test_5_3_call_analytics_has_turns_of_both_sides(speech: Speech) -> None:
    found = speech.analysed(speech.record("invoice-en"))
    head = ("JobStatus", "LanguageCode", "AccountId", "JobName", "Channel")
    assert [found[name] for name in head] == ["COMPLETED", "en-GB", "111122223333", "analysed", "VOICE"]
    assert found["Participants"] == [{"ParticipantRole": "CUSTOMER"}, {"ParticipantRole": "AGENT"}]
    roles = [turn["ParticipantRole"] for turn in found["Transcript"]]
    assert roles == ["AGENT", "CUSTOMER", "AGENT", "CUSTOMER", "AGENT"]
    second = found["Transcript"][1]
    assert second["Content"].startswith("My invoice is wrong again. My name is Ana Silva")
    assert second["Sentiment"] == "NEGATIVE"
    length = second["EndOffsetMillis"] - second["BeginOffsetMillis"]
    assert len(second["LoudnessScores"]) == length // 1000 + 1
    assert "ParticipantId" not in second
    (issue,) = second["IssuesDetected"]
    offsets = issue["CharacterOffsets"]
    assert second["Content"][offsets["Begin"] : offsets["End"]] == "My invoice is wrong again"
    assert "Text" not in issue
    assert found["Transcript"][2]["ActionItemsDetected"]
    assert found["Transcript"][3]["OutcomesDetected"]
    assert found["Categories"]["MatchedCategories"] == ["billing"]


def test_5_3_items_are_words_and_marks(speech: Speech) -> None:
    turn = speech.analysed(speech.record("invoice-en"))["Transcript"][0]
    words = [item for item in turn["Items"] if item["Type"] == "pronunciation"]
    marks = [item for item in turn["Items"] if item["Type"] == "punctuation"]
    assert [item["Content"] for item in words] == ["Support", "this", "is", "Ada", "How", "can", "I", "help"]
    assert words[0]["BeginOffsetMillis"] == turn["BeginOffsetMillis"]
    assert words[-1]["EndOffsetMillis"] == turn["EndOffsetMillis"]
    assert {item["Content"] for item in marks} == {",", ".", "?"}
    assert all("BeginOffsetMillis" not in item for item in marks)


def test_5_3_characteristics_add_up(speech: Speech) -> None:
    found = speech.analysed(speech.record("invoice-en"))["ConversationCharacteristics"]
    assert found["Sentiment"]["OverallSentiment"] == {"AGENT": 3.3, "CUSTOMER": 0.0}
    quarters = found["Sentiment"]["SentimentByPeriod"]["QUARTER"]["CUSTOMER"]
    assert [quarter["Score"] for quarter in quarters] == [-5.0, 0.0, 0.0, 5.0]
    assert quarters[-1]["EndOffsetMillis"] == found["TotalConversationDurationMillis"]
    by_side = found["TalkTime"]["DetailsByParticipant"]
    assert sum(side["TotalTimeMillis"] for side in by_side.values()) == found["TalkTime"]["TotalTimeMillis"]
    assert found["TalkSpeed"]["DetailsByParticipant"]["AGENT"]["AverageWordsPerMinute"] == 200
    assert "ContactSummary" not in found


def test_5_3_interruptions_and_silence(speech: Speech) -> None:
    said = {
        "language": "en-GB",
        "said": [
            {"by": "agent", "at": 5.0, "text": "one two three four five six seven eight nine ten"},
            {"by": "customer", "at": 6.0, "text": "stop"},
        ],
    }
    found = speech.analysed(speech.record("talk", said, seconds=30))["ConversationCharacteristics"]
    assert found["Interruptions"]["InterruptionsByInterrupter"]["CUSTOMER"] == [
        {"BeginOffsetMillis": 6000, "EndOffsetMillis": 6300, "DurationMillis": 300}
    ]
    assert found["NonTalkTime"] == {
        "Instances": [
            {"BeginOffsetMillis": 0, "EndOffsetMillis": 5000, "DurationMillis": 5000},
            {"BeginOffsetMillis": 8000, "EndOffsetMillis": 30_000, "DurationMillis": 22_000},
        ],
        "TotalTimeMillis": 27_000,
    }


def test_5_3_silent_side_has_no_keys(speech: Speech) -> None:
    found = speech.analysed(speech.record("one-sided-en"))["ConversationCharacteristics"]
    sides = [
        found["Sentiment"]["OverallSentiment"],
        found["Sentiment"]["SentimentByPeriod"]["QUARTER"],
        found["TalkTime"]["DetailsByParticipant"],
        found["TalkSpeed"]["DetailsByParticipant"],
    ]
    assert [list(side) for side in sides] == [["CUSTOMER"]] * 4


def test_4_silence_is_completed_with_nothing_in_it(speech: Speech) -> None:
    uri = speech.record("silence")
    found = speech.analysed(uri)
    assert (found["JobStatus"], found["Transcript"]) == ("COMPLETED", [])
    assert found["ConversationCharacteristics"]["Sentiment"]["OverallSentiment"] == {}
    standard = speech.transcribed(uri, Settings=BY_CHANNEL)["results"]
    assert standard["transcripts"] == [{"transcript": ""}]
    assert (standard["items"], standard["audio_segments"]) == ([], [])
    assert standard["channel_labels"]["number_of_channels"] == 2


def test_5_3_redacted_words(speech: Speech) -> None:
    settings = {"ContentRedaction": REDACTED}
    speech.start_analysis("j", speech.record("invoice-en"), "en-US", settings=settings)
    speech.later(60)
    found = speech.document("p/redacted-analytics/j.json")
    content = found["Transcript"][1]["Content"]
    assert content == "My invoice is wrong again. My name is [PII], and my number is [PII]."
    redacted = [item for item in found["Transcript"][1]["Items"] if item["Content"] == "[PII]"]
    assert [item["Redaction"][0]["Type"] for item in redacted] == ["NAME", "PHONE"]
    assert all("Confidence" not in item for item in redacted)
    assert found["ContentMetadata"]["Output"] == "Redacted"
    assert "Silva" not in str(found)


def test_6_issues_are_found_in_english_only(speech: Speech) -> None:
    said = {
        "language": "de-DE",
        "said": [{"by": "customer", "text": "Das ist falsch.", "issues": ["Das ist falsch"]}],
    }
    assert "IssuesDetected" not in speech.analysed(speech.record("falsch", said), "de-DE")["Transcript"][0]


@pytest.mark.parametrize("spoken", ["invoice-en", "one-sided-en"])
def test_6_summary_where_the_service_makes_one(spoken: str) -> None:
    speech = Speech(region="us-east-1")
    settings = {"Summarization": {"GenerateAbstractiveSummary": True}}
    found = speech.analysed(speech.record(spoken), "en-US", settings=settings)
    job = speech.analysis("analysed")
    if spoken == "invoice-en":
        summary = found["ConversationCharacteristics"]["ContactSummary"]["AutoGenerated"]["OverallSummary"]
        assert summary["Content"].startswith("The customer's invoice was wrong")
        assert "CallAnalyticsJobDetails" not in job
    else:
        (skipped,) = found["AnalyticsJobDetails"]["Skipped"]
        assert skipped["ReasonCode"] == "INSUFFICIENT_CONVERSATION_CONTENT"
        assert job["CallAnalyticsJobDetails"]["Skipped"] == [skipped]


def test_6_language_is_identified_where_none_is_given(speech: Speech) -> None:
    uri = speech.record("parcel-de")
    speech.start("j", uri, None, IdentifyLanguage=True)
    speech.start_analysis("j", uri, None, settings={"LanguageOptions": ["en-GB", "de-DE"]})
    speech.later(60)
    for job in (speech.job("j"), speech.analysis("j")):
        assert (job["LanguageCode"], job["IdentifiedLanguageScore"] > 0.5) == ("de-DE", True)
    assert speech.document("p/analytics/j.json")["LanguageIdentification"][0]["Code"] == "de-DE"


def test_another_language_is_not_understood(speech: Speech) -> None:
    found = speech.analysed(speech.record("parcel-de"), "en-GB")
    assert {turn["Content"].strip("um .") for turn in found["Transcript"]} == {""}


def test_5_2_standard_job_by_channels(speech: Speech) -> None:
    found = speech.transcribed(speech.record("parcel-de"), "de-DE", Settings=BY_CHANNEL)
    assert (found["jobName"], found["status"], found["accountId"]) == (
        "transcribed",
        "COMPLETED",
        "111122223333",
    )
    assert "isRedacted" not in found
    results = found["results"]
    labels = results["channel_labels"]
    assert (labels["number_of_channels"], [c["channel_label"] for c in labels["channels"]]) == (
        2,
        ["ch_0", "ch_1"],
    )
    customer = [item["alternatives"][0]["content"] for item in labels["channels"][0]["items"]]
    assert customer[:4] == ["Mein", "Paket", "ist", "verspätet"]
    segments = results["audio_segments"]
    assert [segment["channel_label"] for segment in segments] == ["ch_1", "ch_0", "ch_1", "ch_0"]
    assert [results["items"][number]["id"] for number in segments[1]["items"]] == segments[1]["items"]
    assert "speaker_labels" not in results


def test_13_segments_may_be_missing_beside_channels() -> None:
    speech = Speech(segments_with_channels=False)
    results = speech.transcribed(speech.record("parcel-de"), "de-DE", Settings=BY_CHANNEL)["results"]
    assert "audio_segments" not in results


def test_5_2_items_have_times_as_text_and_marks_have_none(speech: Speech) -> None:
    items = speech.transcribed(speech.record("voicemail-de-mono"), "de-DE")["results"]["items"]
    word, mark = items[0], items[1]
    assert (word["type"], word["start_time"], word["end_time"]) == ("pronunciation", "0.5", "0.8")
    assert float(word["alternatives"][0]["confidence"]) > 0.9
    assert (mark["type"], mark["alternatives"][0]["content"]) == ("punctuation", ",")
    assert not {"start_time", "end_time"} & mark.keys()


def test_5_2_standard_job_by_speakers(speech: Speech) -> None:
    results = speech.transcribed(speech.record("call-en-mono"), Settings=BY_SPEAKER)["results"]
    assert results["speaker_labels"]["speakers"] == 2
    labels = [segment["speaker_label"] for segment in results["speaker_labels"]["segments"]]
    assert labels == ["spk_0", "spk_1", "spk_0"]
    assert [segment["speaker_label"] for segment in results["audio_segments"]] == labels
    assert "channel_labels" not in results


def test_5_2_redacted_document(speech: Speech) -> None:
    uri = speech.record("voicemail-de-mono")
    speech.start("j", uri, "de-DE", ContentRedaction=REDACTED)
    speech.later(60)
    found = speech.document("q/redacted-j.json")
    assert found["isRedacted"] is True
    assert "hier ist [PII]." in found["results"]["transcripts"][0]["transcript"]
    (item,) = [i for i in found["results"]["items"] if i["alternatives"][0]["content"] == "[PII]"]
    (alternative,) = item["alternatives"]
    assert alternative["redactions"] == [{"confidence": "0.9999", "type": "NAME", "category": "PII"}]
    assert "confidence" not in alternative


def test_5_2_chinese_has_no_spaces(speech: Speech) -> None:
    results = speech.transcribed(speech.record("parcel-zh-tw"), "zh-TW", Settings=BY_CHANNEL)["results"]
    assert results["transcripts"][0]["transcript"].startswith("您好,請問有什麼可以幫您?我的包裹")
    assert results["items"][0]["alternatives"][0]["content"] == "您"


def test_2_what_is_said_is_behind_the_sound_and_the_header_is_usual() -> None:
    said: dict[str, Any] = recordings.conversation("voicemail-en")
    body = recordings.recording(said)
    assert (body[:4], body[8:16], body[36:40]) == (b"RIFF", b"WAVEfmt ", b"data")
    sound = int.from_bytes(body[40:44], "little")
    assert int.from_bytes(body[4:8], "little") == len(body) - 8
    assert body[44 + sound : 48 + sound] == b"said"
    assert body[44 : 44 + sound].count(0) == sound
    assert (int.from_bytes(body[22:24], "little"), int.from_bytes(body[24:28], "little")) == (2, 8000)


@pytest.mark.parametrize(
    "text",
    [
        "said = []",
        'language = "en-GB"\nsaid = 3',
        'language = "en-GB"\n[[said]]\nby = "robot"\ntext = "x"',
        'language = "en-GB"\n[[said]]\nby = "agent"',
        'language = "en-GB"\n[[said]]\nby = "agent"\ntext = "x"\nmood = "SAD"',
        "language =",
    ],
)
def test_script_that_cannot_be_read(tmp_path: Any, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(script.ScriptError):
        recordings.script_of(path)


@pytest.mark.parametrize("path", sorted(recordings.CONVERSATIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_conversation_is_heard_whole(path: Any, tmp_path: Any) -> None:
    said = recordings.script_of(path)
    whole = recordings.conversation(path.stem)
    assert whole == said
    if said.get("seconds", 0) > 600:
        return  # too long to be made in each run: test_long_recording_is_written_in_pieces
    speech = Speech()
    uri = speech.record(path.stem)
    speech.start("j", uri, said["language"])
    speech.later(600)
    job = speech.job("j")
    if path.stem == "too-short":
        assert job["TranscriptionJobStatus"] == "FAILED"
        return
    segments = speech.document("q/j.json")["results"]["audio_segments"]
    assert len(segments) == len(said["said"]) * said.get("times", 1)


def test_long_recording_is_written_in_pieces() -> None:
    written = []

    class Counted:
        def write(self, piece: bytes) -> None:
            written.append(len(piece))

        def seekable(self) -> bool:
            return False

    file: Any = Counted()
    said = {"language": "en-GB", "said": []}
    size = recordings.write(file, said, seconds=600)
    assert size == sum(written) == 44 + 600 * 32_000 + 8 + len(json.dumps(said)) + 1  # padded
    assert max(written) <= 65_536


def test_recording_of_two_hours_takes_no_space_and_is_heard_whole(tmp_path: Path) -> None:
    speech, path = Speech(), tmp_path / "long.wav"
    said = recordings.conversation("two-hours-en")
    with path.open("wb") as file:
        size = recordings.write(file, said)
    assert size == path.stat().st_size > 7200 * 32_000
    parts: list[int] = []

    def part(bucket: str, key: str, start: int, length: int) -> bytes:
        parts.append(length)
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    speech.objects.size = lambda bucket, key: size  # type: ignore[method-assign]
    speech.objects.read = part  # type: ignore[method-assign]
    speech.start_analysis("long", "s3://in/long.wav")
    speech.later(3600)
    turns = speech.document("p/analytics/long.json")["Transcript"]
    assert len(turns) == 1280
    assert turns[-1]["EndOffsetMillis"] <= 7_200_000
    assert max(parts) < 1_000_000


def test_6_redaction_and_summaries_may_have_grown() -> None:
    speech = Speech(call_analytics_redaction=frozenset({"de-DE"}), summary_regions=frozenset({"eu-west-2"}))
    german = speech.record("parcel-de")
    speech.start_analysis("german", german, "de-DE", settings={"ContentRedaction": REDACTED})
    settings = {"Summarization": {"GenerateAbstractiveSummary": True}}
    speech.start_analysis("english", speech.record("invoice-en"), settings=settings)
    speech.later(60)
    assert "Groß" not in json.dumps(speech.document("p/redacted-analytics/german.json"), ensure_ascii=False)
    found = speech.document("p/analytics/english.json")["ConversationCharacteristics"]
    assert "ContactSummary" in found


def test_recording_is_written_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recording", "voicemail-en", str(tmp_path / "a.wav")]) == 0
    assert (tmp_path / "a.wav").read_bytes() == recordings.recording(recordings.conversation("voicemail-en"))
    (tmp_path / "x.toml").write_text("language = 3")
    for script_name in ("no-such-conversation", str(tmp_path / "x.toml")):
        assert main(["recording", script_name, str(tmp_path / "b.wav")]) == 2
    assert "a script has a language" in capsys.readouterr().err
