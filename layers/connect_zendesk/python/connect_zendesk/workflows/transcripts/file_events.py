"""Reads the events about contacts' files, and does what each asks for."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from connect_zendesk.amazon_connect.contact_files import of_key
from connect_zendesk.detail_types import CONTACT_FILE, CONTACT_FILES_EXPECTED, NO_TICKET_LINKED, TICKET_LINKED
from connect_zendesk.errors import Permanent
from connect_zendesk.ledger.schema import partition_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts import missing_files, transcripts
from connect_zendesk.workflows.transcripts.expected_files import Expectation

#: The detail type of S3's event for a file that has been written, in whichever way.
OBJECT_CREATED = "Object Created"

_Read = TypeVar("_Read")


def handle(services: Services, detail_type: str, detail: Mapping[str, Any]) -> None:
    """Do what an event asks for.

    Raises `ZendeskError`, `Throttled` and `NotReady`; `Permanent` where the event cannot be understood.
    """
    if detail_type == OBJECT_CREATED:
        count(Metric.CONTACT_FILE)
        stored = _read(lambda: detail["object"])
        bucket, key = _read(lambda: (str(detail["bucket"]["name"]), str(stored["key"])))
        file = of_key(bucket, key, _version(stored, "version-id"), _size(stored))
        transcripts.attach(services, file)
    elif detail_type == CONTACT_FILE:
        bucket, key, root = _read(lambda: (detail["bucket"], detail["key"], str(detail["contact"])))
        file = of_key(str(bucket), str(key), _version(detail, "version"), _size(detail))
        transcripts.attach(services, file, root)
    elif detail_type == TICKET_LINKED:
        transcripts.attach_all(services, _read(lambda: str(detail["contact"])))
    elif detail_type == NO_TICKET_LINKED:
        contact, rule = _read(lambda: (str(detail["contact"]), str(detail["rule"])))
        transcripts.without_ticket(services, contact, rule)
    elif detail_type == CONTACT_FILES_EXPECTED:
        expectation = _read(lambda: Expectation.of(detail))
        with services.ledger.view(partition_of(expectation.contact)):
            transcripts.attach_waiting(services, expectation.contact, expectation.leg)
            missing_files.look_for(services, expectation)
    else:
        raise Permanent("no message for this queue")


def _version(stored: Mapping[str, Any], name: str) -> str | None:
    version = stored.get(name)
    return version if isinstance(version, str) and version else None


def _size(stored: Mapping[str, Any]) -> int | None:
    size = stored.get("size")
    return size if isinstance(size, int) else None


def _read(read: Callable[[], _Read]) -> _Read:
    """Return what is read from an event. Raises `Permanent` where it is not there."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Permanent("an event without a field that such an event has") from None
