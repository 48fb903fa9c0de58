"""Which objects in S3 are contact files, what is read from them, and what is refused (X1, X2)."""

import json
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ijson  # type: ignore[import-untyped]
import pytest

from connect_zendesk.amazon_connect import contact_files, contact_lens_moods
from connect_zendesk.amazon_connect.contact_files import NotAContactFile, of_key
from connect_zendesk.rules.transcripts.conversation import Choice, Numbers, Participant, Skipped
from tests.unit.amazon_connect.contact_file_samples import (
    CHAT,
    FOLDER,
    LEG,
    LENS_CHAT,
    SAMPLES,
    VOICE,
    contact_id,
    file_at,
    made,
    opened,
    sample,
    saved,
)

REFUSED = {contact_id(15): "names another contact", contact_id(16): "truncated"}


@pytest.fixture(params=["yajl2_c", pytest.param("python", marks=pytest.mark.long)])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read with the compiled parser, and with the one that is there where that cannot be."""
    try:
        module = ijson.get_backend(request.param)
    except ImportError:
        pytest.skip("not for this machine")
    for name in ("basic_parse", "items"):
        monkeypatch.setattr(ijson, name, getattr(module, name))
    return str(request.param)


@pytest.mark.parametrize(
    ("key", "kind", "redacted", "automated"),
    [
        (CHAT, "chat", False, False),
        (CHAT.removeprefix("connect/acme/"), "chat", False, False),
        (f"any/prefix/{CHAT}", "chat", False, False),
        (CHAT.replace(":", "%3A"), "chat", False, False),
        (VOICE, "lens_voice", False, False),
        (f"connect/acme/{VOICE}", "lens_voice", False, False),
        (
            VOICE.replace("Voice/", "Voice/Redacted/").replace("is_2", "is_redacted_2"),
            "lens_voice",
            True,
            False,
        ),
        (VOICE.replace("Voice/", "Voice/ivr/"), "lens_voice", False, True),
        (VOICE.replace("Voice/", "Voice/ivr/Redacted/"), "lens_voice", True, True),
        (VOICE.replace("analysis_", "analysis_redacted_"), "lens_voice", True, False),
        (LENS_CHAT, "lens_chat", False, False),
        (LENS_CHAT.replace("Chat/", "Chat/Redacted/"), "lens_chat", True, False),
    ],
)
def test_the_place_of_a_file_tells_what_it_is(key: str, kind: str, redacted: bool, automated: bool) -> None:
    file = of_key("bucket", key, "v1", 42)
    assert file is not None
    assert (file.bucket, file.key, file.version, file.size, file.leg) == ("bucket", key, "v1", 42, LEG)
    assert (file.kind, file.redacted, file.automated) == (kind, redacted, automated)


def test_the_time_in_a_files_name_is_read() -> None:
    assert file_at(CHAT).stamp == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    assert file_at(VOICE).stamp == datetime(2026, 11, 2, 10, 1, 15, tzinfo=UTC)
    assert file_at(VOICE.replace("2026-11-02T10:01:15Z", "not-a-time!")).stamp is None


@pytest.mark.parametrize(
    "key",
    [
        f"connect/acme/CallRecordings/2026/11/02/{LEG}_20261102T10:00_UTC.wav",
        f"Analysis/Voice/Redacted/2026/11/02/{LEG}_call_recording_redacted_2026-11-02T10:01:15Z.wav",
        f"Analysis/Email/2026/11/02/{LEG}_analysis_2026-11-02T10:01:15Z.json",
        f"connect/acme/Attachments/chat/2026/11/02/{LEG}_5f2b_20261102T10:00_UTC.json",
        CHAT.removesuffix(".json"),
        CHAT + ".tmp",
        CHAT + "\n",
        VOICE.replace("Voice", "voice"),
        VOICE.replace("Analysis/", "MyAnalysis/"),
        VOICE.replace("Voice/", "Voice/Other/"),
        "Analysis/Voice/",
        "",
        "a" * 1024,
        "Analysis/Voice/" * 60 + "x",
    ],
)
def test_what_is_no_contact_file_is_none(key: str) -> None:
    assert of_key("bucket", key) is None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: "/".join(path.parts[-6:]))
def test_every_sample_is_read_or_refused_with_its_reason(path: Path, backend: str) -> None:
    file = file_at(str(path.relative_to(FOLDER)))
    if file.leg in REFUSED:
        with pytest.raises(NotAContactFile, match=REFUSED[file.leg]):
            contact_files.open(file, path)
        return
    conversation = contact_files.open(file, path)
    assert conversation.leg == file.leg
    # A second time through the file gives the same again.
    assert list(conversation.items) == list(conversation.items)


def test_there_are_samples_of_each_kind() -> None:
    files = [file_at(str(path.relative_to(FOLDER))) for path in SAMPLES]
    assert {"chat", "lens_voice", "lens_chat"} == {file.kind for file in files}
    assert Counter(file.redacted for file in files)[True] >= 2
    assert any(file.automated for file in files)


def test_a_chat_has_messages_files_and_what_happened(backend: str) -> None:
    chat = opened(1, "connect")
    turns = list(chat.items)
    assert Counter(turn.kind for turn in turns) == {"message": 13, "event": 7, "attachment": 1}
    assert {turn.role for turn in turns} == {"customer", "agent", "bot", "system"}
    (attachment,) = (turn for turn in turns if turn.kind == "attachment")
    assert attachment.files == ("broken corner.jpg", "delivery note.pdf")
    assert (chat.began, chat.ended) == (turns[0].at, turns[-1].at)
    assert not chat.multi_party
    assert chat.instance == "0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"


def test_typing_and_receipts_are_nothing_to_read() -> None:
    assert not {turn.event for turn in opened(1, "connect").items} & {"typing", "message.read"}


def test_the_legs_of_a_chat_name_their_contact() -> None:
    assert opened(2, "connect").root == contact_id(2)
    assert opened(3, "connect").root == contact_id(2)


def test_interactive_messages_are_text_and_choices(backend: str) -> None:
    turns = [turn for turn in opened(1, "connect").items if turn.kind == "message"]
    picker = next(turn for turn in turns if turn.choices)
    assert picker.text == "What can we help you with?\nTap one of these"
    assert picker.choices[0] == Choice("A delivery", "where it is, or a new date")
    assert picker.choices[2] == Choice("Something else")
    appointments = next(turn for turn in turns if turn.text.startswith("Choose a new date"))
    assert appointments.choices[0] == Choice("2026-11-04 09:00 UTC", "120 min")
    carousel = next(turn for turn in turns if turn.text.startswith("Which of these"))
    assert carousel.choices == (
        Choice("Lamp Oslo", "white: Send this, Tell me more"),
        Choice("Lamp Turin", "brass: Send this"),
    )
    answer = next(turn for turn in turns if "neighbour" in turn.text)
    assert answer.text == "Lamp Oslo\nSend this\ndeliver to: a neighbour\ngift wrap: no"
    assert not any("{" in turn.text for turn in turns)


def test_supervisors_and_further_agents_make_it_multi_party(backend: str) -> None:
    assert opened(5, "connect").multi_party


@pytest.mark.parametrize("place", ["Analysis/Voice/2026", "Analysis/Voice/Redacted"])
def test_a_call_has_all_that_contact_lens_found(place: str, backend: str) -> None:
    call = opened(11, place)
    assert call.redacted == ("Redacted" in place)
    assert call.summary is not None
    assert call.summary.startswith("The customer had been without heating")
    assert call.categories == ("Repeated contact", "Complaint")
    assert call.language == "en-GB"
    assert call.began == datetime(2026, 11, 2, 11, 0, 20, tzinfo=UTC)
    customer = call.feelings["customer"]
    assert customer.overall == pytest.approx(-1.275)
    assert [quarter.score for quarter in customer.quarters] == [-4.2, -3.4, -0.6, 3.1]
    assert call.numbers.duration == 86_000
    assert call.numbers.talk["customer"] + call.numbers.talk["agent"] + (call.numbers.silence or 0) == 86_000
    assert call.numbers.interruptions == {"customer": 2, "agent": 1}
    assert (call.numbers.interruption_count, call.numbers.interruption_time) == (3, 3_000)
    assert set(call.numbers.words_per_minute) == {"customer", "agent"}
    assert call.issues == ("I have been without heating since Friday",)
    assert len(call.outcomes) == 2
    assert call.actions == ("I will send you a message as soon as he is on his way",)
    turns = list(call.items)
    assert (turns[1].role, turns[1].mood, turns[1].offset) == ("customer", "negative", 4_900)
    assert [turn.role for turn in turns if turn.issues] == ["customer"]


def test_what_contact_lens_did_not_do_is_known() -> None:
    call = opened(12, "Analysis/Voice")
    assert call.skipped == (
        Skipped("POST_CONTACT_SUMMARY", "INSUFFICIENT_CONVERSATION_CONTENT"),
        Skipped("CATEGORIZATION", "QUOTA_EXCEEDED", ("Complaint",)),
    )
    assert (call.summary, call.feelings, call.failed) == (None, {}, None)
    assert set(call.numbers.words_per_minute) == {"agent"}


def test_a_failed_analysis_has_no_turns_and_says_so() -> None:
    call = opened(14, "Analysis/Voice")
    assert call.failed == "FAILED"
    assert list(call.items) == []


def test_the_part_with_the_bot_is_the_bots() -> None:
    call = opened(17, "Analysis/Voice/ivr")
    assert call.automated
    assert call.participants == (Participant("CUSTOMER", "customer"), Participant("SYSTEM", "bot"))
    assert [turn.role for turn in call.items] == ["bot", "customer", "bot"]
    assert call.summary is not None


@pytest.mark.parametrize("place", ["Analysis/Chat/2026", "Analysis/Chat/Redacted"])
def test_an_analysed_chat_has_moods_and_findings_that_it_points_at(place: str, backend: str) -> None:
    chat = opened(21, place)
    moods = {turn.text[:12]: turn.mood for turn in chat.items if turn.kind == "message"}
    assert moods["The herb gar"] == "negative"
    assert moods["Hello, this "] == "neutral"
    assert moods["Oh, that is "] == "positive"
    assert moods["Hello! In a "] is None
    assert chat.issues == ("The herb garden I bought has not sprouted in five weeks",)
    assert chat.outcomes == ("We will refund the kit, and I will also send you a new one",)
    assert chat.actions == ("I will write to you when it leaves the depot",)
    customer = chat.feelings["customer"]
    assert (customer.overall, customer.first, customer.last) == (-0.6, -2.5, 3.75)
    assert (customer.with_agent, customer.without_agent) == (0.4, -2.5)
    assert chat.numbers.response == {"agent": 24_000, "customer": 27_000}
    assert chat.numbers.longest_response == {"agent": 50_000, "customer": 38_000}
    assert (chat.numbers.greeting, chat.numbers.bot_greeting) == (12_000, 1_958)
    names = {turn.name for turn in chat.items}
    assert names == ({None} if chat.redacted else {None, "Ana", "Agnes"})


def test_moods_are_found_however_long_the_chat_and_in_whatever_order_its_parts_are(
    tmp_path: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 6 * contact_lens_moods._WINDOW
    if backend == "python":  # as many windows, of a tenth: it takes five times as long
        monkeypatch.setattr(contact_lens_moods, "_WINDOW", contact_lens_moods._WINDOW // 10)
        count //= 10
    transcript = [
        {
            "Id": f"m{number}",
            "Type": "MESSAGE",
            "ContentType": "text/plain",
            "ParticipantRole": "AGENT" if number % 2 else "CUSTOMER",
            "Content": f"{number}",
        }
        for number in range(count)
    ]
    words = ("POSITIVE", "NEGATIVE", "NEUTRAL", "MIXED")
    groups = [
        {"ParticipantRole": role, "Sentiment": words[number % 4], "TranscriptItems": [{"Id": f"m{number}"}]}
        for role, first in (("AGENT", 1), ("CUSTOMER", 0))
        for number in range(first, count, 2)
    ]
    sentiment = {"ConversationCharacteristics": {"Sentiment": {"DetailsByTranscriptItemGroup": groups}}}
    before, after = {**sentiment, "Transcript": transcript}, {"Transcript": transcript, **sentiment}
    for content in (before, after):
        turns = list(made(tmp_path, LENS_CHAT, content).items)
        assert [turn.mood for turn in turns] == [words[number % 4].lower() for number in range(count)]


def test_the_order_of_the_keys_does_not_matter(tmp_path: Path, backend: str) -> None:
    file, path = sample(11, "Analysis/Voice/2026")
    content = json.loads(path.read_text())
    reverse = dict(reversed(content.items()))
    assert list(content) != list(reverse)
    one, other = contact_files.open(file, path), contact_files.open(file, saved(tmp_path, reverse))
    assert (one.summary, one.numbers, one.feelings, one.issues) == (
        other.summary,
        other.numbers,
        other.feelings,
        other.issues,
    )
    assert list(one.items) == list(other.items)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b'{"Transcript": [{"Content": "hel', "truncated"),
        (b'{"Transcript": []', "truncated"),
        (b"not json", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"Transcript": ["\xff"]}', "not JSON"),
        (b'{"Transcript": [NaN]}', "not JSON"),
        (b'{"Transcript": []} {"more": 1}', "not JSON"),
        (b'{"Transcript": [' + b"9" * 5000 + b"]}", "not JSON"),
        (b'{"Transcript": ["a\x00b"]}', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"[" * 100_000, "truncated"),
        (b"{}", "no conversation"),
        (b'{"Transcript": "words"}', "no conversation"),
        (b'{"Transcript": [], "ContactId": "another"}', "another contact"),
        (b'{"Transcript": [], "CustomerMetadata": {"ContactId": "another"}}', "another contact"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_without_its_words(
    content: bytes, reason: str, tmp_path: Path, backend: str
) -> None:
    with pytest.raises(NotAContactFile, match=reason) as refused:
        made(tmp_path, CHAT, content)
    assert "hel" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_more_facts_than_any_file_has_are_refused(tmp_path: Path, backend: str) -> None:
    content = {"Transcript": [], **{f"a{number}": list(range(900)) for number in range(200)}}
    with pytest.raises(NotAContactFile, match="more facts"):
        made(tmp_path, VOICE, content)


def test_long_lists_of_facts_are_cut_not_kept(tmp_path: Path, backend: str) -> None:
    content = {"Transcript": [], "Categories": {"MatchedCategories": [f"c{n}" for n in range(5_000)]}}
    assert len(made(tmp_path, VOICE, content).categories) == 200


def test_a_file_of_another_instance_is_refused(tmp_path: Path) -> None:
    file, path = sample(11, "Analysis/Voice/2026")
    own = "arn:aws:connect:eu-west-2:111122223333:instance/0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
    assert contact_files.open(file, path, own).instance == own.rsplit("/", 1)[-1]
    with pytest.raises(NotAContactFile, match="another instance"):
        contact_files.open(file, path, own.replace("0b1f", "ffff"))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path, backend: str) -> None:
    assert list(made(tmp_path, CHAT, b'\xef\xbb\xbf{"Transcript": []}').items) == []


def test_deep_nesting_is_no_fault(tmp_path: Path, backend: str) -> None:
    peaks = []
    for depth in (1_200, 1_200, 3_600):  # the first time imports
        assert depth > sys.getrecursionlimit()
        deep = b"[" * depth + b"]" * depth
        tracemalloc.start()
        assert list(made(tmp_path, CHAT, b'{"Transcript": [], "Other": ' + deep + b"}").items) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 5 * peaks[1], "three times as deep: memory grows with the depth, not with its square"


def test_an_interactive_message_that_is_no_json_is_shown_as_it_is(tmp_path: Path) -> None:
    kind = "application/vnd.amazonaws.connect.message.interactive"
    deep = "[" * 20_000
    texts = ["{broken", deep, '"just text"', "[1, 2]", "{}", '{"data": {"content": {"title": 3}}}']
    content = {
        "Transcript": [{"Type": "MESSAGE", "ContentType": kind, "Content": text} for text in texts],
    }
    said = [turn.text for turn in made(tmp_path, CHAT, content).items]
    assert said == ["{broken", deep, "just text", "[1, 2]", "{}", "3"]


def test_an_event_of_a_type_of_tomorrow_is_kept(tmp_path: Path) -> None:
    content = {
        "Transcript": [
            {"Type": "EVENT", "ContentType": "application/vnd.amazonaws.connect.event.new.thing"},
            {"Type": "PARTICIPANT_JOINED", "ParticipantRole": "CUSTOMER"},
        ]
    }
    assert [turn.event for turn in made(tmp_path, CHAT, content).items] == ["new.thing", "participant.joined"]


def test_scores_and_numbers_of_other_types_are_left_out(tmp_path: Path) -> None:
    content: dict[str, Any] = {
        "Transcript": [],
        "ConversationCharacteristics": {
            "TotalConversationDurationMillis": "long",
            "TalkTime": {"DetailsByParticipant": {"AGENT": 3, "CUSTOMER": {"TotalTimeMillis": -1}}},
            "Sentiment": {"OverallSentiment": {"CUSTOMER": 99, "AGENT": True}},
            "Interruptions": [],
            "ContactSummary": {"PostContactSummary": "words"},
        },
    }
    call = made(tmp_path, VOICE, content)
    assert call.numbers == Numbers()
    assert (call.feelings, call.summary) == ({}, None)


def test_only_the_reader_imports_the_parser() -> None:
    layer = FOLDER.parents[2] / "layers" / "connect_zendesk" / "python"
    importing: Callable[[Path], bool] = lambda path: "import ijson" in path.read_text()  # noqa: E731
    found = [
        path.name
        for folder in (layer, FOLDER.parents[2] / "functions")
        for path in folder.rglob("*.py")
        if importing(path)
    ]
    assert found == ["contact_file_json.py"]
    assert "ijson" in sys.modules
