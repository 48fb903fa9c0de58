"""Sees to it that a raw file never undoes the redaction of its leg, in whichever order the two come (X2)."""

from collections.abc import Sequence
from datetime import timedelta

from connect_zendesk.amazon_connect.leg_files import prefix_of_redacted
from connect_zendesk.ledger import Busy
from connect_zendesk.observability import count
from connect_zendesk.rules.transcript_wanted import Unwanted
from connect_zendesk.storage import NotLetIn
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.file_at_work import FileAtWork
from connect_zendesk.zendesk.errors import Permanent

#: The leg's record, which tells whether there is a redacted file, comes with the end of after-contact work;
#: the two files of Contact Lens come within a minute of each other.
HOLD = timedelta(minutes=10)
#: The record mostly comes within seconds, and the queue waits longer each time.
_LOOK_AGAIN_SECONDS = 1

_REDACTED = Unwanted("X2", "there is a redacted file")
_WILL_BE_REDACTED = Unwanted("X2", "redaction is on")
_UNPROCESSED = Unwanted("X1", "what the chat was before it was redacted on its way")


def put_aside(clients: Clients, work: FileAtWork, files: Sequence[Pointer]) -> Unwanted | None:
    """Return why a raw file stays off the ticket for a redacted one of its leg, or None where there is none.

    ``files`` are the contact's so far. Told by the redacted file that came, else by the leg's record, else by
    what is beside it in S3; while nobody can know, `Busy` is raised for some minutes.
    """
    file = work.file
    if file.redacted:
        return None
    analysis = "lens_chat" if file.kind == "chat" else file.kind
    if any(
        other.file.redacted and other.file.leg == file.leg and other.file.kind == analysis for other in files
    ):
        return _REDACTED
    told = work.told
    if told is not None:
        if place_of(file) in told.unprocessed:
            return _UNPROCESSED
        if told.redacted:
            return _WILL_BE_REDACTED
        # A record that does not know of a file that is there tells nothing of how it was made.
        if told.transcript if file.kind == "chat" else told.analysed:
            return None
    if _is_beside_it(clients, work):
        return _REDACTED
    since = next(other.since for other in files if place_of(other.file) == place_of(file))
    if clients.clock() < since + HOLD:
        count("FileHeldBack")
        raise Busy("there may be a redacted file", _LOOK_AGAIN_SECONDS)
    return None


def _is_beside_it(clients: Clients, work: FileAtWork) -> bool:
    prefix = prefix_of_redacted(work.file)
    try:
        return prefix is not None and bool(clients.files.find(work.file.bucket, prefix))
    except NotLetIn as refused:
        raise Permanent(f"{refused}: the files beside it cannot be listed") from None
