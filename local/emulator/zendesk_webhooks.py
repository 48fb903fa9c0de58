"""Zendesk's webhooks on a laptop: made by `make zendesk`, sent to the deployed endpoint."""

import threading
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from administration.zendesk_setup.agent_app import AgentAppPlace
from administration.zendesk_setup.command import perform
from administration.zendesk_setup.place import place
from connect_zendesk.zendesk.webhook_keys import SigningSecret
from local.emulator.clients import Clients
from local.emulator.function_addresses import local_address
from local.replay.webhooks import SAMPLES, SECRET, signed_headers
from local.stand_ins.zendesk import Outgoing, Zendesk
from local.stand_ins.zendesk.webhooks.sender import sent

_PATIENCE_SECONDS = 10


class Webhooks:
    """The webhooks of the Zendesk stand-in. ``endpoint`` returns the emulator's address."""

    def __init__(self, zendesk: Zendesk, account: int, endpoint: Callable[[], str]) -> None:
        self._zendesk, self._account, self._endpoint = zendesk, account, endpoint
        self._address = ""
        self.agent_app: AgentAppPlace | None = None
        self._under_way = 0
        self._lock = threading.Lock()

    def set_up(self, clients: Clients, stack: str) -> None:
        """Set Zendesk up, as `make zendesk ARGS="apply"` does, and have the endpoint take samples as well."""
        services = {
            "cloudformation": clients.cloudformation,
            "secretsmanager": clients.secretsmanager,
            "appconfig": clients.appconfig,
        }
        there = place(services, stack)
        if there.agent_app is not None:
            local = local_address(there.agent_app.address, self._endpoint())
            there = replace(there, agent_app=replace(there.agent_app, address=local))
        self.agent_app = there.agent_app
        options = Namespace(what="apply", triggers=False, take_over=False, account=None)
        perform(options, there, say=lambda _: None, ask=None)
        keys = there.keys.read()
        there.keys.write(replace(keys, webhooks={**keys.webhooks, SAMPLES: SigningSecret(SECRET)}))
        self._address = there.address
        self._zendesk.requests.clear()

    def send(self, outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
        """Send a webhook's request to where its address is on this machine."""
        with self._lock:
            self._under_way += 1
        try:
            return sent(replace(outgoing, url=local_address(outgoing.url, self._endpoint())))
        finally:
            with self._lock:
                self._under_way -= 1

    def send_sample(self, body: bytes) -> int:
        """Send a body to the endpoint, signed now; returns the status of its answer."""
        invocation = uuid4().hex
        headers = signed_headers(
            body, secret=SECRET, now=datetime.now(UTC), account=self._account, invocation=invocation
        )
        status, _ = self.send(Outgoing(invocation, "POST", self._address, headers, body, _PATIENCE_SECONDS))
        return status

    @property
    def waiting(self) -> int:
        """How many are under way, or wait to be."""
        return self._under_way + (self._zendesk.next_webhook() is not None)
