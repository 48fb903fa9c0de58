"""A small world for the rules: users and tickets in Zendesk, contacts in Amazon Connect, and who answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_zendesk.rules.contacts.contact import Agent, Leg, Queue, Recording
from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    Known,
    LookUp,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from connect_zendesk.rules.model import ExistingUser, NewUser, Placeholder, Ticket, User
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets import ticket_decision as ticket
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage

#: When every contact here begins, unless its case says otherwise.
BEGAN = datetime(2026, 11, 2, 10, tzinfo=UTC)
AGENT_ID = 901
PLACEHOLDER_ID = 801

ANA, BEN, CARA, DEV, EVA = 101, 102, 103, 104, 105
ANAS_NUMBER, BENS_NUMBER, SHARED_NUMBER = "+441632960101", "+441632960102", "+441632960103"
SUSPENDED_NUMBER, TWO_DIRECT_LINES, UNKNOWN_NUMBER = "+441632960105", "+441632960106", "+441632960199"

#: Half-written addresses of one user more than their first.
EMAILS = {ANA: ("ana@example.com", "ana@work.example"), BEN: ("ben@example.com",), DEV: ("dev@example.com",)}

USERS = (
    User(ANA, "Ana Silva", ANAS_NUMBER, "ana@example.com"),
    User(BEN, "Ben Okafor", "01632 960102", "ben@example.com"),  # typed without a country code
    User(CARA, "Cara Lee", SHARED_NUMBER, shared_phone=True),
    User(113, "Cem Lee", SHARED_NUMBER, shared_phone=True),
    User(DEV, "Dev Null", SUSPENDED_NUMBER, "dev@example.com", suspended=True),
    User(EVA, "Eva Brandt", TWO_DIRECT_LINES),
    User(115, "Eva's brother", TWO_DIRECT_LINES),
    User(106, "Finn Hale", "+441632960107"),
    User(116, "The Hales", "+441632960107", shared_phone=True),
    User(107, "Same digits in the USA", "+11632960101"),  # ends like Ana's number
    User(108, "Same digits, longer", "+4931632960101"),
    User(109, "Gil Moss", "+441632960109"),
    User(119, "Gil Moss, suspended", "+441632960109", suspended=True),
    User(110, "Hal Deleted", "+441632960110", active=False),
    User(111, "Kim Park"),
    User(121, "kim  PARK"),
    User(112, "Lou Reyes"),
    User(122, "Lou Reyes junior"),
)


def minutes_before(minutes: float) -> datetime:
    """Return the moment so many minutes before contacts begin here; negative for after."""
    return BEGAN - timedelta(minutes=minutes)


def ticket_of(
    number: int, requester: int, status: str = "open", *, updated: float = 600, created: float | None = None
) -> Ticket:
    """Return a ticket that was updated (and created) so many minutes before contacts begin here."""
    at = minutes_before(updated)
    return Ticket(number, requester, status, minutes_before(created) if created is not None else at, at)


#: Old enough that no case's window reaches them.
TICKETS = (
    ticket_of(4711, ANA),
    ticket_of(4712, BEN),
    ticket_of(4713, ANA, "closed"),
    ticket_of(4714, BEN, "closed"),
    ticket_of(4715, ANA, "deleted"),
    ticket_of(4716, ANA, "solved"),
)


@dataclass(frozen=True)
class World:
    """What Zendesk holds; it answers as Zendesk does, and never more cleverly."""

    users: tuple[User, ...] = USERS
    tickets: tuple[Ticket, ...] = TICKETS
    agents: Mapping[str, int] = field(default_factory=lambda: {"asmith": AGENT_ID})
    placeholder: int | None = PLACEHOLDER_ID

    def answer(self, wanted: LookUp) -> Any:
        """Answer one look-up."""
        match wanted:
            case UserById(number):
                return next((user for user in self.users if user.id == number), None)
            case UsersByPhone(e164):
                # Zendesk compares the end of the digits, whatever the country: `phone:*1632960101`.
                digits = e164[3:] if e164.startswith("+44") else e164[2:]
                return tuple(user for user in self.users if _digits(user.phone).endswith(digits))
            case UsersByEmail(email):
                return tuple(user for user in self.users if email in EMAILS.get(user.id, ()))
            case UsersByName(name):
                words = set(name.lower().split())
                return tuple(user for user in self.users if words <= set(user.name.lower().split()))
            case TicketById(number):
                return next((ticket for ticket in self.tickets if ticket.id == number), None)
            case TicketsRequestedBy(requester):
                theirs = (ticket for ticket in self.tickets if ticket.requester == requester)
                return tuple(sorted(theirs, key=lambda ticket: ticket.updated, reverse=True))
            case AgentOf(username):
                return self.agents.get(username)
            case PlaceholderUser():
                return self.placeholder


def _digits(phone: str | None) -> str:
    return "".join(character for character in phone or "" if character.isdigit())


def with_tickets(*tickets: Ticket) -> World:
    """Return the world with these tickets added to the standing ones."""
    return World(tickets=TICKETS + tickets)


ASMITH = Agent("asmith", "arn:aws:connect:eu-west-2:111122223333:instance/i/agent/a1", BEGAN, 180, 20, 30)
SUPPORT = Queue("Support", BEGAN, 35)
NOBODY = {"agent": None}

#: Attributes and app settings that many cases have.
RECENT: dict[str, Any] = {"recent_ticket_timeout": "15"}
MANUAL: dict[str, Any] = {"ticket_assignment": "agent"}
NOT_FORCED: dict[str, Any] = {"force_ticket_creation": "false"}
FAILED: dict[str, Any] = {"voice_authentication_result": "Not Authenticated"}
ATTRIBUTES = {"caller_authentication": {"source": "attributes"}}


def call(
    number: str | None = ANAS_NUMBER, /, *, leg: Mapping[str, Any] | None = None, **attributes: str
) -> Leg:
    """Return an answered incoming call of five minutes; ``leg`` changes what the record says."""
    contact = Leg(
        contact_id="c-1",
        root_id="c-1",
        channel="VOICE",
        initiation_method="INBOUND",
        began=BEGAN,
        updated=BEGAN + timedelta(minutes=6),
        ended=BEGAN + timedelta(minutes=5),
        customer_address=number,
        system_address="+448001234567",
        agent=ASMITH,
        attempts=1,
        queue=SUPPORT,
        recordings=(Recording("amazon-connect-x/connect/acme/CallRecordings/2026/11/02/c-1_UTC.wav"),),
        attributes=attributes,
    )
    return replace(contact, **(leg or {}))


def web_call(address: str | None = None, /, **attributes: str) -> Leg:
    """Return a call from a browser, which has no number as a rule."""
    changes = {"initiation_method": "WEBRTC_API", "system_address": None}
    return call(address, leg=changes, **attributes)


def outgoing(number: str | None = ANAS_NUMBER, /, **attributes: str) -> Leg:
    """Return a call that an agent made."""
    return call(number, leg={"initiation_method": "OUTBOUND", "queue": None}, **attributes)


def chat(number: str | None = None, /, *, leg: Mapping[str, Any] | None = None, **attributes: str) -> Leg:
    """Return a chat; ``number`` where it came by SMS or WhatsApp."""
    changes = {"channel": "CHAT", "initiation_method": "API", "system_address": None, "recordings": ()}
    return call(number, leg={**changes, **(leg or {})}, **attributes)


def task(name: str | None = None, /, *, leg: Mapping[str, Any] | None = None, **attributes: str) -> Leg:
    """Return a task with this name."""
    return chat(None, leg={"channel": "TASK", "task_name": name, **(leg or {})}, **attributes)


def settings_from(document: Mapping[str, Any]) -> AppSettings:
    """Read app settings as an administrator writes them; they must be without fault."""
    app, problems = app_settings.read(document)
    assert not problems
    return app


def decide(
    leg: Leg, app: AppSettings, world: World, stage: Stage = "ended"
) -> tuple[Decision, tuple[LookUp, ...]]:
    """Decide on a contact in a world; returns the decision, and what was looked up for it in order."""
    known, asked = Known(), list[LookUp]()
    while not isinstance(answer := ticket.decide(leg, app, known, stage), Decision):
        assert answer not in asked, "a question that was answered is asked again"
        asked.append(answer)
        known = known.with_answer(answer, world.answer(answer))
    return answer, tuple(asked)


def requester_in_words(decision: Decision) -> int | str | None:
    """Return the requester of what is decided as a user id or in words."""
    match decision.requester:
        case ExistingUser(number):
            return number
        case NewUser():
            return f"new: {decision.requester.display_name}"
        case Placeholder():
            return "placeholder"
    return None
