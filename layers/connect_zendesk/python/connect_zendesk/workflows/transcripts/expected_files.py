"""What a leg's record says of its files: kept, and published as the files that there should be (X7).

It is kept longer than the record itself, as it is no personal data: a file can come, or be tried again, days
after the record is forgotten; a raw one must not slip through then. And a file's S3 event may be lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.amazon_connect.leg_files import LegFiles, of_record, prefixes_of_analysis
from connect_zendesk.detail_types import CONTACT_FILES_EXPECTED
from connect_zendesk.ledger import legs
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.ledger.steps import run_once
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.transcripts.attachment_policy import AttachmentPolicy, excluded_by_settings
from connect_zendesk.rules.transcripts.conversation import Kind
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts import contact_files

_STEP = "files"
#: A call of this length has its files after the usual wait; Contact Lens takes longer for longer ones.
_USUAL_LENGTH = timedelta(minutes=25)


@dataclass(frozen=True)
class FileMetadata:
    """What the record of a leg, as of ``updated``, says of its files, and what its settings say of them."""

    files: LegFiles
    policy: AttachmentPolicy
    updated: datetime

    @staticmethod
    def of(item: Mapping[str, Any]) -> "FileMetadata":
        """Return it from what was kept of it."""
        files = {**item["files"], "unprocessed": frozenset(item["files"]["unprocessed"])}
        policy = item.get("policy") or item["wishes"]  # as release 0.1 called it
        updated = datetime.fromisoformat(item["updated"])
        return FileMetadata(LegFiles(**files), AttachmentPolicy.of_item(policy), updated)

    def as_item(self) -> dict[str, Any]:
        """Return it as it is kept."""
        files = {**asdict(self.files), "unprocessed": sorted(self.files.unprocessed)}
        policy = {**asdict(self.policy), "analysis": list(self.policy.analysis)}
        return {"files": files, "policy": policy, "updated": self.updated.isoformat()}


@dataclass(frozen=True)
class Expected:
    """A file that there should be: what it is, in which bucket, and how its key begins."""

    kind: str
    redacted: bool
    bucket: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Expectation:
    """The files that there should be of a leg of a contact, ``due`` when all should have come."""

    contact: str
    leg: str
    due: datetime
    files: tuple[Expected, ...]

    @staticmethod
    def of(detail: Mapping[str, Any]) -> "Expectation":
        """Read the detail of *Contact Files Expected*. Raises KeyError, TypeError or ValueError."""
        files = tuple(
            Expected(item["kind"], item["redacted"], item["bucket"], tuple(item["keys"]))
            for item in detail["files"]
        )
        contact, leg, due = detail["contact"], detail["leg"], datetime.fromisoformat(detail["due"])
        texts = [text for file in files for text in (file.kind, file.bucket, *file.keys)]
        if not all(isinstance(text, str) for text in (contact, leg, *texts)):
            raise TypeError("expected text")
        if due.tzinfo is None:
            raise ValueError("a time without its offset from UTC")
        return Expectation(contact, leg, due, files)

    def as_detail(self) -> dict[str, Any]:
        """Return the event's detail."""
        return {**asdict(self), "due": self.due.isoformat()}


def announce(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Publish *Contact Files Expected* for a leg that has ended, once, where there are files, or will be.

    That has the files looked for that do not come by themselves, and those looked at that came before the
    record and wait for it. To be called when the leg's record and `keep` have been written. Files that the
    contact's settings leave off its ticket are not expected, nor any in buckets that are not read here.
    Raises `NotReady` and `NotPublished`.
    """
    if leg.ended is None:
        return
    metadata = _metadata(services, leg, record)
    files = list(_expected(leg, metadata)) if _has_files(services, metadata) else []
    if not files and not _waits(services, leg):
        return
    # The record is sent when after-contact work is done, and no analysis begins before.
    due = max(leg.ended, leg.updated) + _time_for_it(leg, services.contact_file_wait)
    detail = Expectation(leg.root_id, leg.contact_id, due, tuple(files)).as_detail()

    def publish(_: object) -> bool:
        services.messages.publish(CONTACT_FILES_EXPECTED, detail)
        return True

    step = leg_step(leg.root_id, leg.contact_id, f"{_STEP}#{leg.contact_id}#{len(files)}")
    run_once(services.ledger, step, write=publish)


def keep(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Keep what the record of a leg that has ended says of its files, for when they come."""
    if leg.ended is None:
        return
    metadata = _metadata(services, leg, record)
    if _has_files(services, metadata):
        legs.keep_file_metadata(services.ledger, leg.root_id, leg.contact_id, metadata.as_item())


def metadata_of(services: Services, root: str, leg: str) -> FileMetadata | None:
    """Return what the record of a leg said of its files, or None where none has come."""
    known = legs.file_metadata(services.ledger, root, leg)
    return FileMetadata.of(known) if known is not None else None


def _metadata(services: Services, leg: Leg, record: Mapping[str, Any]) -> FileMetadata:
    policy = AttachmentPolicy.of(settings_of(leg, services.app))
    return FileMetadata(of_record(record), policy, leg.updated)


def _waits(services: Services, leg: Leg) -> bool:
    """Return whether a file of a leg is there of which no record has had anything published before."""
    pointers = contact_files.of_contact(services, leg.root_id)
    here = [pointer.file.leg for pointer in pointers if pointer.file.kind != "speech"]
    announced = legs.has_step(services.ledger, leg.root_id, leg.contact_id, _STEP)
    return leg.contact_id in here and not announced


def _has_files(services: Services, metadata: FileMetadata) -> bool:
    """Return whether a record names files that are ours to read, or a recording that is to be analysed."""
    files = metadata.files
    named = files.transcript or files.unprocessed or files.analysed or metadata.policy.analysis
    return bool(named) and services.files.knows(files.bucket or "")


def _expected(leg: Leg, metadata: FileMetadata) -> Iterator[Expected]:
    files = metadata.files
    if (
        files.transcript is not None
        and not files.redacted
        and excluded_by_settings("chat", metadata.policy) is None
    ):
        bucket, _, key = files.transcript.partition("/")
        yield Expected("chat", False, bucket, (key,))
    # Contact Lens looks at what an agent and a customer said; without a recording there is nothing.
    if files.analysed and files.bucket is not None and leg.agent is not None:
        kind: Kind = "lens_voice" if leg.channel == "VOICE" else "lens_chat"
        if excluded_by_settings(kind, metadata.policy) is None:
            times = (leg.agent.connected, leg.began)
            prefixes = prefixes_of_analysis(leg.contact_id, leg.channel, times, redacted=files.redacted)
            yield Expected(kind, files.redacted, files.bucket, prefixes)


def _time_for_it(leg: Leg, wait: int) -> timedelta:
    """Return how long after its record a leg's files may take: ``wait`` seconds, and longer for a long call.

    AWS plans with 40 % of a call's length, which is ten minutes for a call of twenty-five. A chat can last a
    week, and is written down as it goes on.
    """
    if leg.channel != "VOICE":
        return timedelta(seconds=wait)
    length = (leg.ended or leg.began) - leg.began
    return timedelta(seconds=wait) * max(1.0, length / _USUAL_LENGTH)
