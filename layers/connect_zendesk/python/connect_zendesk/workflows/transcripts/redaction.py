"""Sees to it that a raw file never undoes the redaction of its leg, in whichever order the two come (X2)."""

from collections.abc import Sequence
from datetime import timedelta

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.amazon_connect.leg_files import prefix_of_redacted
from connect_zendesk.errors import Permanent
from connect_zendesk.rules.transcripts.attachment_policy import Exclusion
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of
from connect_zendesk.workflows.transcripts.deferral import FOR_THE_RECORD, defer
from connect_zendesk.workflows.transcripts.file_at_work import FileAtWork

_REDACTED = Exclusion("X2", "there is a redacted file")
_WILL_BE_REDACTED = Exclusion("X2", "redaction is on")
_UNPROCESSED = Exclusion("X1", "what the chat was before it was redacted on its way")


def superseded(services: Services, work: FileAtWork, files: Sequence[Pointer]) -> Exclusion | None:
    """Return why a raw file stays off the ticket for a redacted one of its leg, or None where there is none.

    ``files`` are the contact's so far. Told by the redacted file that came, else by the leg's record, else by
    what is beside it in S3. While nobody can know, `NotReady` is raised: for some minutes where the record
    has come and does not tell, for as long as it may take to come where it has not.
    """
    file = work.file
    if file.redacted:
        return None
    if any(_redacts(other.file, file) for other in files):
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
    if _is_beside_it(services, work):
        return _REDACTED
    # The two files of Contact Lens come within a minute of each other.
    longest = FOR_THE_RECORD if told is None else timedelta(seconds=services.contact_file_wait)
    defer(services, file, files, longest, "there may be a redacted file")
    return None


def _redacts(other: ContactFile, file: ContactFile) -> bool:
    """Tell whether another file is the redacted one of a raw one: of the same part of the same leg."""
    if not other.redacted or other.leg != file.leg:
        return False
    if file.kind == "chat":
        return other.kind == "lens_chat"
    return (other.kind, other.automated) == (file.kind, file.automated)


def _is_beside_it(services: Services, work: FileAtWork) -> bool:
    prefix = prefix_of_redacted(work.file)
    try:
        return prefix is not None and bool(services.files.find(work.file.bucket, prefix))
    except AccessDenied as refused:
        raise Permanent(f"{refused}: the files beside it cannot be listed") from None
