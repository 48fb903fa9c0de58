"""Sample contact flows walked on the functions: who enters them, and what may happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connect_zendesk.rules.settings import app_settings
from infra.sample_flows import BY_NAME
from local.demo import morning as mornings
from local.flows.contact import FlowContact
from local.flows.exploration import Explored, explore
from local.flows.script import Script
from local.flows.state import Function
from local.flows.surroundings import PARTNER, surroundings
from local.flows.walk import Surroundings, Walked, walk
from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from tests.records import ANA, NINE

#: Of the demo's world: who has an open ticket, who has none, and a number of no user.
WITH_TICKET, WITHOUT_TICKET, UNKNOWN = "+442071838750", "+441632960106", "+441632960251"
ENROLLED = {"voice_authentication_id": "v1", "voice_authentication_status": "ENROLLED"}

_numbers = count(1)


def partner(result: str) -> Function:
    """Return a partner's function that verifies every voice alike."""
    return lambda _event: ENROLLED | {"voice_authentication_result": result}


@dataclass(frozen=True)
class Situation:
    """Who enters a sample, what they may enter there, and what is around: ``fields`` are Ana's in Zendesk."""

    sample: str
    about: str
    contact: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    slots: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    partner: Function | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def stack(self) -> InProcess:
        """Return the functions in the demo's world."""
        world = mornings.world("zendesk")
        users = [
            user | {"user_fields": dict(self.fields)} if user["id"] == ANA else user
            for user in world["users"]
        ]
        tickets = [
            *world["tickets"],
            {"id": 4005, "subject": "Done", "status": "solved", "requester_id": ANA},
        ]
        settings, problems = app_settings.read({**mornings.app_settings(), **self.settings})
        assert not problems
        return InProcess(
            zendesk_world=world | {"users": users, "tickets": tickets},
            app_settings=settings,
            clock=VirtualClock(NINE),
        )

    def walk(self, stack: InProcess, script: Script) -> Walked:
        """Walk the sample as a new contact."""
        contact = FlowContact(**{"contact_id": f"walk-{next(_numbers)}", **self.contact})
        return walk(BY_NAME[self.sample].flow, contact, script, self.surroundings(stack))

    def surroundings(self, stack: InProcess) -> Surroundings:
        """Return what the sample finds around it."""
        return surroundings(stack.invoke_flow, {PARTNER: self.partner} if self.partner else {})

    def explore(self) -> Explored:
        """Walk the sample until nothing new is left to try."""
        stack = self.stack()
        walked: Callable[[Script], Walked] = lambda script: self.walk(stack, script)  # noqa: E731
        return explore(BY_NAME[self.sample].flow, walked, keys=self.keys, slots=self.slots)


NUMBERS = {"Enter a ticket number": ("4002#", "999999#"), "Enter a phone number": ("01632960106#", "1#")}
SPEAKING = {"caller": WITH_TICKET}
SITUATIONS = (
    Situation("inbound-call", "a customer with an open ticket", SPEAKING, NUMBERS),
    Situation("inbound-call", "a customer without one", {"caller": WITHOUT_TICKET}),
    Situation("inbound-call", "an unknown number", {"caller": UNKNOWN}, NUMBERS),
    Situation("inbound-call", "a withheld number", {"caller": "anonymous"}),
    Situation("inbound-call", "not enrolled", SPEAKING, partner=partner("Authenticated")),
    Situation("inbound-call", "verified", SPEAKING, partner=partner("Authenticated"), fields=ENROLLED),
    Situation("inbound-call", "not verified", SPEAKING, partner=partner("Inconclusive"), fields=ENROLLED),
    Situation("inbound-call", "all by hand", SPEAKING, settings={"ticket_assignment": "agent"}),
    Situation("voicemail", "a caller", SPEAKING),
    Situation(
        "chat",
        "a customer and another",
        {"channel": "CHAT"},
        slots={
            "Ask who it is": (
                {"Name": "Ana Silva", "Email": "ana@example.com", "Subject": "Router"},
                {"Name": "Ana Silva"},
            )
        },
    ),
    Situation("task", "a pending ticket", {"channel": "TASK", "attributes": {"zendesk_ticket": "4002"}}),
    Situation(
        "task",
        "an urgent one",
        {"channel": "TASK", "attributes": {"zendesk_ticket": "4001", "zendesk_priority": "urgent"}},
    ),
    Situation("task", "a closed one", {"channel": "TASK", "attributes": {"zendesk_ticket": "4003"}}),
    Situation("task", "a solved one", {"channel": "TASK", "attributes": {"zendesk_ticket": "4005"}}),
    Situation("agent-transfer", "a contact with a ticket", SPEAKING),
    Situation("agent-transfer", "one left to its agent", SPEAKING, settings={"ticket_assignment": "agent"}),
    Situation("after-the-call", "a caller", SPEAKING, {"How was it": ("5",)}),
    Situation("after-the-call", "a chat", {"channel": "CHAT"}),
    Situation("after-the-call", "asked before", {"attributes": {"survey": "asked"}}),
    Situation("outbound-call", "a call", SPEAKING | {"method": "OUTBOUND"}),
)
