"""Finds files whose S3 event never came: it was lost, or notifications were switched on late (X7).

Some minutes after the files of a leg should all have come, whatever is missing is looked for in S3, once.
"""

from collections.abc import Iterator
from math import ceil

from connect_zendesk.amazon_connect.contact_files import ContactFile, of_key
from connect_zendesk.errors import NotReady, Permanent
from connect_zendesk.ledger.schema import MISSING_FILE
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts import contact_files
from connect_zendesk.workflows.transcripts.expected_files import Expectation, Expected


def look_for(services: Services, expectation: Expectation) -> None:
    """Look for what has not come of a leg's files, and have each that is found attached to the ticket.

    Raises `NotReady` before their time, and `Permanent`.
    """
    root, leg = expectation.contact, expectation.leg
    come = [pointer.file for pointer in contact_files.of_contact(services, root)]
    missing = [each for each in expectation.files if not any(_is(file, leg, each) for file in come)]
    early = (expectation.due - services.clock()).total_seconds()
    if missing and early > 0:
        raise NotReady("its files may still come by themselves", ceil(early))
    for expected in missing:
        found = next((file for file in _found(services, expected) if _is(file, leg, expected)), None)
        if found is not None:
            count(Metric.FILE_EVENT_MISSING)
            logger.warning("file found without its S3 event", contact=root, leg=leg, kind=expected.kind)
            contact_files.publish(services, root, found)
        elif services.ledger.first(MISSING_FILE.key(root=root, leg=leg, file=expected.kind)):
            count(Metric.FILE_NOT_FOUND)
            logger.warning("expected file not found", contact=root, leg=leg, kind=expected.kind)


def _is(file: ContactFile, leg: str, expected: Expected) -> bool:
    """Return whether a file is an expected one. That of a leg's time with a bot alone never is."""
    return not file.automated and (file.leg, file.kind, file.redacted) == (
        leg,
        expected.kind,
        expected.redacted,
    )


def _found(services: Services, expected: Expected) -> Iterator[ContactFile]:
    """Return the files that are there under an expected one's keys; of later versions of a key, the last."""
    try:
        for prefix in expected.keys:
            for stored in services.files.find(expected.bucket, prefix):
                file = of_key(expected.bucket, stored.key, stored.version, stored.size)
                if file is not None:
                    yield file
    except AccessDenied as refused:
        raise Permanent(f"{refused}: files whose event did not come cannot be looked for") from None
