"""Contact files of any length, made as they are written; for measuring."""

import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.amazon_connect.contact_files import ContactFile

LEG = "aaaaaaaa-0000-4000-8000-000000000001"
KEYS = {
    "chat": f"connect/acme/ChatTranscripts/2026/11/02/{LEG}_20261102T10:00_UTC.json",
    "lens_voice": f"Analysis/Voice/2026/11/02/{LEG}_analysis_2026-11-02T10:00:20Z.json",
    "lens_chat": f"Analysis/Chat/2026/11/02/{LEG}_analysis_2026-11-02T10:00:20Z.json",
}
_SAID = "The parcel came on <Friday> & it was broken, so we send another one today; naïve ☂ umbrella! "


def file_of(kind: str) -> ContactFile:
    """Return the place of a contact file of a kind."""
    file = contact_files.of_key("recordings", KEYS[kind])
    assert file is not None
    return file


def write(path: Path, kind: str, size: int) -> None:
    """Write a contact file of about so many bytes; what is said of the whole comes last."""
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"Transcript": [')
        for number, turn in enumerate(_turns(kind)):
            text = (", " if number else "") + json.dumps(turn, ensure_ascii=False)
            written += len(text.encode()) + (140 if kind == "lens_chat" else 0)  # what is said of its mood
            if written > size:
                break
            stream.write(text)
        stream.write("]")
        if kind == "lens_chat":
            stream.write(', "ConversationCharacteristics": {"Sentiment": {"DetailsByTranscriptItemGroup": [')
            stream.write(
                ", ".join(json.dumps(_group(one)) for side in (0, 1) for one in range(side, number, 2))
            )
            stream.write("]}}")
        stream.write("}")


def write_transcription(path: Path, kind: str, minutes: int) -> None:
    """Write what Amazon Transcribe writes of a call of so many minutes, in which someone always speaks.

    ``kind`` is *transcription* or *call_analytics*.
    """
    words = range(minutes * 150)
    with path.open("w", encoding="utf-8") as stream:
        if kind == "call_analytics":
            _write_list(
                stream, '{"JobStatus": "COMPLETED", "Transcript": [', map(_turn_of_words, words[::30]), "]}"
            )
            return
        stream.write('{"jobName": "j", "results": {"transcripts": [], "channel_labels": {"channels": [')
        for side in (0, 1):
            before = f'{", " if side else ""}{{"channel_label": "ch_{side}", "items": ['
            _write_list(stream, before, (_word(one) for one in words if one // 15 % 2 == side), "]}")
        _write_list(stream, ']}, "items": [', map(_word, words), "]}}")


def _write_list(stream: IO[str], before: str, entries: Iterable[Any], after: str) -> None:
    stream.write(before)
    for number, entry in enumerate(entries):
        stream.write((", " if number else "") + json.dumps(entry))
    stream.write(after)


def _word(number: int) -> dict[str, Any]:
    at = number * 0.4
    said = {"confidence": "0.99", "content": f"word{number % 977}"}
    return {
        "type": "pronunciation",
        "start_time": f"{at:.2f}",
        "end_time": f"{at + 0.3:.2f}",
        "alternatives": [said],
        "channel_label": f"ch_{number // 15 % 2}",
    }


def _turn_of_words(number: int) -> dict[str, Any]:
    side = "CUSTOMER" if number // 30 % 2 else "AGENT"
    words = [f"word{one % 977}" for one in range(number, number + 30)]
    return {
        "Id": _id(number),
        "ParticipantRole": side,
        "Content": " ".join(words),
        "BeginOffsetMillis": number * 400,
        "EndOffsetMillis": number * 400 + 11_000,
        "Sentiment": "NEUTRAL",
        "LoudnessScores": [70.5] * 12,
        "Items": [
            {"Content": one, "BeginOffsetMillis": number * 400, "Type": "pronunciation"} for one in words
        ],
    }


def _turns(kind: str) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311 - nothing secret
    number = 0
    while True:
        start = chance.randrange(40)
        said = (_SAID * 3)[start : start + chance.randint(10, 200)]
        side = "CUSTOMER" if number % 2 else "AGENT"
        turn: dict[str, Any] = {"Id": _id(number), "ParticipantId": side, "Content": said}
        if kind == "lens_voice":
            turn |= {"BeginOffsetMillis": number * 5_000, "EndOffsetMillis": number * 5_000 + 4_000}
            turn |= {"Sentiment": "NEUTRAL", "LoudnessScore": [77.5, 80.1, 79.9, 81.0]}
        else:
            day, minute, second = 2 + number // 80_000 % 7, number // 60 % 60, number % 60
            time = f"2026-11-0{day}T10:{minute:02}:{second:02}.000Z"
            turn |= {"Type": "MESSAGE", "ContentType": "text/plain", "AbsoluteTime": time}
            turn["ParticipantRole"] = side
        yield turn
        number += 1


def _group(number: int) -> dict[str, Any]:
    side = "CUSTOMER" if number % 2 else "AGENT"
    return {"ParticipantRole": side, "Sentiment": "POSITIVE", "TranscriptItems": [{"Id": _id(number)}]}


def _id(number: int) -> str:
    return f"5d1d3c2e-0000-4000-8000-{number:012}"
