"""Which engine transcribes a recording, and when none does (X3)."""

from __future__ import annotations

import pytest

from connect_zendesk.rules.speech.languages import LANGUAGES
from connect_zendesk.rules.speech.plan import NOT_IN_REGION, Plan, has, paid_seconds, plan
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.wav import Audio

STEREO, MONO = Audio(2, 60, 2_000_000), Audio(1, 60, 1_000_000)
WORDS, ALL = ("transcript",), ("transcript", "comprehend", "sentiment")


def of(
    language: str,
    audio: Audio = STEREO,
    wanted: tuple[str, ...] = ALL,
    *,
    redaction: bool = False,
    country: str | None = None,
    region: str = "eu-west-2",
) -> Plan | Refusal:
    locale = LANGUAGES[language].locale_in(None, country)
    return plan(audio, locale, wanted, redaction=redaction, region=region)


@pytest.mark.parametrize("language", LANGUAGES)
def test_X3_two_channels_go_to_call_analytics_where_it_has_the_language(language: str) -> None:
    found = of(language)
    assert isinstance(found, Plan)
    assert found.engine == ("transcription" if language == "zh-TW" else "call_analytics")
    assert (found.redacted, found.words, found.channels) == (False, True, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_X3_one_channel_goes_to_standard_transcription(language: str) -> None:
    found = of(language, MONO)
    assert isinstance(found, Plan)
    assert (found.engine, found.channels) == ("transcription", 1)


@pytest.mark.parametrize(
    ("language", "country", "engine"),
    [
        ("en", "US", "call_analytics"),
        ("es", "MX", "call_analytics"),
        ("en", "GB", "transcription"),
        ("es", "ES", "transcription"),
        *((language, None, "transcription") for language in ("fr", "de", "it", "pt")),
    ],
)
def test_X3_where_personal_data_are_taken_out_the_engine_is_one_that_can(
    language: str, country: str | None, engine: str
) -> None:
    found = of(language, redaction=True, country=country)
    assert isinstance(found, Plan)
    assert (found.engine, found.redacted, found.words) == (engine, True, True)


@pytest.mark.parametrize("language", ["ar", "hi", "ja", "ko", "zh", "zh-TW"])
def test_X3_where_no_engine_can_there_are_no_words(language: str) -> None:
    assert of(language, wanted=WORDS, redaction=True) is Refusal.NOT_REDACTABLE
    assert of(language, wanted=("comprehend",), redaction=True) is Refusal.NOT_REDACTABLE
    found = of(language, wanted=("sentiment",), redaction=True)
    assert isinstance(found, Plan)
    assert (found.redacted, found.words) == (False, False)


@pytest.mark.parametrize(
    ("audio", "expected"),
    [
        (Audio(2, 0.499, 16_000), Refusal.TOO_SHORT),
        (Audio(2, 0, 44), Refusal.TOO_SHORT),
        (Audio(2, 4 * 3600 + 0.1, 461_000_000), Refusal.TOO_LONG),
        (Audio(2, 3600, 2_000_000_001), Refusal.TOO_LARGE),
    ],
)
def test_X3_what_no_engine_takes(audio: Audio, expected: Refusal) -> None:
    assert of("en", audio) is expected


@pytest.mark.parametrize("audio", [Audio(2, 0.5, 16_044), Audio(2, 4 * 3600, 461_000_000)])
def test_X3_the_shortest_and_the_longest_that_are_taken(audio: Audio) -> None:
    assert isinstance(of("en", audio), Plan)


def test_X3_what_is_too_large_for_call_analytics_goes_to_standard_transcription() -> None:
    found = of("en", Audio(2, 3600, 500_000_001))
    assert isinstance(found, Plan)
    assert found.engine == "transcription"


@pytest.mark.parametrize(
    ("region", "engine"), [("af-south-1", "transcription"), ("eu-west-2", "call_analytics")]
)
def test_X3_the_region_decides_what_there_is(region: str, engine: str) -> None:
    found = of("en", region=region)
    assert isinstance(found, Plan)
    assert found.engine == engine
    assert has(region, "comprehend") is (region not in NOT_IN_REGION)


@pytest.mark.parametrize(("seconds", "paid"), [(0.5, 15), (15, 15), (15.2, 16), (3600, 3600)])
def test_X3_a_job_is_paid_by_the_second_and_for_fifteen_at_least(seconds: float, paid: int) -> None:
    assert paid_seconds(Audio(2, seconds, 1)) == paid
