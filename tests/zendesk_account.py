"""An account of the Zendesk stand-in, and the containers that work with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connect_zendesk.entrypoints.container import TokenInLedger
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.client import Zendesk
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.zendesk import Options, Response
from local.stand_ins.zendesk import Zendesk as StandIn
from tests.records import ANA, NINE, ZENDESK

URL = "https://acme.zendesk.com"
TOKENS = "POST /oauth/tokens"


class Account:
    """An account, and containers that work with it: `another_client` is one more, with the same ledger."""

    def __init__(self, **options: Any) -> None:
        self.clock = VirtualClock(NINE)
        self.stand_in = StandIn(ZENDESK, clock=self.clock, options=Options(**options))
        self.ledger = Ledger(MemoryItems(self.clock), clock=self.clock, lease=timedelta(seconds=90))
        self.credentials = ("connect_zendesk", "laptop-only")
        self.client = self.another_client()

    def another_client(self, adapter: HTTPAdapter | None = None) -> Zendesk:
        session = requests.Session()
        session.mount(URL, adapter or StandInAdapter(self.stand_in))
        return Zendesk(
            URL + "/",
            lambda: self.credentials,
            TokenInLedger(self.ledger, self.clock),
            session=session,
            clock=self.clock,
        )

    def answers(self, status: int, body: object, **headers: str) -> None:
        """Have everything but tokens answered so; headers are written with underscores."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = Response(
            status, {name.replace("_", "-"): value for name, value in headers.items()}, content
        )
        self.stand_in.faults.before = lambda request: None if "oauth" in request.path else response

    @property
    def minted(self) -> int:
        return self.stand_in.requests[TOKENS]

    def new_ticket(self, **ticket: Any) -> int:
        body = {"requester_id": ANA, "comment": {"body": "Hello", "public": False}, **ticket}
        made = tickets.create(self.client, json.dumps({"ticket": body}), "key")
        return tickets.parse(made).id

    def close(self, ticket: int) -> None:
        tickets.update(self.client, ticket, {"status": "closed"})
