"""The sample files of events/contact_files, and files made for one test."""

import json
from pathlib import Path
from typing import Any

from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.rules.transcripts.conversation import Conversation

BUCKET = "amazon-connect-recordings"
FOLDER = Path(__file__).parents[3] / "events" / "contact_files" / BUCKET
SAMPLES = sorted(FOLDER.rglob("*.json"))
LEG = "aaaaaaaa-0000-4000-8000-000000000001"
CHAT = f"connect/acme/ChatTranscripts/2026/11/02/{LEG}_20261102T10:00_UTC.json"
VOICE = f"Analysis/Voice/2026/11/02/{LEG}_analysis_2026-11-02T10:01:15Z.json"
LENS_CHAT = f"Analysis/Chat/2026/11/02/{LEG}_analysis_2026-11-02T10:01:15Z.json"


def contact_id(number: int) -> str:
    """Return the contact id of a sample of this number."""
    return f"c0117ac7-0000-4000-8000-{number:012}"


def sample(number: int, place: str) -> tuple[ContactFile, Path]:
    """Return a sample and where it is; ``place`` is the folder in which its kind lies."""
    (path,) = (FOLDER / place).rglob(f"{contact_id(number)}_*.json")
    return file_at(str(path.relative_to(FOLDER))), path


def file_at(key: str) -> ContactFile:
    """Return the contact file of a key."""
    file = contact_files.of_key(BUCKET, key)
    assert file is not None
    return file


def opened(number: int, place: str) -> Conversation:
    """Return what a sample says."""
    return contact_files.open(*sample(number, place))


def saved(folder: Path, content: Any, name: str = "file.json") -> Path:
    """Write a file: text as it is, bytes as they are, all else as JSON."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def made(folder: Path, key: str, content: Any) -> Conversation:
    """Return what a file of this key and content says."""
    return contact_files.open(file_at(key), saved(folder, content))
