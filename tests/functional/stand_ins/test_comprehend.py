"""Amazon Comprehend's stand-in: section 7 of facts/speech-analysis.md."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from local.stand_ins.aws import wire
from local.stand_ins.comprehend import word_lists
from local.stand_ins.http.messages import Request
from tests.functional.stand_ins.instance import refused
from tests.functional.stand_ins.speech import Speech

TEXT = "My invoice is wrong, says Ana Silva. Call tomorrow in London: order 123456 for €12.50."
EACH = ("sentiment", "key_phrases", "entities")


@pytest.fixture
def speech() -> Speech:
    return Speech()


def batch(speech: Speech, what: str, texts: list[str], language: str = "en") -> Any:
    return getattr(speech.comprehend, f"batch_detect_{what}")(TextList=texts, LanguageCode=language)


@pytest.mark.parametrize(
    ("text", "language", "mood"),
    [
        ("Thank you, that is great.", "en", "POSITIVE"),
        ("It is broken, and I am angry.", "en", "NEGATIVE"),
        ("The parcel weighs two kilos.", "en", "NEUTRAL"),
        ("Thank you, but it is broken.", "en", "MIXED"),
        ("Vielen Dank, das ist gut.", "de", "POSITIVE"),
        ("Leider ist es kaputt.", "de", "NEGATIVE"),
        ("El pedido llega tarde y estoy enfadado.", "es", "NEGATIVE"),
        ("謝謝您", "zh-TW", "POSITIVE"),
    ],
)
def test_7_sentiment(speech: Speech, text: str, language: str, mood: str) -> None:
    found = speech.comprehend.detect_sentiment(Text=text, LanguageCode=language)
    assert found["Sentiment"] == mood
    scores = found["SentimentScore"]
    assert sum(scores.values()) == pytest.approx(1)
    assert max(scores, key=scores.get).upper() == mood
    (same,) = batch(speech, "sentiment", [text], language)["ResultList"]
    assert (same["Index"], same["SentimentScore"]) == (0, scores)


def test_7_entities_and_phrases_are_parts_of_the_text(speech: Speech) -> None:
    entities = speech.comprehend.detect_entities(Text=TEXT, LanguageCode="en")["Entities"]
    assert [(found["Type"], found["Text"]) for found in entities] == [
        ("PERSON", "Ana Silva"),
        ("DATE", "tomorrow"),
        ("LOCATION", "London"),
        ("OTHER", "123456"),
        ("QUANTITY", "€12.50"),
    ]
    phrases = speech.comprehend.detect_key_phrases(Text=TEXT, LanguageCode="en")["KeyPhrases"]
    assert [found["Text"] for found in phrases][:2] == ["invoice", "wrong"]
    for found in (*entities, *phrases):
        assert TEXT[found["BeginOffset"] : found["EndOffset"]] == found["Text"]
        assert 0.8 < found["Score"] <= 1


def test_7_offsets_count_characters_not_bytes(speech: Speech) -> None:
    text = "Größe? Übrigens: Herr Müller kommt am Freitag."
    for found in speech.comprehend.detect_entities(Text=text, LanguageCode="de")["Entities"]:
        assert text[found["BeginOffset"] : found["EndOffset"]] == found["Text"]


@pytest.mark.parametrize("what", EACH)
@pytest.mark.parametrize("language", sorted(word_lists.POSITIVE))
def test_7_every_language_of_the_service_is_there(speech: Speech, what: str, language: str) -> None:
    assert len(batch(speech, what, ["Text 1"], language)["ResultList"]) == 1


def test_7_languages_are_those_of_the_model(speech: Speech) -> None:
    shape = wire.model("comprehend").shape_for("LanguageCode")
    assert set(word_lists.POSITIVE) == set(word_lists.NEGATIVE) == set(shape.enum)  # type: ignore[attr-defined]


def test_7_five_thousand_bytes_of_utf_8(speech: Speech) -> None:
    for text in ("x" * 5000, "ü" * 2500):
        assert speech.comprehend.detect_sentiment(Text=text, LanguageCode="de")["Sentiment"]
    for text in ("x" * 5001, "ü" * 2501):
        with refused("TextSizeLimitExceededException", 400):
            speech.comprehend.detect_sentiment(Text=text, LanguageCode="de")


def test_7_phrases_and_entities_take_100_kilobytes_alone_and_five_in_a_batch(speech: Speech) -> None:
    text = "x" * 100_000
    for what in EACH[1:]:
        call = getattr(speech.comprehend, f"detect_{what}")
        assert call(Text=text, LanguageCode="en")
        with refused("TextSizeLimitExceededException"):
            call(Text=text + "x", LanguageCode="en")
        assert batch(speech, what, [text])["ErrorList"][0]["Index"] == 0


def test_7_batch_has_25_texts_at_most(speech: Speech) -> None:
    assert len(batch(speech, "sentiment", ["a"] * 25)["ResultList"]) == 25
    with refused("BatchSizeLimitExceededException", 400):
        batch(speech, "sentiment", ["a"] * 26)


def test_7_one_text_too_long_fails_alone_within_a_200(speech: Speech) -> None:
    found = batch(speech, "sentiment", ["good", "x" * 5001, "bad"])
    assert [result["Index"] for result in found["ResultList"]] == [0, 2]
    (error,) = found["ErrorList"]
    assert error["Index"] == 1
    assert "5000" in error["ErrorMessage"]


def test_7_or_the_whole_batch_is_refused() -> None:
    speech = Speech(comprehend={"long_text_in_batch": "refused"})
    with refused("TextSizeLimitExceededException"):
        batch(speech, "sentiment", ["good", "x" * 5001])


@pytest.mark.parametrize("language", ["zh-tw", "nl", "en-US"])
def test_7_language_that_there_is_not(speech: Speech, language: str) -> None:
    with refused("UnsupportedLanguageException", 400):
        batch(speech, "sentiment", ["a"], language)
    other = Speech(comprehend={"unknown_language": "ValidationException"})
    with refused("ValidationException", 400):
        other.comprehend.detect_entities(Text="a", LanguageCode=language)


def test_7_empty_texts_are_refused(speech: Speech) -> None:
    with pytest.raises(ParamValidationError):
        batch(speech, "sentiment", [])
    for target, body in (
        ("BatchDetectSentiment", b'{"TextList": ["a", ""], "LanguageCode": "en"}'),
        ("DetectSentiment", b'{"Text": "", "LanguageCode": "en"}'),
        ("DetectEntities", b'{"LanguageCode": "en"}'),
        ("DetectEntities", b"[]"),
        ("DetectEntities", b"{"),
    ):
        headers = {"x-amz-target": f"Comprehend_20171127.{target}"}
        answer = speech.comprehends.handle(Request("POST", "/", headers=headers, body=body))
        assert (answer.status, answer.json()["__type"]) == (400, "InvalidRequestException")


@pytest.mark.parametrize(("what", "rate"), [("detect_sentiment", 20), ("batch_detect_entities", 10)])
def test_7_requests_a_second(speech: Speech, what: str, rate: int) -> None:
    asked: dict[str, Any] = {"TextList": ["a"]} if "batch" in what else {"Text": "a"}
    call = getattr(speech.comprehend, what)
    for _ in range(rate):
        call(LanguageCode="en", **asked)
    with refused("ThrottlingException", 400):
        call(LanguageCode="en", **asked)
    speech.later(1)
    assert call(LanguageCode="en", **asked)


def test_operations_the_project_does_not_call_are_unknown(speech: Speech) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        speech.comprehend.detect_dominant_language(Text="a")
    with pytest.raises(ValueError, match="world"):
        speech.comprehends.replace({"texts": []})
    assert speech.comprehends.snapshot() == {"requests": {"DetectDominantLanguage": 1}, "faults": []}
