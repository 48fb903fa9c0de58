"""Reads the entries of a chat: messages, files, and who came and went (X1).

Source: the chat transcript's data model, and what instances were seen to write. Contact Lens repeats the same
entries, with more about some.
"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect import chat_content
from connect_zendesk.amazon_connect.values import mappings, text, timestamp
from connect_zendesk.rules.settings.readers import clean
from connect_zendesk.rules.transcripts.conversation import Mood, Role, Turn

_ROLES: dict[str, Role] = {
    "CUSTOMER": "customer",
    "AGENT": "agent",
    "SUPERVISOR": "supervisor",
    "MANAGER": "supervisor",
    "SYSTEM": "system",
    "BOT": "bot",
    "CUSTOM_BOT": "bot",
}
_MOODS: dict[str, Mood] = {
    "POSITIVE": "positive",
    "NEUTRAL": "neutral",
    "NEGATIVE": "negative",
    "MIXED": "mixed",
}
#: Shown in the place of a name where there is none.
_NO_NAMES = frozenset({"", "BOT", "SYSTEM", "SYSTEM_MESSAGE", "CUSTOMER", "AGENT"})
_EVENTS = "application/vnd.amazonaws.connect.event."
#: Left out of a transcript: that a participant was typing, or that a message arrived.
_SILENT = frozenset(
    {"typing", "message.delivered", "message.read", "message.metadata", "connection.acknowledged"}
)
#: The types that stand where there is no content type.
_TYPES = {
    "PARTICIPANT_JOINED": "participant.joined",
    "PARTICIPANT_LEFT": "participant.left",
    "PARTICIPANT_IDLE": "participant.idle",
    "PARTICIPANT_RETURNED": "participant.returned",
    "PARTICIPANT_INVITED": "participant.invited",
    "AUTODISCONNECTION": "participant.autodisconnection",
    "CHAT_ENDED": "chat.ended",
    "CHAT_REHYDRATED": "chat.rehydrated",
    "TRANSFER_SUCCEEDED": "transfer.succeeded",
    "TRANSFER_FAILED": "transfer.failed",
    "TYPING": "typing",
    "CONNECTION_ACK": "connection.acknowledged",
    "MESSAGE_DELIVERED": "message.delivered",
    "MESSAGE_READ": "message.read",
    "MESSAGE_METADATA": "message.metadata",
    "EVENT": "",
}
_LONGEST_NAME = 255


def turn(entry: Mapping[str, Any]) -> Turn | None:
    """Return what an entry of a chat is, or None where it is nothing to read."""
    content_type = text(entry.get("ContentType")) or ""
    kind = (text(entry.get("Type")) or "").upper()
    event = _event(content_type, kind)
    if event in _SILENT:
        return None
    role_ = role(entry.get("ParticipantRole"), entry.get("DisplayName"))
    known: dict[str, Any] = {
        "role": role_,
        "name": name(entry.get("DisplayName")),
        "id": text(entry.get("Id")),
        "participant": text(entry.get("ParticipantId")),
        "at": timestamp(entry.get("AbsoluteTime")),
    }
    if event is not None:
        return Turn("event", event=event or "event", **known)
    files, refused = _files(entry, refused=False), _files(entry, refused=True)
    if kind == "ATTACHMENT" or files or refused:
        files = files if files or refused else ("",)
        return Turn("attachment", files=files, refused_files=refused, text=_words(entry), **known)
    content = chat_content.read(_words(entry), content_type)
    if not content.text and not content.choices:
        return None
    return Turn("message", text=content.text, choices=content.choices, mood=mood(entry), **known)


def _event(content_type: str, kind: str) -> str | None:
    """Return the word for what happened, or None where the entry is no event."""
    if content_type.startswith(_EVENTS):
        return content_type.removeprefix(_EVENTS)[:60]
    return _TYPES.get(kind)


def _words(entry: Mapping[str, Any]) -> str:
    content = entry.get("Content")
    return clean(content).strip() if isinstance(content, str) else ""


def _files(entry: Mapping[str, Any], *, refused: bool) -> tuple[str, ...]:
    """Return the names of an entry's files: of those that Amazon Connect rejected, or of the others."""
    found = [*mappings(entry.get("Attachments")), entry]
    names = [
        text(one.get("AttachmentName"))
        for one in found
        if ((text(one.get("Status")) or "").upper() == "REJECTED") is refused
    ]
    return tuple(name[:_LONGEST_NAME] for name in names if name)


def role(word: Any, shown: Any = None) -> Role:
    """Return a participant's role. Bots of Amazon Lex take part as the system, by the name BOT."""
    found = _ROLES.get((text(word) or "SYSTEM").upper(), "other")
    return "bot" if found == "system" and (text(shown) or "").upper() == "BOT" else found


def name(value: Any) -> str | None:
    """Return a name as shown in the chat, on one line; None where there is none, or it was redacted."""
    shown = " ".join((text(value) or "").split())[:_LONGEST_NAME]
    redacted = shown.startswith("[") and shown.endswith("]")
    return None if shown.upper() in _NO_NAMES or redacted else shown


def mood(entry: Mapping[str, Any]) -> Mood | None:
    """Return how an entry sounded, by the word that is in it."""
    return _MOODS.get((text(entry.get("Sentiment")) or "").upper())
