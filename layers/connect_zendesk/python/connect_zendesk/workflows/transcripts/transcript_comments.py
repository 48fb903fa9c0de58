"""Writes a conversation on a ticket, once: a private comment, and a file of the whole if it is too long (X5).

Its words are not for the ledger to keep: each attempt makes the comment anew from the file that is in S3.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
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
from connect_zendesk.rules.transcripts.conversation import Insights, Role
from connect_zendesk.rules.transcripts.transcript_comment import Rendered, TranscriptView, render
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.open_ticket import view_of
from connect_zendesk.workflows.tickets.ticket_updates import update_once
from connect_zendesk.workflows.transcripts.file_facts import FileFacts
from connect_zendesk.workflows.transcripts.insights import Wanted, insights
from connect_zendesk.zendesk import tickets, uploads
from connect_zendesk.zendesk.errors import ZendeskPermanent

_HTML = "text/html; charset=utf-8"
#: Files of the whole, of 45 MB each, on one comment. What needs more is no conversation.
_MOST_PARTS = 4
#: Sides whose words are analysed: a recording of one channel does not say who is who.
_HEARD: tuple[Role, ...] = ("customer", "agent", "other")
_ASKING: tuple[Role, ...] = ("customer", "other")
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
    parts = Parts(facts.folder, name)
    metadata = {"contact": facts.root, "leg": facts.file.leg, "step": step}

    @cache
    def made() -> Rendered:
        # When Zendesk has shown the ticket, as Amazon Comprehend is paid for each time that it is asked.
        with _closing(parts):
            return _rendered(services, facts, parts, words)

    def refused_file() -> dict[str, Any]:
        return tickets.private_comment(f"{made().html}<p>{escape(wording.FILE_REFUSED)}</p>")

    def comment() -> dict[str, Any]:
        rendered = made()
        if rendered.complete:
            return tickets.private_comment(rendered.html)
        try:
            token = uploads.upload(services.zendesk, parts.files, _HTML)
        except ZendeskPermanent as refused:
            count(Metric.OPTIONAL_PART_REFUSED)
            logger.warning("file refused by Zendesk", contact=facts.root, reason=str(refused))
            return refused_file()
        return {**tickets.private_comment(rendered.html), "uploads": [token]}

    update_once(
        services,
        leg_step(facts.root, facts.file.leg, step),
        ticket,
        step,
        lambda: {"metadata": {tickets.METADATA: metadata}},
        comment=comment,
        instead=lambda: None if made().complete else refused_file(),
    )


def _rendered(services: Services, facts: FileFacts, parts: Parts, words: Words) -> Rendered:
    leg = records.newest_leg(services, facts.root, facts.file.leg)
    conversation = facts.conversation
    agent = leg.agent if leg else None
    view = TranscriptView(
        time_zone=services.app.time_zone,
        multi_party=others_were_there(facts.file.leg, legs.times(services.ledger, facts.root)),
        agent=(agent.username or None) if agent else None,
        began=agent.connected if agent else None,
        file_name=f"{parts.name}.html",
        recording=view_of(services, leg).recording_url if leg and conversation.kind == "voicemail" else None,
        room=services.assumptions.largest_comment,
    )
    try:
        if words == "here":
            return render(replace(conversation, insights=_insights(services, facts)), view, parts)
        shown = conversation.without_words() if words == "left out" else replace(conversation, items=())
        rendered = render(shown, view, parts)
    except NotAContactFile as reason:
        raise Permanent(str(reason)) from None
    return replace(rendered, html=f"{rendered.html}<p>{escape(_NOTES[words])}</p>")


def _insights(services: Services, facts: FileFacts) -> Insights:
    """Return what Amazon Comprehend makes of a chat or of a transcription, as far as that was asked for (X3).

    Call Analytics has found out itself how each side felt. Of an agent's words it is not said what was
    spoken of.
    """
    if (transcription := facts.transcription) is not None:
        heard, asked, plan = transcription.heard, transcription.job.request, transcription.job.plan
        if heard is None or plan is None:
            return Insights()
        measured = heard.kind == "call_analytics" or "sentiment" not in asked.wanted
        spoken = "comprehend" in asked.wanted and plan.words
        wanted = Wanted(asked.language, () if measured else _HEARD, _ASKING if spoken else ())
        return insights(services, heard.items, wanted)
    policy, of_leg = facts.policy, facts.leg_files
    if facts.file.kind != "chat" or not policy.analysis or (of_leg is not None and of_leg.analysed):
        return Insights()
    wanted = Wanted(
        policy.language,
        _HEARD[:2] if "sentiment" in policy.analysis else (),
        _ASKING[:1] if "comprehend" in policy.analysis else (),
    )
    return insights(services, facts.conversation.items, wanted)


@contextmanager
def _closing(parts: Parts) -> Iterator[Parts]:
    try:
        yield parts
    finally:
        parts.close()
