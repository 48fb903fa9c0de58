"""A contact file with all that has to be known of it, each fact looked up when it is first asked for."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path

from connect_zendesk.amazon_connect import contact_files, described_contact, leg_files
from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.amazon_connect.leg_files import LegFiles
from connect_zendesk.errors import NotReady, Permanent
from connect_zendesk.ledger import heads, legs
from connect_zendesk.ledger.schema import LEG_SOUGHT
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.transcripts.attachment_policy import AttachmentPolicy
from connect_zendesk.rules.transcripts.conversation import Conversation
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.contacts.first_leg import first_leg
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.transcripts import expected_files, transcriptions
from connect_zendesk.workflows.transcripts.expected_files import FileMetadata
from connect_zendesk.workflows.transcripts.transcriptions import Transcription

#: Bytes of what Amazon Connect wrote. A hundred thousand messages of the longest kind; no chat has them.
LARGEST = 150_000_000
#: A file whose contact is still unknown after this is dead-lettered: contacts are known before their files.
_UNKNOWN_FOR = timedelta(hours=4)
_UNKNOWN_SECONDS = 600


class FileFacts:
    """What is known of one file, with ``folder`` for it on disk.

    ``root`` is the contact, where a message names it. Asking raises `Permanent` where the file cannot be
    used, `Throttled`, and `NotReady` where something is not known yet.
    """

    def __init__(self, services: Services, file: ContactFile, folder: Path, root: str | None = None) -> None:
        self.file = file
        self.folder = folder
        self._services = services
        self._root = root

    @cached_property
    def root(self) -> str:
        """The contact: from the ledger, else from what the file says, else from Amazon Connect."""
        leg = self.file.leg
        known = self._root or legs.root_of(self._services.ledger, leg)
        if known is not None:
            return known
        if heads.head(self._services.ledger, leg) is not None:
            return leg
        root = self.conversation.root or self._root_described()
        legs.belongs(self._services.ledger, leg, root)
        return root

    @cached_property
    def transcription(self) -> Transcription | None:
        """What came of a recording's transcription, where the file stands for one (X3)."""
        if self.file.kind != "speech":
            return None
        return transcriptions.read(self._services, self.file, self.folder)

    @cached_property
    def conversation(self) -> Conversation:
        """What the file says; it is then on disk."""
        file = self.file
        if self.transcription is not None:
            return self.transcription.shown
        if (file.size or 0) > LARGEST:
            raise Permanent(f"larger than any contact file: {file.size} bytes")
        path = self.folder / "contact-file.json"
        try:
            stored = self._services.files.fetch(file.bucket, file.key, path, file.version)
            if stored is None and file.version is not None:
                # That version has expired, and another took its place.
                stored = self._services.files.fetch(file.bucket, file.key, path)
        except AccessDenied as refused:
            raise Permanent(
                f"{refused}: the role, the bucket's policy or its key does not allow it"
            ) from None
        if stored is None:
            raise Permanent("the file is not there any more")
        if stored.size > LARGEST:
            raise Permanent(f"larger than any contact file: {stored.size} bytes")
        try:
            return contact_files.open(file, path, self._services.connect_instance or None)
        except NotAContactFile as reason:
            raise Permanent(str(reason)) from None

    @cached_property
    def leg(self) -> Leg:
        """The leg as it is known best: its record, else its contact's first leg, which has its attributes."""
        root = self.root
        known = records.newest_leg(self._services, root, self.file.leg)
        known = known or records.newest_leg(self._services, root, root)
        if known is None and (snapshot := first_leg(self._services, root, self._any_instance)) is not None:
            known = snapshot.leg
        if known is None:
            raise NotReady("nothing is known of the contact's settings", _UNKNOWN_SECONDS)
        return known

    @cached_property
    def leg_files(self) -> LegFiles | None:
        """What the leg's record says of its files, or None where it has not come, or long ago."""
        if self._metadata is not None:
            return self._metadata.files
        record = records.newest(self._services, self.root, self.file.leg)
        return leg_files.of_record(record) if record is not None else None

    @cached_property
    def policy(self) -> AttachmentPolicy:
        """What the contact's settings say of its files."""
        if self._metadata is not None:
            return self._metadata.policy
        return AttachmentPolicy.of(settings_of(self.leg, self._services.app))

    @cached_property
    def _metadata(self) -> FileMetadata | None:
        return expected_files.metadata_of(self._services, self.root, self.file.leg)

    @property
    def _any_instance(self) -> str | None:
        """An ARN that names the instance, as far as Amazon Connect's own requests need it."""
        if self._services.connect_instance:
            return self._services.connect_instance
        instance = self.conversation.instance
        return f"arn:aws:connect:::instance/{instance}" if instance else None

    def _root_described(self) -> str:
        instance = self._any_instance
        described = self._services.amazon_connect.contact(instance, self.file.leg) if instance else None
        if described is not None:
            return described_contact.parse(described, instance).root_id
        now = self._services.clock()
        since = self._services.ledger.change(
            LEG_SOUGHT.key(leg=self.file.leg), lambda known: known or int(now.timestamp())
        )
        count(Metric.FILE_OF_UNKNOWN_CONTACT)
        if now.timestamp() - since > _UNKNOWN_FOR.total_seconds():
            raise Permanent("the contact that it belongs to is unknown")
        raise NotReady("the contact of this file is not known yet", _UNKNOWN_SECONDS)
