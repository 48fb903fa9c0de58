"""Brings a contact's files to its ticket: each once, whichever of the two is there first (X1, X2, X4)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.ledger import files as ledger_files
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.ledger.steps import result_of
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.transcripts import attachment_policy
from connect_zendesk.rules.transcripts.attachment_policy import Exclusion, Words
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.open_ticket import continue_closed
from connect_zendesk.workflows.transcripts import contact_files, deferral, redaction, transcript_comments
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.file_at_work import FileAtWork
from connect_zendesk.zendesk.errors import Closed


def take(services: Services, file: ContactFile | None, root: str | None = None) -> None:
    """Bring one file to its contact's ticket, or have it wait for one, once, whatever is delivered again.

    ``file`` is None for one of another kind, which is left alone; ``root`` is the contact, where it is known.
    Raises `ZendeskError`, `Throttled` and `NotReady`.
    """
    if file is None:
        # Nobody asked for it: a rule's pattern is coarser than the names of files are.
        count("FileOfOtherKind")
        logger.info("not a transcript or an analysis of a call or a chat")
        return
    with TemporaryDirectory() as folder:
        work = FileAtWork(services, file, Path(folder), root)
        files = contact_files.add(services, work.root, file)
        head = heads.head(services.ledger, work.root)
        if head is None:
            count("FileWaits")
            logger.info("waits for the ticket", contact=work.root, leg=file.leg, kind=file.kind)
        elif head.ticket is None:
            count("FileWithoutTicket")
            logger.info("no ticket for it", contact=work.root, leg=file.leg, kind=file.kind, rule=head.rule)
        else:
            _bring(services, work, head, files)


def link(services: Services, root: str) -> None:
    """Have all files that a contact has so far brought to the ticket that it got. Raises `NotPublished`."""
    for pointer in contact_files.of_contact(services, root):
        contact_files.ask_for(services, root, pointer.file)


def close(services: Services, root: str, rule: str) -> None:
    """Note that a contact has no ticket, and by which rule. Its files stay known: it may get one yet (A1)."""
    if waiting := len(contact_files.of_contact(services, root)):
        count("FileWithoutTicket", waiting)
        logger.info("no ticket for its files", contact=root, rule=rule, files=waiting)


def _bring(services: Services, work: FileAtWork, head: Head, files: Sequence[Pointer]) -> None:
    file, step = work.file, _step(work.file, head)
    if result_of(services.ledger, leg_step(work.root, file.leg, step)) is not None:
        count("AlreadyHandled")
        return
    words = _words(services, work, head, files)
    if isinstance(words, Exclusion):
        count("FileLeftOut")
        why = words
        logger.info("left out", contact=work.root, leg=file.leg, kind=file.kind, rule=why.rule, why=why.text)
        return
    try:
        transcript_comments.write(services, work, head.ticket or 0, step, words)
    except Closed:
        # The report of the leg does the same, and whichever comes first makes the follow-up.
        _bring(services, work, continue_closed(services, work.leg, head), files)
        return
    count("FileAttached")
    logger.info("attached", contact=work.root, leg=file.leg, kind=file.kind, ticket=head.ticket)


def _words(services: Services, work: FileAtWork, head: Head, files: Sequence[Pointer]) -> Words | Exclusion:
    """Return where the words of a file are to be read, or why it stays off the ticket as a whole."""
    kind = work.file.kind
    if (why := redaction.superseded(services, work, files)) is not None:
        return why
    if work.told is None:
        # Settings can be changed until the end, and in a later leg: the first leg's may be others.
        deferral.defer(services, work.file, files, deferral.FOR_THE_RECORD, "its leg's record has not come")
    policy = work.policy
    if (why := attachment_policy.excluded_by_settings(kind, policy)) is not None:
        return why
    if (why := attachment_policy.excluded_by_category(work.conversation.categories)) is not None:
        return why
    if not attachment_policy.may_show_words(kind, policy):
        return "left out"
    if (
        kind not in attachment_policy.OF_CHATS
        or not work.conversation.has_words
        or _tells_first(services, work, head)
    ):
        return "here"
    return attachment_policy.COVERED_BY_ANALYSIS if kind == "chat" else "in the transcript"


def _tells_first(services: Services, work: FileAtWork, head: Head) -> bool:
    """Tell whether this file's comment has the words: a chat's transcript and its analysis both do.

    Whichever is the first to come to a ticket tells them there.
    """
    return ledger_files.is_first(services.ledger, work.root, work.file.leg, head.ticket, place_of(work.file))


def _step(file: ContactFile, head: Head) -> str:
    """Return what it is called to bring a file to a ticket of its contact, or to what follows that up."""
    name = f"file#{file.leg}#{hashlib.sha256(place_of(file).encode()).hexdigest()[:16]}"
    return name if head.moved == 0 else f"{name}~{head.moved}"
