"""Everything that the page looks at, filled by hand, and the page of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.notices import GivenNotice
from local.emulator.arrivals import Arrival
from local.emulator.dead_letters import DeadLetter
from local.page.actions import Action, NotDone
from local.page.server import PageServer
from local.page.state import PageState, Sources
from local.stand_ins.zendesk.plan import Plan

NOON = datetime(2026, 11, 2, 12, 0, 30, tzinfo=UTC)


class Desk:
    """A stack that a test fills by hand: contacts, tickets, letters, pops, faults."""

    def __init__(self) -> None:
        self.now = NOON
        self.requests: dict[str, int] = {}
        self.pops: list[dict[str, Any]] = []
        self.revision = 0
        self.letters: list[DeadLetter] = []
        self.heads: dict[str, Head] = {}
        self.notices: dict[str, list[GivenNotice]] = {}
        self.asked: list[str] = []  # contacts that the ledger was asked about
        self.done: list[Mapping[str, Any]] = []  # what the page asked for
        self.on: set[str] = set()
        self.refusal = ""
        self._arriving: list[Arrival] = []
        self._ringing: list[Arrival] = []
        self._tickets: list[dict[str, Any]] = []
        self._users: list[dict[str, Any]] = [user(101, "Ann"), user(901, "Dana", role="agent")]
        self.sent = 0

    def arrive(self, contact: str, **record: Any) -> None:
        """A contact record more."""
        content = {
            "ContactId": contact,
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": "2026-11-02T11:58:00Z",
            "DisconnectTimestamp": "2026-11-02T12:00:00Z",
            "LastUpdateTimestamp": "2026-11-02T12:00:10Z",
            "CustomerEndpoint": {"Address": "+442071838750", "Type": "TELEPHONE_NUMBER"},
            "AWSContactTraceRecordFormatVersion": "2017-03-10",
            "AWSAccountId": "111122223333",
            "InstanceARN": "arn:aws:connect:eu-west-2:111122223333:instance/i",
            **record,
        }
        self.arrive_as(json.dumps(content).encode())

    def arrive_as(self, data: bytes) -> None:
        """Anything on the stream."""
        self._arriving.append(Arrival(data, self.now))
        self.sent += 1

    def offer(self, contact: str, state: str = "CONNECTING", **fields: Any) -> None:
        """An agent event more: a contact that rings, or is in another state."""
        at, arn = "2026-11-02T12:00:00.000Z", "arn:aws:connect:eu-west-2:111122223333:instance/i"
        known = {"ContactId": contact, "Channel": "VOICE", "InitiationMethod": "INBOUND", "State": state}
        configuration = {"Username": "dana"}
        event = {
            "AgentARN": f"{arn}/agent/a",
            "InstanceARN": arn,
            "EventTimestamp": at,
            "CurrentAgentSnapshot": {
                "Configuration": configuration,
                "Contacts": [{**known, "StateStartTimestamp": at, **fields}],
            },
            "PreviousAgentSnapshot": {"Configuration": configuration, "Contacts": []},
        }
        self._ringing.append(Arrival(json.dumps(event).encode(), self.now))

    def decide(self, contact: str, ticket: int | None, rule: str = "T4", action: str = "create") -> None:
        """Have a contact settled."""
        self.heads[contact] = Head(ticket, 101, action, rule, (f"{rule}: the reason",))
        self.now += timedelta(seconds=1)

    def add(self, **fields: Any) -> int:
        """A ticket more, with defaults for what is not given; returns its number."""
        number = len(self._tickets) + 1
        self._tickets.append(
            {
                "id": number,
                "subject": "Call",
                "status": "new",
                "requester_id": 101,
                "assignee_id": None,
                "external_id": None,
                "tags": [],
                "comments": [],
                "metadata": [],
                "created_at": "2026-11-02T12:00:00Z",
                "updated_at": "2026-11-02T12:00:00Z",
                **fields,
            }
        )
        self.revision += 1
        return number

    def change(self, number: int, **fields: Any) -> None:
        """Change a ticket."""
        self._tickets[number - 1] = {**self._tickets[number - 1], **fields}
        self.revision += 1

    def give_up(self, number: int, reason: str = "It is not JSON.", data: str = "{", **fields: Any) -> None:
        """A dead letter more."""
        source = fields.get("source", "contact_records")
        self.letters.append(DeadLetter(f"letter-{number}", source, reason, data, NOON))

    def tickets(self) -> list[dict[str, Any]]:
        return list(self._tickets)

    def users(self) -> list[dict[str, Any]]:
        return self._users

    def arrivals(self) -> list[Arrival]:
        return _taken(self._arriving)

    def agent_events(self) -> list[Arrival]:
        return _taken(self._ringing)

    def head(self, root: str) -> Head | None:
        self.asked.append(root)
        return self.heads.get(root)

    def sources(self) -> Sources:
        """Return where the page looks."""
        return Sources(
            zendesk=self,
            arrivals=self.arrivals,
            agent_events=self.agent_events,
            head=self.head,
            notices=lambda root: self.notices.get(root, []),
            dead_letters=lambda: list(self.letters),
            dead_letter_count=lambda: len(self.letters),
            under_way=lambda: "",
            sent=lambda: self.sent,
            faults=self.faults,
            active_faults=lambda: sorted(self.on),
            clock=lambda: self.now,
            plan=Plan(requests_per_minute=400, ticket_updates_per_minute=100),
        )

    def faults(self) -> list[dict[str, Any]]:
        return [
            {"name": "rate_limit", "what": "Zendesk answers 429.", "arguments": {}, "at_once": False},
            {"name": "tokens_revoked", "what": "Tokens end.", "arguments": {}, "at_once": True},
        ]

    def actions(self) -> dict[str, Action]:
        """Return what the page can do: letters vanish when they are sent again, faults are switched."""

        def send(asked: Mapping[str, Any]) -> str:
            self.done.append(asked)
            if self.refusal:
                raise NotDone(self.refusal)
            before = len(self.letters)
            self.letters = [
                letter for letter in self.letters if letter.id not in asked.get("ids", [letter.id])
            ]
            return f"{before - len(self.letters)} sent again."

        def switch(asked: Mapping[str, Any]) -> str:
            self.done.append(asked)
            (self.on.add if asked["on"] else self.on.discard)(asked["name"])
            return "Switched."

        return {"send-again": send, "fault": switch}


def _taken(arrivals: list[Arrival]) -> list[Arrival]:
    """Take what has arrived out of a list to which another thread appends meanwhile."""
    taken = arrivals[:]
    del arrivals[: len(taken)]
    return taken


def user(number: int, name: str, **fields: Any) -> dict[str, Any]:
    """A user as the stand-in shows one, with defaults for what is not given."""
    return {
        "id": number,
        "name": name,
        "phone": None,
        "email": None,
        "role": "end-user",
        "user_fields": {},
        **fields,
    }


def note(html: str, **fields: Any) -> dict[str, Any]:
    """A private comment."""
    return {
        "kind": "comment", "public": False, "html_body": html, "author_id": 901, "created_at": None, **fields
    }  # fmt: skip


@contextmanager
def page_of(desk: Desk, port: int = 0) -> Iterator[PageServer]:
    """Serve the page of a desk as long as the ``with`` block lasts."""
    state = PageState(desk.sources())
    with PageServer(
        state.board, look=state.look, ticket=state.tickets.ticket, actions=desk.actions(), port=port
    ) as server:
        yield server
