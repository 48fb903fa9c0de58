"""Brings a contact's files to its ticket: each once, whichever of the two is there first (X1, X2, X4)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.ledger import KEEP, Head, contact
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.transcripts import transcript_wanted as wanted
from connect_zendesk.rules.transcripts.transcript_wanted import Unwanted, Words
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.tickets.open_ticket import continue_closed
from connect_zendesk.workflows.transcripts import contact_files, holding, redaction, transcript_comments
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.file_at_work import FileAtWork
from connect_zendesk.zendesk.errors import Closed


def take(clients: Clients, file: ContactFile | None, root: str | None = None) -> None:
    """Bring one file to its contact's ticket, or have it wait for one, once, whatever is delivered again.

    ``file`` is None for one of another kind, which is left alone; ``root`` is the contact, where it is known.
    Raises `ZendeskError`, `Throttled` and `Busy`.
    """
    if file is None:
        # Nobody asked for it: a rule's pattern is coarser than the names of files are.
        count("FileOfOtherKind")
        logger.info("not a transcript or an analysis of a call or a chat")
        return
    with TemporaryDirectory() as folder:
        work = FileAtWork(clients, file, Path(folder), root)
        files = contact_files.add(clients, work.root, file)
        head = clients.ledger.head(work.root)
        if head is None:
            count("FileWaits")
            logger.info("waits for the ticket", contact=work.root, leg=file.leg, kind=file.kind)
        elif head.ticket is None:
            count("FileWithoutTicket")
            logger.info("no ticket for it", contact=work.root, leg=file.leg, kind=file.kind, rule=head.rule)
        else:
            _bring(clients, work, head, files)


def link(clients: Clients, root: str) -> None:
    """Have all files that a contact has so far brought to the ticket that it got. Raises `NotPublished`."""
    for pointer in contact_files.of_contact(clients, root):
        contact_files.ask_for(clients, root, pointer.file)


def close(clients: Clients, root: str, rule: str) -> None:
    """Note that a contact has no ticket, and by which rule. Its files stay known: it may get one yet (A1)."""
    if waiting := len(contact_files.of_contact(clients, root)):
        count("FileWithoutTicket", waiting)
        logger.info("no ticket for its files", contact=root, rule=rule, files=waiting)


def _bring(clients: Clients, work: FileAtWork, head: Head, files: Sequence[Pointer]) -> None:
    file, step = work.file, _step(work.file, head)
    if clients.ledger.result_of(contact(work.root), f"step#{step}") is not None:
        count("AlreadyHandled")
        return
    words = _words(clients, work, head, files)
    if isinstance(words, Unwanted):
        count("FileLeftOut")
        why = words
        logger.info("left out", contact=work.root, leg=file.leg, kind=file.kind, rule=why.rule, why=why.text)
        return
    try:
        transcript_comments.write(clients, work, head.ticket or 0, step, words)
    except Closed:
        # The report of the leg does the same, and whichever comes first makes the follow-up.
        _bring(clients, work, continue_closed(clients, work.leg, head), files)
        return
    count("FileAttached")
    logger.info("attached", contact=work.root, leg=file.leg, kind=file.kind, ticket=head.ticket)


def _words(clients: Clients, work: FileAtWork, head: Head, files: Sequence[Pointer]) -> Words | Unwanted:
    """Return where the words of a file are to be read, or why it stays off the ticket as a whole."""
    kind = work.file.kind
    if (why := redaction.put_aside(clients, work, files)) is not None:
        return why
    if work.told is None:
        # Settings can be changed until the end, and in a later leg: the first leg's may be others.
        holding.hold_back(clients, work.file, files, holding.FOR_THE_RECORD, "its leg's record has not come")
    wishes = work.wishes
    if (why := wanted.unwanted(kind, wishes)) is not None:
        return why
    if (why := wanted.unwanted_category(work.conversation.categories)) is not None:
        return why
    if not wanted.may_tell_words(kind, wishes):
        return "left out"
    if kind not in wanted.OF_CHATS or not work.conversation.has_words or _tells_first(clients, work, head):
        return "here"
    return wanted.TOLD_ALREADY if kind == "chat" else "in the transcript"


def _tells_first(clients: Clients, work: FileAtWork, head: Head) -> bool:
    """Tell whether this file's comment has the words: a chat's transcript and its analysis both do.

    Whichever is the first to come to a ticket tells them there.
    """
    place = place_of(work.file)
    name = f"told#{work.file.leg}#{head.ticket}"
    return bool(clients.ledger.change(contact(work.root), name, lambda first: first or place, KEEP) == place)


def _step(file: ContactFile, head: Head) -> str:
    """Return what it is called to bring a file to a ticket of its contact, or to what follows that up."""
    name = f"file#{file.leg}#{hashlib.sha256(place_of(file).encode()).hexdigest()[:16]}"
    return name if head.moved == 0 else f"{name}~{head.moved}"
