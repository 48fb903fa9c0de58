"""Contacts as they ring and as their records arrive, and what was decided about each, from the ledger."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.amazon_connect import agent_event
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, decode, parse
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.notices import GivenNotice
from connect_zendesk.rules.contacts.contact import Leg
from local.emulator.arrivals import Arrival
from local.page.board import Board

_KNOWN = 1000  # contacts that are followed; older ones have been decided on, or never will be
_ASKED_AT_ONCE = 25
_FIRST_WAIT, _LONGEST_WAIT = timedelta(milliseconds=300), timedelta(seconds=15)
_MONITORING = "T11: a supervisor listened in; that leaves tickets alone"


@dataclass
class _Contact:
    at: datetime
    leg: Leg
    records: int = 0
    legs: set[str] = field(default_factory=set)
    head: Head | None = None
    notices: Sequence[GivenNotice] = ()
    ask_at: datetime | None = None
    wait: timedelta = _FIRST_WAIT


class Contacts:
    """Puts contacts on the board. `head` returns what the ledger has settled for one, None for nothing yet.

    `notices` returns what agents were given to attend to about one (A2), `name_of` a Zendesk user's name,
    for a customer of whom no record has come yet. What is not settled is asked about again, at growing
    intervals; so is what a new record came for.
    """

    def __init__(
        self,
        board: Board,
        *,
        head: Callable[[str], Head | None],
        notices: Callable[[str], Sequence[GivenNotice]],
        name_of: Callable[[int | None], str | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._board, self._head, self._name_of, self._clock = board, head, name_of, clock
        self._notices = notices
        self._contacts: OrderedDict[str, _Contact] = OrderedDict()
        self._seen = 0

    @property
    def seen(self) -> int:
        """How many contacts there have been."""
        return self._seen

    def arrive(self, arrivals: Iterable[Arrival]) -> None:
        """Take notice of records; what is no contact record is left to the dead letters."""
        for arrival in arrivals:
            try:
                leg = parse(decode(arrival.data))
            except NotAContactRecord:
                continue
            self._take(leg, arrival.at)

    def ring(self, arrivals: Iterable[Arrival]) -> None:
        """Take notice of agent events: contacts that are going on, before there is any record of them."""
        for arrival in arrivals:
            try:
                event = agent_event.decode(arrival.data)
            except NotAContactRecord:
                continue
            for leg in (*event.legs("ringing"), *event.legs("connected")):
                if not leg.is_monitoring:
                    self._follow(leg, arrival.at)

    def written(self, roots: Iterable[str]) -> None:
        """Have the next look ask about these contacts: something was written about them."""
        for root in roots:
            contact = self._contacts.get(root)
            if contact is not None and (contact.head is None or contact.head.ticket is None):
                contact.ask_at, contact.wait = self._clock(), _FIRST_WAIT

    def look(self) -> None:
        """Ask what has been decided by now."""
        now = self._clock()
        due = [root for root, it in self._contacts.items() if it.ask_at is not None and it.ask_at <= now]
        for root in due[-_ASKED_AT_ONCE:]:  # the newest first: they are what is watched
            contact = self._contacts[root]
            head = self._head(root)
            settled = head is not None and (head != contact.head or contact.wait > _FIRST_WAIT)
            contact.head = head or contact.head
            contact.notices = self._notices(root)
            contact.ask_at = None if settled else now + contact.wait
            contact.wait = min(_LONGEST_WAIT, contact.wait * 2)
            self._board.update("contacts", root, self._row(contact))

    def _follow(self, leg: Leg, at: datetime) -> None:
        """Take notice of a leg that is going on; what a record has said is left as it is."""
        contact = self._known(leg, at)
        if contact.records == 0:
            contact.leg = leg
        contact.legs.add(leg.contact_id)
        contact.ask_at, contact.wait = self._clock(), _FIRST_WAIT
        self._board.put("contacts", leg.root_id, self._row(contact))

    def _take(self, leg: Leg, at: datetime) -> None:
        contact = self._known(leg, at)
        if leg.is_root or contact.records == 0:
            contact.leg = leg
        contact.records += 1
        contact.legs.add(leg.contact_id)
        if not leg.is_monitoring:
            contact.ask_at, contact.wait = self._clock(), _FIRST_WAIT
        self._board.put("contacts", leg.root_id, self._row(contact))

    def _known(self, leg: Leg, at: datetime) -> _Contact:
        """Return the leg's contact, which is a new one where nothing was known of it."""
        contact = self._contacts.get(leg.root_id)
        if contact is None:
            contact = self._contacts[leg.root_id] = _Contact(at, leg)
            self._seen += 1
            while len(self._contacts) > _KNOWN:
                self._contacts.popitem(last=False)
        return contact

    def _row(self, contact: _Contact) -> dict[str, Any]:
        leg, head = contact.leg, contact.head
        found = self._name_of(head.requester) if head and not contact.records else None
        return {
            "at": contact.at.isoformat(timespec="milliseconds"),
            "channel": leg.channel.lower(),
            "direction": leg.direction,
            "method": leg.initiation_method.lower(),
            "customer": leg.customer_address or found,
            "name": self._name_of(head.customer or head.requester) if head else None,
            "queue": leg.queue.name if leg.queue else None,
            "agent": leg.agent.username if leg.agent else None,
            "began": leg.began.isoformat(),
            "ended": leg.ended.isoformat() if leg.ended else None,
            "records": contact.records,
            "legs": len(contact.legs),
            "decision": _decision(contact),
            "notices": [
                {"agent": self._name_of(notice.agent), "rule": notice.rule, "text": notice.text}
                for notice in contact.notices
            ],
        }


def _decision(contact: _Contact) -> dict[str, Any] | None:
    if contact.head is not None:
        it = contact.head
        return {"action": it.action, "rule": it.rule, "reasons": list(it.reasons), "ticket": it.ticket}
    if contact.leg.is_monitoring:
        return {"action": "none", "rule": "T11", "reasons": [_MONITORING], "ticket": None}
    return None
