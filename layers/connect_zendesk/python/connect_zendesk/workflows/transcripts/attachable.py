"""Whether a file goes on its contact's ticket, and with its words or without them (X1, X2).

A raw file never undoes the redaction of its leg, in whichever order the two come. While that, or the leg's
settings, cannot be known yet, the file is deferred.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.amazon_connect.leg_files import prefix_of_redacted
from connect_zendesk.errors import NotReady, Permanent
from connect_zendesk.ledger import files as ledger_files
from connect_zendesk.ledger.heads import Head
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count
from connect_zendesk.rules.transcripts import attachment_policy
from connect_zendesk.rules.transcripts.attachment_policy import Exclusion, Words
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.file_facts import FileFacts

_REDACTED = Exclusion("X2", "there is a redacted file")
_WILL_BE_REDACTED = Exclusion("X2", "redaction is on")
_UNPROCESSED = Exclusion("X1", "what the chat was before it was redacted on its way")

#: A leg's record has its settings and whether it is redacted. It comes with the end of after-contact work,
#: which is a person's to end; where none has come by then, it is lost.
_RECORD_WITHIN = timedelta(hours=4)


def words(services: Services, facts: FileFacts, head: Head, files: Sequence[Pointer]) -> Words | Exclusion:
    """Return where the words of a file are to be read, or why the whole file stays off the ticket.

    ``head`` has the contact's ticket; ``files`` are the contact's so far, this one among them. Raises
    `NotReady` while the file is deferred.
    """
    kind = facts.file.kind
    if kind == "speech":
        # It was asked for by its leg's record, and redacted as it was made.
        return _transcribed(facts)
    if (why := _superseded(services, facts, files)) is not None:
        return why
    if facts.leg_files is None:
        # Settings can be changed until the end, and in a later leg: the first leg's may be others.
        _defer(services, facts.file, files, _RECORD_WITHIN, "its leg's record has not come")
    policy = facts.policy
    if (why := attachment_policy.excluded_by_settings(kind, policy)) is not None:
        return why
    if (why := attachment_policy.excluded_by_category(facts.conversation.categories)) is not None:
        return why
    if not attachment_policy.may_show_words(kind, policy):
        return "left out"
    if (
        kind not in attachment_policy.OF_CHATS
        or not facts.conversation.has_words
        or _is_first(services, facts, head)
    ):
        return "here"
    return attachment_policy.COVERED_BY_ANALYSIS if kind == "chat" else "in the transcript"


def _transcribed(facts: FileFacts) -> Words | Exclusion:
    """Return whether a transcription is shown: not where the customer has opted out meanwhile (M3, X2)."""
    if (why := attachment_policy.excluded_by_settings(facts.file.kind, facts.policy)) is not None:
        return why
    return attachment_policy.excluded_by_category(facts.conversation.categories) or "here"


def _is_first(services: Services, facts: FileFacts, head: Head) -> bool:
    """Return whether this file's comment has the words: a chat's transcript and its analysis both could.

    The first of the two to come to a ticket has them there.
    """
    place = place_of(facts.file)
    return ledger_files.is_first(services.ledger, facts.root, facts.file.leg, head.ticket, place)


def _superseded(services: Services, facts: FileFacts, files: Sequence[Pointer]) -> Exclusion | None:
    """Return why a raw file stays off the ticket for a redacted one of its leg, or None where there is none.

    Known by the redacted file that came, else by the leg's record, else by what is beside it in S3. Until it
    is known the file is deferred: for some minutes where the record has come and does not say, for as long as
    it may take to come where it has not.
    """
    file = facts.file
    if file.redacted:
        return None
    if any(_redacts(other.file, file) for other in files):
        return _REDACTED
    of_leg = facts.leg_files
    if of_leg is not None:
        if place_of(file) in of_leg.unprocessed:
            return _UNPROCESSED
        if of_leg.redacted:
            return _WILL_BE_REDACTED
        # A record that does not name a file that is there says nothing of how it was made.
        if of_leg.transcript if file.kind == "chat" else of_leg.analysed:
            return None
    if _has_redacted_beside_it(services, facts):
        return _REDACTED
    # The two files of Contact Lens come within a minute of each other.
    longest = _RECORD_WITHIN if of_leg is None else timedelta(seconds=services.contact_file_wait)
    _defer(services, file, files, longest, "there may be a redacted file")
    return None


def _redacts(other: ContactFile, file: ContactFile) -> bool:
    """Return whether another file is the redacted one of a raw one: of the same part of the same leg."""
    if not other.redacted or other.leg != file.leg:
        return False
    if file.kind == "chat":
        return other.kind == "lens_chat"
    return (other.kind, other.automated) == (file.kind, file.automated)


def _has_redacted_beside_it(services: Services, facts: FileFacts) -> bool:
    prefix = prefix_of_redacted(facts.file)
    try:
        return prefix is not None and bool(services.files.find(facts.file.bucket, prefix))
    except AccessDenied as refused:
        raise Permanent(f"{refused}: the files beside it cannot be listed") from None


def _defer(
    services: Services, file: ContactFile, files: Sequence[Pointer], at_most: timedelta, why: str
) -> None:
    """Raise `NotReady` with the reason until a file has been known for so long.

    Its message waits for all of that time: what the file waits for wakes it by a message of its own
    (`expected_files.announce`), or never comes.
    """
    since = next(other.since for other in files if place_of(other.file) == place_of(file))
    if (left := (since + at_most - services.clock()).total_seconds()) > 0:
        count(Metric.FILE_DEFERRED)
        raise NotReady(why, ceil(left))
