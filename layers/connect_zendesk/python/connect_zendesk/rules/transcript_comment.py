"""A conversation as a private comment, and as a file where it is too long for one (X1, X2, X5, X6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connect_zendesk.rules.conversation import Conversation

#: UTF-8 bytes. Zendesk's limit is 65,535; the rest is left to what it adds.
LARGEST_COMMENT = 60_000
#: UTF-8 bytes of a file. Zendesk takes 50 MB.
LARGEST_PART = 45_000_000


@dataclass(frozen=True)
class TranscriptView:
    """How a conversation is to be shown.

    ``time_zone`` is the administrator's (IANA). ``multi_party``: the contact's records tell that more than
    two took part or that a supervisor joined; what the file itself tells is seen without it (X6). ``agent``
    is the name of the leg's agent, and ``began`` when the agent was connected, if known. ``file_name`` is
    what the file of the whole will be called; of a second part and so on the name ends in -2.
    """

    time_zone: str = "UTC"
    multi_party: bool = False
    agent: str | None = None
    began: datetime | None = None
    file_name: str = "transcript.html"


@dataclass(frozen=True)
class Rendered:
    """A conversation's comment: its HTML, whether that is all of it, and how much there is.

    ``turns`` counts the entries of the whole, ``shown`` those in the comment. Where ``complete``, nobody
    needs the file. ``parts`` counts the documents that were written.
    """

    html: str
    complete: bool
    turns: int
    shown: int
    parts: int = 1


class Sink(Protocol):
    """Where the file of the whole goes, text by text; `next_part` begins another file."""

    def write(self, text: str, /) -> object:
        """Take a text."""

    def next_part(self) -> object:
        """Begin the next file: what comes now is a document of its own, for at most `LARGEST_PART` bytes."""


def render(conversation: Conversation, view: TranscriptView, sink: Sink) -> Rendered:
    """Return a conversation's comment, and write the whole into ``sink`` as a document, as it is read."""
    raise NotImplementedError
