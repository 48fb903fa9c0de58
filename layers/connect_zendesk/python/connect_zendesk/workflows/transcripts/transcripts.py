"""Attaches a contact's files to its ticket: each once, whichever of the two is there first (X1, X2, X4)."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.detail_types import SPEECH_RESULT_USED
from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import leg_step, partition_of
from connect_zendesk.ledger.steps import result_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.transcripts.attachment_policy import Exclusion
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.open_ticket import continue_closed
from connect_zendesk.workflows.tickets.ticket_updates import end_quietly
from connect_zendesk.workflows.transcripts import (
    analysis_fields,
    attachable,
    contact_files,
    transcript_comments,
)
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.file_facts import FileFacts
from connect_zendesk.zendesk.errors import Closed, Deleted


def attach(services: Services, file: ContactFile | None, root: str | None = None) -> None:
    """Attach one file to its contact's ticket, or have it wait for one, once, however often it is delivered.

    ``file`` is None for one of another kind, which is ignored; ``root`` is the contact, where it is known.
    Raises `ZendeskError`, `Throttled` and `NotReady`.
    """
    if file is None:
        # A rule's pattern is coarser than the names of files are.
        count(Metric.FILE_IGNORED)
        logger.info("file ignored: no transcript or analysis of a call or chat")
        return
    with TemporaryDirectory() as folder, services.ledger.view(partition_of(root or file.leg)):
        facts = FileFacts(services, file, Path(folder), root)
        with services.ledger.view(partition_of(facts.root)):
            _attach_or_wait(services, facts)


def _attach_or_wait(services: Services, facts: FileFacts) -> None:
    file = facts.file
    head = heads.head(services.ledger, facts.root)
    if head is not None and head.is_forgotten:  # before anything is kept of the file
        logger.info("file ignored: its contact is forgotten", contact=facts.root, rule=head.rule)
        return
    files = contact_files.add(services, facts.root, file)
    services.ledger.renew(partition_of(facts.root))
    head = heads.head(services.ledger, facts.root)
    if head is None:
        count(Metric.FILE_PENDING)
        logger.info(
            "file pending: the contact is not settled yet",
            contact=facts.root,
            leg=file.leg,
            kind=file.kind,
        )
    elif head.ticket is None:
        count(Metric.FILE_WITHOUT_TICKET)
        logger.info(
            "file not attached: the contact has no ticket",
            contact=facts.root,
            leg=file.leg,
            kind=file.kind,
            rule=head.rule,
        )
    else:
        _attach(services, facts, head, files)


def attach_waiting(services: Services, root: str, leg: str) -> None:
    """Attach the files of a leg that came before its record, which has come. Raises as `attach` does.

    What cannot be attached at all is left to its own message; a contact that has no ticket yet brings its
    files along when it gets one.
    """
    head = heads.head(services.ledger, root)
    if head is None or head.ticket is None:
        return
    for pointer in contact_files.of_contact(services, root):
        if pointer.file.leg == leg:
            with suppress(Permanent):
                attach(services, pointer.file, root)


def attach_all(services: Services, root: str) -> None:
    """Have all files that a contact has so far attached to the ticket that it got. Raises `NotPublished`."""
    for pointer in contact_files.of_contact(services, root):
        contact_files.publish(services, root, pointer.file)


def without_ticket(services: Services, root: str, rule: str) -> None:
    """Log that a contact has no ticket, and by which rule. Its files stay known: it may get one yet (A1)."""
    if waiting := len(contact_files.of_contact(services, root)):
        count(Metric.FILE_WITHOUT_TICKET, waiting)
        logger.info("files not attached: the contact has no ticket", contact=root, rule=rule, files=waiting)


def _attach(services: Services, facts: FileFacts, head: Head, files: Sequence[Pointer]) -> None:
    file, step = facts.file, _step(facts.file, head)
    done = result_of(services.ledger, leg_step(facts.root, file.leg, step))
    if done is not None:
        analysis_fields.note_dropped(services, facts, head, step, done)
        count(Metric.ALREADY_HANDLED)
        _is_used(services, file)
        return
    words = attachable.words(services, facts, head, files)
    if isinstance(words, Exclusion):
        count(Metric.FILE_SKIPPED)
        logger.info(
            "file skipped", contact=facts.root, leg=file.leg, kind=file.kind, rule=words.rule, why=words.text
        )
        _is_used(services, file)
        return
    try:
        transcript_comments.write(services, facts, head, step, words)
    except Deleted:
        end_quietly(facts.root, head.ticket)
        _is_used(services, file)
        return
    except Closed:
        # The report of the leg does the same, and whichever comes first makes the follow-up.
        try:
            gone_on = continue_closed(services, facts.leg, head)
        except Deleted:
            end_quietly(facts.root, head.ticket)
            _is_used(services, file)
            return
        _attach(services, facts, gone_on, files)
        return
    count(Metric.FILE_ATTACHED)
    logger.info("file attached", contact=facts.root, leg=file.leg, kind=file.kind, ticket=head.ticket)
    _is_used(services, file)


def _is_used(services: Services, file: ContactFile) -> None:
    """Publish *Speech Result Used* for a transcription, which is then deleted. Raises `NotPublished`."""
    if file.kind == "speech":
        services.messages.publish(SPEECH_RESULT_USED, {"job": file.job})


def _step(file: ContactFile, head: Head) -> str:
    """Return the name of the step that attaches a file to a ticket of its contact, or to its follow-up."""
    name = f"file#{file.leg}#{hashlib.sha256(place_of(file).encode()).hexdigest()[:16]}"
    return name if head.moved == 0 else f"{name}~{head.moved}"
