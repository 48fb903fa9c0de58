"""What Amazon Transcribe writes: the same turns from either engine, from any of the shapes (X3)."""

from __future__ import annotations

import gc
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.amazon_transcribe import results
from connect_zendesk.amazon_transcribe.client import _place
from connect_zendesk.amazon_transcribe.results import Recorded
from connect_zendesk.rules.transcripts.conversation import Conversation
from connect_zendesk.rules.transcripts.transcript_comment import TranscriptView, render
from tests.benchmarks import long_conversations
from tests.strategies import examples
from tests.unit.amazon_connect.test_contact_files_memory import Nowhere

STEREO = Recorded("leg-1", "en-GB", channels=2, seconds=60)


def word(text: str, at: float, **labels: str) -> dict[str, Any]:
    return {
        "type": "pronunciation",
        "start_time": f"{at:.2f}",
        "end_time": f"{at + 0.3:.2f}",
        "alternatives": [{"confidence": "0.99", "content": text}],
        **labels,
    }


def mark(text: str, **labels: str) -> dict[str, Any]:
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": text}], **labels}


CUSTOMER = [word("My", 2), word("parcel", 2.4), mark(","), word("please", 2.8), mark(".")]
AGENT = [word("Hello", 0.5), mark("."), word("One", 5), word("second", 5.4), mark(".")]


def document(**parts: Any) -> dict[str, Any]:
    return {"jobName": "j", "status": "COMPLETED", "results": {"transcripts": [], "items": [], **parts}}


def by_channels(*items: list[dict[str, Any]]) -> dict[str, Any]:
    channels = [{"channel_label": f"ch_{number}", "items": each} for number, each in enumerate(items)]
    return document(channel_labels={"channels": channels, "number_of_channels": len(items)})


def opened(tmp_path: Path, content: Any, recorded: Recorded = STEREO) -> Conversation:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return results.open(path, recorded)


def lines(conversation: Conversation) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in conversation.items]


def test_X3_turns_are_made_of_the_words_of_both_channels_in_their_order(tmp_path: Path) -> None:
    found = opened(tmp_path, by_channels(CUSTOMER, AGENT))
    assert lines(found) == [
        ("agent", "Hello."), ("customer", "My parcel, please."), ("agent", "One second."),
    ]  # fmt: skip
    assert [(turn.offset, turn.ends) for turn in found.items] == [(500, 800), (2000, 3100), (5000, 5700)]
    assert found.numbers.duration == 60_000
    assert (found.kind, found.language) == ("transcription", "en-GB")


def test_X3_the_order_of_a_documents_fields_is_no_matter(tmp_path: Path) -> None:
    content = by_channels(CUSTOMER, AGENT)
    content["results"]["channel_labels"]["channels"] = [
        dict(reversed(channel.items())) for channel in content["results"]["channel_labels"]["channels"]
    ]
    content["results"] = dict(reversed(content["results"].items()))
    assert len(lines(opened(tmp_path, content))) == 3


def test_X3_sentences_of_the_services_own_are_preferred(tmp_path: Path) -> None:
    content = by_channels(CUSTOMER, AGENT)
    content["results"]["audio_segments"] = [
        {"id": 0, "transcript": "Hello.", "start_time": "0.5", "end_time": "0.8", "channel_label": "ch_1"},
        {
            "id": 1,
            "transcript": "My parcel!",
            "start_time": "2.0",
            "end_time": "3.1",
            "channel_label": "ch_0",
        },
    ]
    assert lines(opened(tmp_path, content)) == [("agent", "Hello."), ("customer", "My parcel!")]
    for segment in content["results"]["audio_segments"]:
        del segment["channel_label"]  # then they do not say who speaks, and the channels do
    assert len(lines(opened(tmp_path, content))) == 3


def test_X3_a_long_silence_begins_a_new_turn_and_so_does_a_very_long_one(tmp_path: Path) -> None:
    items = [word("one", 0), word("two", 0.4), word("three", 10)]
    assert [text for _, text in lines(opened(tmp_path, by_channels(items, [])))] == ["one two", "three"]
    endless = [word("word", number * 0.3) for number in range(2_000)]
    found = lines(opened(tmp_path, by_channels(endless, [])))
    assert max(len(text) for _, text in found) < 2_000
    assert sum(len(text.split()) for _, text in found) == 2_000


@pytest.mark.parametrize(("spaced", "expected"), [(True, "荷 物。"), (False, "荷物。")])
def test_X3_some_languages_have_no_spaces_between_words(tmp_path: Path, spaced: bool, expected: str) -> None:
    recorded = Recorded("leg-1", "ja-JP", spaced=spaced)
    found = opened(tmp_path, by_channels([word("荷", 0), word("物", 0.3), mark("。")], []), recorded)
    assert lines(found) == [("customer", expected)]


def test_X3_speakers_on_one_channel_have_numbers(tmp_path: Path) -> None:
    items = [word("Hello", 0, speaker_label="spk_0"), word("Yes", 1, speaker_label="spk_1")]
    found = opened(tmp_path, document(items=items), Recorded("leg-1", "en-GB", channels=1))
    assert [(turn.role, turn.name, turn.text) for turn in found.items] == [
        ("other", "Speaker 1", "Hello"), ("other", "Speaker 2", "Yes"),
    ]  # fmt: skip


@pytest.mark.parametrize("channels", [1, 2])
def test_X3_a_voicemail_is_the_callers_alone(tmp_path: Path, channels: int) -> None:
    content = document(items=CUSTOMER) if channels == 1 else by_channels(CUSTOMER, AGENT)
    found = opened(tmp_path, content, Recorded("leg-1", "en-GB", channels=channels, voicemail=True))
    assert lines(found) == [("customer", "My parcel, please.")]
    assert found.kind == "voicemail"


@pytest.mark.parametrize(
    "content",
    [
        by_channels([], []),
        document(),
        {"results": {}},
        by_channels([mark(".")], [mark("?")]),  # a mark before any word: seen in real files
        document(items=[{"type": "pronunciation"}, {}, {"alternatives": []}]),
    ],
)
def test_X8_silence_is_no_error(tmp_path: Path, content: dict[str, Any]) -> None:
    found = opened(tmp_path, content)
    assert lines(found) == []
    assert render(found, TranscriptView(), Nowhere()).complete


def test_X3_words_without_any_times_are_shown_as_one(tmp_path: Path) -> None:
    content = document(transcripts=[{"transcript": "All that was said."}])
    assert [turn.text for turn in opened(tmp_path, content).items] == ["All that was said."]


def test_X3_what_was_redacted_says_so(tmp_path: Path) -> None:
    assert not opened(tmp_path, by_channels(CUSTOMER, AGENT)).redacted
    assert opened(tmp_path, {**by_channels(CUSTOMER, AGENT), "isRedacted": True}).redacted


@pytest.mark.parametrize(
    "content", [[], "text", {}, {"results": []}, {"results": None, "status": "COMPLETED"}]
)
def test_what_is_no_result_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(NotAContactFile):
        opened(tmp_path, content)


def test_a_truncated_result_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(by_channels(CUSTOMER, AGENT))[:-30])
    with pytest.raises(NotAContactFile, match="truncated"):
        results.open(path, STEREO)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["items", "channels", "channel_label", "alternatives", "content", "start_time", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@examples(60)
@given(channels=_VALUES, items=_VALUES, segments=_VALUES)
def test_any_content_is_read_or_refused(
    tmp_path_factory: Any, channels: Any, items: Any, segments: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    content = document(channel_labels=channels, items=items, audio_segments=segments)
    try:
        render(opened(folder, content), TranscriptView(), Nowhere())
    except NotAContactFile:
        return


# Call Analytics


def analytics(**parts: Any) -> dict[str, Any]:
    turn = {
        "Id": "t1", "Content": "My invoice is wrong again.", "BeginOffsetMillis": 100, "EndOffsetMillis": 900,
        "Sentiment": "NEGATIVE", "ParticipantRole": "CUSTOMER", "LoudnessScores": [70.0],
        "Items": [{"Content": "My", "BeginOffsetMillis": 100}],
        "IssuesDetected": [{"CharacterOffsets": {"Begin": 0, "End": 19}}],
    }  # fmt: skip
    return {
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-GB",
        "JobName": "j",
        "Channel": "VOICE",
        "ContentMetadata": {"Output": "Redacted"},
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "Transcript": [turn],
        **parts,
    }


def test_X3_call_analytics_is_read_as_contact_lens_is(tmp_path: Path) -> None:
    summary = {"AutoGenerated": {"OverallSummary": {"Content": "An invoice is wrong."}}}
    skipped = [{"Feature": "GENERATIVE_SUMMARIZATION", "ReasonCode": "INSUFFICIENT_CONVERSATION_CONTENT"}]
    content = analytics(
        ConversationCharacteristics={"ContactSummary": summary}, AnalyticsJobDetails={"Skipped": skipped}
    )
    found = opened(tmp_path, content)
    assert found.kind == "call_analytics"
    assert found.issues == ("My invoice is wrong",)
    assert found.summary == "An invoice is wrong."
    assert [one.feature for one in found.skipped] == ["GENERATIVE_SUMMARIZATION"]
    assert [one.role for one in found.participants] == ["agent", "customer"]
    assert not found.multi_party
    assert found.redacted
    (turn,) = found.items
    assert (turn.role, turn.mood, turn.offset) == ("customer", "negative", 100)


def test_X2_the_older_names_of_contact_lens_are_read_as_before(tmp_path: Path) -> None:
    turn = {**analytics()["Transcript"][0]}
    turn["IssuesDetected"] = [{"CharacterOffsets": {"BeginOffsetChar": 3, "EndOffsetChar": 10}}]
    assert opened(tmp_path, analytics(Transcript=[turn])).issues == ("invoice",)


# Memory


@pytest.mark.long
@pytest.mark.parametrize("kind", ["transcription", "call_analytics"])
def test_X5_memory_stays_flat_while_the_call_grows_to_two_hours(kind: str, tmp_path: Path) -> None:
    peaks = []
    for minutes in (60, 120):
        path = tmp_path / f"{minutes}.json"
        long_conversations.write_transcription(path, kind, minutes)
        gc.collect()
        tracemalloc.start()
        try:
            rendered = render(results.open(path, STEREO), TranscriptView(), Nowhere())
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert not rendered.complete
    assert peaks[1] < peaks[0] + 200_000


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://s3.eu-west-2.amazonaws.com/bucket/transcripts/a.json", ("bucket", "transcripts/a.json")),
        ("https://s3.amazonaws.com/bucket/a.json", ("bucket", "a.json")),
        ("https://bucket.s3.eu-west-2.amazonaws.com/x/a%20b.json", ("bucket", "x/a b.json")),
        ("s3://bucket/x/a.json", ("bucket", "x/a.json")),
        ("http://127.0.0.1:4566/bucket/x/a.json", ("bucket", "x/a.json")),
    ],
)
def test_X3_a_results_place_is_taken_from_its_address(uri: str, expected: tuple[str, str]) -> None:
    assert _place(uri) == expected
