"""What the workflows work with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.ledger import Ledger
from connect_zendesk.messaging import Messages
from connect_zendesk.rules.app_settings import AppSettings
from connect_zendesk.zendesk.client import Zendesk


@dataclass(frozen=True)
class Clients:
    """Zendesk, Amazon Connect, the ledger, where messages go, and the app settings that hold now.

    ``forced_ticket_wait``: seconds from a contact's end to its forced ticket (T8). ``sleep`` waits for so
    many seconds, where a pace has to be kept.
    """

    zendesk: Zendesk
    amazon_connect: AmazonConnect
    ledger: Ledger
    messages: Messages
    read_app_settings: Callable[[], AppSettings]
    clock: Callable[[], datetime]
    forced_ticket_wait: int = 300
    sleep: Callable[[float], None] = time.sleep

    @property
    def app(self) -> AppSettings:
        """The app settings that hold now."""
        return self.read_app_settings()
