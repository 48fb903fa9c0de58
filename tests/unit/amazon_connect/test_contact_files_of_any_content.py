"""Whatever a contact file of roughly its shape says, it is rendered or refused, and nothing else happens."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.amazon_connect import contact_file_json, contact_files
from connect_zendesk.amazon_connect.contact_files import NotAContactFile
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from tests.strategies import examples, json_values
from tests.unit.amazon_connect.contact_file_samples import CHAT, LENS_CHAT, VOICE, file_at, saved
from tests.unit.rules.conversations import rendered

_TEXT = st.text(max_size=12) | st.sampled_from(["", "<b>", "שלום", "\ud800", "\x00", "{", "[PII]", "{who}"])
_NUMBER = st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
_ANY = json_values(_TEXT, _NUMBER)


def _mostly(made: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what makes the right thing nine times of ten."""
    return st.integers(0, 9).flatmap(lambda number: made if number else _ANY)


def _one_of(*words: str) -> st.SearchStrategy[Any]:
    return _mostly(st.sampled_from(words))


def _object(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _mostly(st.fixed_dictionaries({}, optional=fields))


def _list(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _mostly(st.lists(of, max_size=4))


_TIMES = _mostly(st.integers(0, 10_000_000))
_IDS = _one_of("m1", "m2", "m3")
_ROLES = _one_of("CUSTOMER", "AGENT", "SYSTEM", "CUSTOM_BOT", "SUPERVISOR", "THIRD_PARTY")
_PLACES = _object(BeginOffsetChar=_TIMES, EndOffsetChar=_TIMES)
_POINTERS = _list(_object(TranscriptItems=_list(_object(Id=_IDS, CharacterOffsets=_PLACES))))
_FOUND = _list(_object(Text=_TEXT, CharacterOffsets=_PLACES))
_TEMPLATE = _object(
    templateType=_one_of("ListPicker", "Carousel"),
    data=_object(
        content=_object(
            title=_TEXT, subtitle=_TEXT, elements=_list(_object(title=_TEXT, data=_ANY)), timeslots=_ANY
        )
    ),
)
_TURN = _object(
    Id=_IDS,
    Type=_one_of("MESSAGE", "EVENT", "ATTACHMENT"),
    ContentType=_one_of(
        "text/plain",
        "application/json",
        "application/vnd.amazonaws.connect.message.interactive",
        "application/vnd.amazonaws.connect.message.interactive.response",
        "application/vnd.amazonaws.connect.event.participant.joined",
        "application/vnd.amazonaws.connect.event.typing",
    ),
    Content=_TEXT | _TEMPLATE.map(json.dumps),
    AbsoluteTime=_one_of(
        "2026-11-02T10:00:00.000Z", "9999-12-31T23:59:59Z", "0001-01-01", "2026-02-30T00:00:00Z"
    ),
    ParticipantId=_one_of("CUSTOMER", "AGENT", "p1"),
    ParticipantRole=_ROLES,
    DisplayName=_one_of("BOT", "Ana"),
    Attachments=_list(_object(AttachmentName=_TEXT)),
    BeginOffsetMillis=_TIMES,
    EndOffsetMillis=_TIMES,
    Sentiment=_one_of("POSITIVE", "MIXED"),
    IssuesDetected=_FOUND,
    ActionItemsDetected=_FOUND,
)
_SCORES = _mostly(st.floats(-6, 6))
_BY_ROLE = _object(DetailsByParticipantRole=_object(CUSTOMER=_SCORES, AGENT=_SCORES), CUSTOMER=_SCORES)
_QUARTERS = _list(_object(BeginOffsetMillis=_TIMES, EndOffsetMillis=_TIMES, Score=_SCORES))
_CHARACTERISTICS = _object(
    TotalConversationDurationMillis=_TIMES,
    Sentiment=_object(
        OverallSentiment=_BY_ROLE,
        SentimentShift=_object(CUSTOMER=_object(BeginScore=_SCORES, EndScore=_SCORES)),
        SentimentByPeriod=_object(QUARTER=_object(CUSTOMER=_QUARTERS, AGENT=_QUARTERS)),
        DetailsByTranscriptItemGroup=_list(
            _object(
                ParticipantRole=_ROLES, Sentiment=_one_of("NEGATIVE"), TranscriptItems=_list(_object(Id=_IDS))
            )
        ),
    ),
    TalkTime=_object(DetailsByParticipant=_object(AGENT=_object(TotalTimeMillis=_TIMES))),
    TalkSpeed=_object(DetailsByParticipant=_object(AGENT=_object(AverageWordsPerMinute=_TIMES))),
    Interruptions=_object(TotalCount=_TIMES, InterruptionsByInterrupter=_object(AGENT=_list(_ANY))),
    NonTalkTime=_object(TotalTimeMillis=_TIMES),
    ResponseTime=_object(
        AgentGreetingTimeMillis=_TIMES,
        DetailsByParticipantRole=_object(AGENT=_object(Average=_object(ValueMillis=_TIMES), Maximum=_TIMES)),
    ),
    ContactSummary=_object(
        PostContactSummary=_object(Content=_TEXT),
        SummaryItemsDetected=_list(_object(IssuesDetected=_POINTERS, OutcomesDetected=_POINTERS)),
    ),
)
_FILE = st.fixed_dictionaries(
    {"Transcript": st.lists(_TURN, max_size=5)},
    optional={
        "JobStatus": _one_of("COMPLETED", "FAILED"),
        "JobDetails": _object(
            SkippedAnalysis=_list(_object(Feature=_TEXT, ReasonCode=_TEXT, SkippedEntities=_list(_ANY)))
        ),
        "ContentMetadata": _object(Output=_one_of("Raw", "Redacted")),
        "LanguageCode": _one_of("en-GB"),
        "Categories": _object(MatchedCategories=_list(_TEXT)),
        "Participants": _list(
            _object(ParticipantId=_one_of("CUSTOMER", "AGENT"), ParticipantRole=_ROLES, DisplayName=_TEXT)
        ),
        "ConversationCharacteristics": _CHARACTERISTICS,
        "CustomerMetadata": _object(InstanceId=_TEXT),
    },
)


@pytest.mark.long
@examples(200)
@given(_FILE, st.sampled_from([CHAT, VOICE, LENS_CHAT]))
def test_any_file_is_rendered_or_refused(content: Any, key: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), content)
        try:
            conversation = contact_files.open(file_at(key), path)
        except NotAContactFile:
            return
        comment, _ = rendered(conversation)
    assert len(comment.html.encode()) <= LARGEST_COMMENT
    assert comment.turns == comment.shown


@given(st.binary(max_size=60) | _FILE.map(lambda content: json.dumps(content).encode()[:-1]))
def test_what_is_no_whole_json_is_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), data)
        try:
            expected = json.loads(data)
        except (ValueError, RecursionError):
            expected = None
        try:
            facts = contact_file_json.facts(path)
        except NotAContactFile:
            return
        assert facts == expected


@given(st.dictionaries(st.text(max_size=5), json_values(numbers=_NUMBER), max_size=4))
def test_facts_are_what_is_in_the_file(content: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), json.dumps(content))
        assert contact_file_json.facts(path) == content
