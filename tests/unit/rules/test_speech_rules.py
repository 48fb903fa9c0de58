"""The header of a recording, jobs' names, what Comprehend gets and what is made of its answers (X3)."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.speech import wav
from connect_zendesk.rules.speech.insights import MOST_SHOWN, Found, Tones
from connect_zendesk.rules.speech.pieces import LARGEST_PIECE, MOST_BYTES, pieces
from connect_zendesk.rules.speech.reasons import Refusal, may_pass, of_failure
from connect_zendesk.rules.speech.request import SpeechRequest, job_of
from connect_zendesk.rules.transcripts.conversation import Turn
from tests.strategies import examples


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return (
        name
        + struct.pack("<I", len(content) if size is None else size)
        + content
        + b"\0" * (len(content) % 2)
    )


def sound(channels: int = 2, rate: int = 8000, bits: int = 16, code: int = 1) -> bytes:
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits))


def file(*chunks: bytes) -> bytes:
    return b"RIFF\xff\xff\xff\xffWAVE" + b"".join(chunks)


@pytest.mark.parametrize(("channels", "bits", "seconds"), [(2, 16, 60), (1, 16, 60), (2, 8, 120)])
def test_the_header_says_channels_and_length(channels: int, bits: int, seconds: int) -> None:
    start = file(sound(channels, bits=bits), chunk(b"data", b"", seconds * 8000 * channels * bits // 8))
    found = wav.read(start, 10**9)
    assert found is not None
    assert (found.channels, found.seconds, found.size) == (channels, seconds, 10**9)


def test_chunks_of_other_kinds_are_passed_over() -> None:
    start = file(chunk(b"JUNK", b"abc"), sound(), chunk(b"LIST", b"x" * 100), chunk(b"data", b"", 32_000))
    found = wav.read(start, 10**6)
    assert found is not None
    assert found.seconds == 1


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_where_the_recorder_left_the_length_open_the_files_size_counts(size: int) -> None:
    start = file(sound(), chunk(b"data", b"", size))
    found = wav.read(start, len(start) + 64_000)
    assert found is not None
    assert found.seconds == 2


def test_a_file_that_is_cut_off_is_as_long_as_what_is_there() -> None:
    start = file(sound(), chunk(b"data", b"", 320_000))
    found = wav.read(start, len(start) + 16_000)
    assert found is not None
    assert found.seconds == 0.5


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"RIFF",
        b"ID3\x03" + b"\0" * 100,
        file(),
        file(chunk(b"data", b"", 100)),  # no word on what the sound is
        file(sound()),  # and no sound
        file(sound(channels=0), chunk(b"data", b"", 100)),
        file(sound(rate=0), chunk(b"data", b"", 100)),
        file(chunk(b"fmt ", b"\1\0"), chunk(b"data", b"", 100)),
    ],
)
def test_what_is_no_recording_is_none(start: bytes) -> None:
    assert wav.read(start, 10**6) is None


@examples(200)
@given(start=st.binary(max_size=200), size=st.integers(0, 10**10))
def test_any_bytes_are_a_recording_or_none(start: bytes, size: int) -> None:
    for begin in (b"", b"RIFF\0\0\0\0WAVE"):
        found = wav.read(begin + start, size)
        assert found is None or (found.channels > 0 and found.seconds >= 0)


def request(place: str = "b/connect/CallRecordings/2026/11/02/c1_UTC.wav", leg: str = "c1") -> SpeechRequest:
    return SpeechRequest("c1", leg, place, ("transcript",), "en", "en-GB", began="2026-11-02T09:00:00+00:00")


def test_X3_a_jobs_name_is_the_same_each_time_and_another_for_another_recording() -> None:
    assert job_of(request(), "Stack") == job_of(request(), "Stack")
    assert job_of(request(), "Stack") != job_of(request("b/other.wav"), "Stack")
    assert job_of(request(), "Stack").startswith("Stack-c1-")


@examples(50)
@given(
    leg=st.text(max_size=300),
    place=st.text(max_size=50),
    stack=st.from_regex("[A-Za-z][A-Za-z0-9-]{0,127}", fullmatch=True),
)
def test_X3_a_jobs_name_is_one_that_the_service_takes_with_room_for_another_attempt(
    leg: str, place: str, stack: str
) -> None:
    name = job_of(request(place, leg), stack)
    assert re.fullmatch(r"[0-9a-zA-Z._-]{1,198}", name)


def test_X3_a_request_is_read_as_it_was_published() -> None:
    assert SpeechRequest.of(request().as_detail()) == request()


def said(*texts: str) -> list[Turn]:
    return [Turn("message", "customer", text=text) for text in texts]


def test_X3_short_turns_are_joined_to_one_piece() -> None:
    assert list(pieces(said("Hello.", "My parcel is late.", "", "  "))) == ["Hello. My parcel is late."]
    assert list(pieces([])) == []


def test_X3_a_piece_ends_where_a_sentence_does() -> None:
    found = list(pieces(said(*("This is one sentence of many in a row. " * 20 for _ in range(20)))))
    assert len(found) == 4
    assert all(piece.endswith(".") for piece in found)


def test_X3_personal_data_that_were_taken_out_are_not_sent_as_words() -> None:
    assert list(pieces(said("I am [PII], from [ADDRESS]."))) == ["I am , from ."]


@examples(100)
@given(st.lists(st.text(max_size=3000), max_size=20))
def test_X3_a_piece_is_never_too_long_or_empty_and_no_letter_is_lost(texts: list[str]) -> None:
    turns = said(*(text.encode(errors="ignore").decode() for text in texts))
    found = list(pieces(turns))
    assert all(0 < len(piece.encode()) <= LARGEST_PIECE for piece in found)

    def letters(text: str) -> str:
        return "".join(re.sub(r"\[[A-Z_]{2,30}\]", " ", text).split())

    assert letters(" ".join(found)) == letters(" ".join(turn.text for turn in turns))


def test_X3_of_an_endless_conversation_the_beginning_is_sent() -> None:
    endless = (Turn("message", "customer", text="On and on. " * 50) for _ in range(10_000))
    assert sum(len(piece) for piece in pieces(endless)) < MOST_BYTES + 2 * LARGEST_PIECE


def test_X3_how_a_side_sounded_is_weighed_by_length() -> None:
    tones = Tones()
    assert tones.tone() is None
    tones.add({"Positive": 1.0}, 100)
    tones.add({"Negative": 1.0}, 300)
    tone = tones.tone()
    assert tone is not None
    assert (tone.mood, tone.shares["negative"], tone.shares["positive"]) == ("negative", 0.75, 0.25)


def test_X3_of_what_was_found_the_most_frequent_and_surest_are_shown_once() -> None:
    found = Found()
    for text, score in [("parcel", 0.9), ("Parcel", 0.99), ("guess", 0.79), ("x", 1.0), ("London", 0.95)]:
        found.add(text, score)
    assert [each.text for each in found.best()] == ["parcel", "London"]
    for number in range(2_000):
        found.add(f"thing {number}", 0.9)
    assert len(found.best()) == MOST_SHOWN


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("", Refusal.FAILED), ("Internal Failure", Refusal.FAILED), ("INVALID SAMPLE RATE", Refusal.NO_AUDIO)],
)
def test_X8_a_failure_in_words_that_are_not_known_is_a_failure(reason: str, expected: Refusal) -> None:
    assert of_failure(reason) is expected
    assert may_pass(reason) is reason.startswith("Internal")
