"""Writes a conversation on a ticket, once: a private comment, and a file of the whole if it is too long (X5).

Its words are not for the ledger to keep: each attempt makes the comment anew from the file that is in S3.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import legs
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.tickets.comment import escape
from connect_zendesk.rules.transcripts.attachment_policy import OF_CHATS, Words, others_were_there
from connect_zendesk.rules.transcripts.transcript_comment import Rendered, TranscriptView, render
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_updates import update_once
from connect_zendesk.workflows.transcripts.file_facts import FileFacts
from connect_zendesk.zendesk import tickets, uploads
from connect_zendesk.zendesk.errors import ZendeskPermanent

_HTML = "text/html; charset=utf-8"
#: Files of the whole, of 45 MB each, on one comment. What needs more is no conversation.
_MOST_PARTS = 4
_NOTES = {
    "in the transcript": wording.WORDS_IN_THE_TRANSCRIPT,
    "left out": wording.WORDS_LEFT_OUT,
}


class Parts:
    """The file of a whole conversation, on disk, in as many parts as it takes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self.name = folder, name
        self._open: TextIO | None = None
        self.files: list[tuple[Path, str]] = []

    def write(self, text: str, /) -> None:
        """Add a text to the present part."""
        if self._open is None:
            self.next_part()
        assert self._open is not None  # noqa: S101 - a part has just begun
        self._open.write(text)

    def next_part(self) -> None:
        """Begin the next part. Raises `Permanent` where there would be too many."""
        self.close()
        number = len(self.files) + 1
        if number > _MOST_PARTS:
            raise Permanent(f"longer than any conversation: more than {_MOST_PARTS} files")
        path = self._folder / f"part-{number}.html"
        self.files.append((path, f"{self.name}{f'-{number}' if number > 1 else ''}.html"))
        self._open = path.open("w", encoding="utf-8", errors="replace", newline="")

    def close(self) -> None:
        """Have everything on disk."""
        if self._open is not None:
            self._open.close()
            self._open = None


def write(services: Services, facts: FileFacts, ticket: int, step: str, words: Words) -> None:
    """Write what a file says on a ticket, once; ``step`` names it in the ledger and the ticket's audits.

    Raises `ZendeskError` and `NotReady`.
    """
    name = f"{'chat' if facts.file.kind in OF_CHATS else 'call'}-{facts.file.leg}"
    with _closing(Parts(facts.folder, name)) as parts:
        rendered = _rendered(services, facts, parts, words)
    metadata = {"contact": facts.root, "leg": facts.file.leg, "step": step}

    def without_file() -> dict[str, Any]:
        return tickets.private_comment(f"{rendered.html}<p>{escape(wording.FILE_REFUSED)}</p>")

    def comment() -> dict[str, Any]:
        if rendered.complete:
            return tickets.private_comment(rendered.html)
        try:
            token = uploads.upload(services.zendesk, parts.files, _HTML)
        except ZendeskPermanent as refused:
            count(Metric.OPTIONAL_PART_REFUSED)
            logger.warning("file refused by Zendesk", contact=facts.root, reason=str(refused))
            return without_file()
        return {**tickets.private_comment(rendered.html), "uploads": [token]}

    update_once(
        services,
        leg_step(facts.root, facts.file.leg, step),
        ticket,
        step,
        lambda: {"metadata": {tickets.METADATA: metadata}},
        comment=comment,
        instead=None if rendered.complete else without_file,
    )


def _rendered(services: Services, facts: FileFacts, parts: Parts, words: Words) -> Rendered:
    leg = records.newest_leg(services, facts.root, facts.file.leg)
    agent = leg.agent if leg else None
    view = TranscriptView(
        time_zone=services.app.time_zone,
        multi_party=others_were_there(facts.file.leg, legs.times(services.ledger, facts.root)),
        agent=(agent.username or None) if agent else None,
        began=agent.connected if agent else None,
        file_name=f"{parts.name}.html",
        room=services.assumptions.largest_comment,
    )
    conversation = facts.conversation
    try:
        if words == "here":
            return render(conversation, view, parts)
        shown = conversation.without_words() if words == "left out" else replace(conversation, items=())
        rendered = render(shown, view, parts)
    except NotAContactFile as reason:
        raise Permanent(str(reason)) from None
    return replace(rendered, html=f"{rendered.html}<p>{escape(_NOTES[words])}</p>")


@contextmanager
def _closing(parts: Parts) -> Iterator[Parts]:
    try:
        yield parts
    finally:
        parts.close()
