"""Holds a file back for a while, where what decides about it may still come."""

from collections.abc import Sequence
from datetime import timedelta

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.errors import NotReady
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts.contact_files import Pointer, place_of

#: A leg's record tells of its settings and of redaction. It comes with the end of after-contact work, which
#: is a person's to end; where none has come by then, it is lost.
FOR_THE_RECORD = timedelta(hours=4)
#: What mostly comes does so within seconds, and the queue waits longer each time.
_LOOK_AGAIN_SECONDS = 1


def defer(
    services: Services, file: ContactFile, files: Sequence[Pointer], at_most: timedelta, why: str
) -> None:
    """Raise `NotReady` with the reason until a file has been known for so long.

    ``files`` are its contact's, this one among them.
    """
    since = next(other.since for other in files if place_of(other.file) == place_of(file))
    if services.clock() < since + at_most:
        count(Metric.FILE_DEFERRED)
        raise NotReady(why, _LOOK_AGAIN_SECONDS)
