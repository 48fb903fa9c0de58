"""Contact files of any length, made as they are written; for measuring."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
