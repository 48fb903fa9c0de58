"""The services that workflows use."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from connect_zendesk.amazon_comprehend import AmazonComprehend
from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.voice_id import VoiceId
from connect_zendesk.amazon_transcribe.client import AmazonTranscribe
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.messaging import Messages
from connect_zendesk.rules.assumptions import Assumptions
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.storage import Files, S3Files
from connect_zendesk.zendesk.client import Zendesk


@dataclass(frozen=True)
class Services:
    """Zendesk, Amazon Connect, the ledger, where messages go, and the app settings that hold now.

    ``connect_instance`` is the ARN of the instance that tasks are made in, empty where none is set.
    ``forced_ticket_wait``: seconds from a contact's end to its forced ticket (T8). ``contact_file_wait``:
    seconds from a leg's record until its transcripts are looked for, where they have not come (X7, X3).
    ``sleep`` waits for so many seconds, where a pace has to be kept. ``files`` is where Amazon Connect leaves
    its files. ``stack`` is the deployment's name, with which the names of its jobs begin, and ``region``
    where it is.
    """

    zendesk: Zendesk
    amazon_connect: AmazonConnect
    ledger: Ledger
    messages: Messages
    read_app_settings: Callable[[], AppSettings]
    clock: Callable[[], datetime]
    connect_instance: str = ""
    forced_ticket_wait: int = 300
    contact_file_wait: int = 600
    sleep: Callable[[float], None] = time.sleep
    files: Files = field(default_factory=S3Files)
    voice_id: VoiceId = field(default_factory=VoiceId)
    transcribe: AmazonTranscribe = field(default_factory=AmazonTranscribe)
    comprehend: AmazonComprehend = field(default_factory=AmazonComprehend)
    stack: str = "connect-zendesk"
    region: str = "us-east-1"
    read_assumptions: Callable[[], Assumptions] = Assumptions

    @property
    def app(self) -> AppSettings:
        """The app settings that hold now."""
        return self.read_app_settings()

    @property
    def assumptions(self) -> Assumptions:
        """What holds of the Zendesk account where documentation leaves it open (O3)."""
        return self.read_assumptions()
