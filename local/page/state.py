"""What the page shows, gathered at each look from where it happens, onto the board."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.notices import GivenNotice
from local.emulator.arrivals import Arrival
from local.emulator.dead_letters import DeadLetter
from local.page.board import Board
from local.page.contacts import Contacts
from local.page.letters import Letters
from local.page.limits import RequestsPerMinute, buckets_of
from local.page.tickets import ShownZendesk as ZendeskWithTickets
from local.page.tickets import Tickets
from local.stand_ins.zendesk.plan import Plan

#: The newest of each that are shown.
LIMITS: Mapping[str, int] = {
    "contacts": 150,
    "tickets": 200,
    "agents": 24,
    "letters": 50,
    "requests": 10,
    "faults": 30,
    "figures": 1,
}
_POPS_SHOWN = 4


class ShownZendesk(ZendeskWithTickets, Protocol):
    """What the page needs of the Zendesk stand-in."""

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests there were, by endpoint."""

    @property
    def pops(self) -> list[dict[str, Any]]:
        """The screen pops so far, oldest first: agent, ticket or user, and when."""


@dataclass(frozen=True)
class Sources:
    """Where the page looks.

    Attributes:
        zendesk: the stand-in.
        arrivals: returns what has come on the record stream since it was last asked.
        agent_events: the same for the agent event stream.
        head: returns what the ledger has settled for a contact.
        notices: returns the notices that agents were given about a contact, in their order.
        dead_letters: returns them all.
        dead_letter_count: returns how many there are; it is asked often.
        under_way: says in words what is still to be done, "" for nothing.
        sent: returns how many contact records have been sent.
        faults: returns every fault: name, what it does, its arguments, whether it happens at once.
        active_faults: returns the names of those that hold.
        clock: returns the time (aware, UTC).
        plan: what the Zendesk account allows.
    """

    zendesk: ShownZendesk
    arrivals: Callable[[], list[Arrival]]
    agent_events: Callable[[], list[Arrival]]
    head: Callable[[str], Head | None]
    notices: Callable[[str], Sequence[GivenNotice]]
    dead_letters: Callable[[], Sequence[DeadLetter]]
    dead_letter_count: Callable[[], int]
    under_way: Callable[[], str]
    sent: Callable[[], int]
    faults: Callable[[], list[dict[str, Any]]]
    active_faults: Callable[[], Sequence[str]]
    clock: Callable[[], datetime]
    plan: Plan


class _Screen:
    """What an agent has been shown: how often, and the newest pops first."""

    def __init__(self) -> None:
        self.count = 0
        self.newest: deque[dict[str, Any]] = deque(maxlen=_POPS_SHOWN)

    def show(self, pop: dict[str, Any]) -> None:
        """Take notice of a pop."""
        self.count += 1
        self.newest.appendleft(pop)


class PageState:
    """Keeps the board up to date, `look` by `look`. Used by one thread at a time."""

    def __init__(self, sources: Sources) -> None:
        self.board = Board(LIMITS)
        self.tickets = Tickets(self.board, sources.zendesk)
        self._sources = sources
        self._contacts = Contacts(
            self.board,
            head=sources.head,
            notices=sources.notices,
            name_of=self.tickets.name_of,
            clock=sources.clock,
        )
        self.letters = Letters(self.board, read=sources.dead_letters, count=sources.dead_letter_count)
        self._pops: dict[int, _Screen] = {}
        self._pops_seen = 0
        self._requests = RequestsPerMinute(sources.clock, buckets_of(sources.plan))

    def look(self) -> None:
        """Look at everything once."""
        self._contacts.written(self.tickets.look())
        self._contacts.ring(self._sources.agent_events())
        self._contacts.arrive(self._sources.arrivals())
        self._contacts.look()
        self.letters.look()
        self._look_at_requests()
        self._look_at_agents()
        active = self._sources.active_faults()
        for fault in self._sources.faults():
            self.board.put("faults", fault["name"], {**fault, "on": fault["name"] in active})
        self.board.put("figures", "figures", self._figures())

    def _look_at_requests(self) -> None:
        self._requests.look(dict(self._sources.zendesk.requests))
        for name, row in self._requests.rows().items():
            self.board.put("requests", name, row)

    def _look_at_agents(self) -> None:
        pops = self._sources.zendesk.pops
        if len(pops) < self._pops_seen:  # the world was replaced
            self._pops.clear()
            self._pops_seen = 0
        for pop in pops[self._pops_seen :]:
            self._pops.setdefault(pop["agent"], _Screen()).show(pop)
        self._pops_seen = len(pops)
        for agent in dict.fromkeys((*self.tickets.agents, *self._pops)):
            screen = self._pops.get(agent, _Screen())
            row = {
                "name": self.tickets.name_of(agent) or f"Agent {agent}",
                "count": screen.count,
                "pops": [self._pop(pop) for pop in screen.newest],
            }
            self.board.put("agents", str(agent), row)

    def _pop(self, pop: dict[str, Any]) -> dict[str, Any]:
        ticket, user = pop.get("ticket"), pop.get("user")
        about = self.tickets.subject_of(ticket) if ticket else self.tickets.name_of(user)
        return {"ticket": ticket, "user": user, "about": about, "at": pop["at"]}

    def _figures(self) -> dict[str, Any]:
        return {
            "sent": self._sources.sent(),
            "contacts": self._contacts.seen,
            "tickets": self.tickets.count,
            "requests": sum(self._sources.zendesk.requests.values()),
            "dead_letters": self.letters.count,
            "under_way": self._sources.under_way(),
        }
