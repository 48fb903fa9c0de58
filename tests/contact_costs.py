"""What a contact costs: each request that the functions make of DynamoDB, and each invocation of Lambda.

The stories are played in process, with the real handlers, in containers that are warm: the access token and
the agents are known. Counted is what the ledger asks its table for, each being one request to DynamoDB.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.detail_types import CONTACT_RECORD
from connect_zendesk.function_kinds import Function
from connect_zendesk.ledger.items import Beside, Item, Items
from connect_zendesk.ledger.schema import TOKEN
from connect_zendesk.topology import ACCEPTANCE, worker_of
from connect_zendesk.workflows.services import Services
from local.replay.events import Event
from local.replay.local_messages import Message
from local.replay.memory_items import MemoryItems
from tests import contact_files
from tests.flows import asks, flow_event
from tests.live import contact_event
from tests.records import ADAS_NAME, BOBS_NAME, CHAYAS_NAME, NINE, call, written
from tests.stack import Stack

#: When all that is personal of a contact is gone from the ledger, and all that was in progress.
LATER = timedelta(days=40)
#: The records of DynamoDB's pricing: a read of up to 4 kB, strongly consistent, and a write of up to 1 kB.
READ_UNIT, WRITE_UNIT = 4096, 1024
_TOKEN = TOKEN.key()
#: What DynamoDB adds to each item that it stores, in bytes.
_ITEM_OVERHEAD = 100


@dataclass(frozen=True)
class Request:
    """One request to DynamoDB: ``kind`` is get, query, put or transaction, ``size`` its items' bytes.

    ``pops``: how much had been shown to agents by then.
    """

    function: str
    invocation: int
    kind: str
    partition: str
    sort: str
    size: int
    pops: int

    @property
    def reads(self) -> int:
        """How many read units it is billed."""
        return max(1, -(-self.size // READ_UNIT)) if self.kind in ("get", "query") else 0

    @property
    def writes(self) -> int:
        """How many write units it is billed: in a transaction twice as many, and two to look at an item."""
        if self.kind in ("get", "query"):
            return 0
        units = max(1, -(-self.size // WRITE_UNIT))
        return units if self.kind == "put" else 2 * units + 2


@dataclass
class Costs:
    """What was counted, in its order. ``zendesk`` are requests by route, tokens apart."""

    requests: list[Request] = field(default_factory=list)
    invocations: list[str] = field(default_factory=list)
    zendesk: dict[str, int] = field(default_factory=dict)
    events: int = 0
    messages: int = 0

    def add_zendesk(self, requests: Mapping[str, int]) -> None:
        """Add requests to Zendesk, by route."""
        for route, times in requests.items():
            self.zendesk[route] = self.zendesk.get(route, 0) + times

    @property
    def before_the_pop(self) -> int | None:
        """How many requests an agent waits for, who accepts: one after another, until the ticket is shown."""
        accepting = [request for request in self.requests if request.function == ACCEPTANCE.key]
        if not accepting:
            return None
        first, shown = accepting[0].invocation, accepting[0].pops
        return sum(request.invocation == first and request.pops == shown for request in accepting)


@dataclass(frozen=True)
class Kept:
    """What of a contact is still in the ledger when everything personal has gone."""

    items: int
    size: int


class CountingItems:
    """A table that says what it is asked for."""

    def __init__(self, items: Items, counted: Callable[[str, str, str, int], None]) -> None:
        self._items, self._counted = items, counted

    def get(self, partition: str, sort: str) -> Item | None:
        """Read an item."""
        item = self._items.get(partition, sort)
        self._counted("get", partition, sort, size_of(item or {}, partition, sort))
        return item

    def query(self, partition: str) -> Mapping[str, Item]:
        """Read the items of a partition."""
        found = self._items.query(partition)
        size = sum(size_of(item, partition, sort) for sort, item in found.items())
        self._counted("query", partition, "", size)
        return found

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item."""
        kind = "put" if beside is None else "transaction"
        self._counted(kind, partition, sort, size_of(item, partition, sort))
        return self._items.put(partition, sort, item, replacing=replacing, beside=beside)


class CountingStack(Stack):
    """The functions in warm containers, and what they cost."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self._function = ""
        self.of_contacts: dict[str, Costs] = {}
        self._containers: dict[str, Services] = {}
        self.costs = Costs()
        self.first_began = NINE + timedelta(seconds=5)
        self.table = MemoryItems(self.clock)
        self.items = CountingItems(self.table, self._count)
        self.services = self.new_services()
        self.know_agents()
        self.counted()

    def counted(self) -> Costs:
        """Return what was counted since the last time."""
        costs, self.costs = self.costs, Costs()
        costs.zendesk = self.requests_made()
        return costs

    def kept(self, contact: str) -> Kept:
        """Return what is still kept of a contact when all that is personal has gone."""
        self.clock.move_by(LATER)
        mine = (f"contact#{contact}", f"leg#{contact.replace('c0ffee00', 'decaff00')}")
        items = [found for found in self.table.scan() if found[0] in mine]
        found = [size_of(item, partition, sort) for partition, sort, item in items]
        return Kept(len(found), sum(found))

    def take(self, event: Event) -> bool:
        """Give one event to its function."""
        with self._named("contact_records"):
            return super().take(event)

    def deliver(self, message: Message) -> None:
        """Deliver one message."""
        for contact, costs in self.of_contacts.items():
            if contact in message.body:
                self.costs = costs
        self.costs.messages += message.attempts == 0
        with self._named(worker_of(message.queue).folder):
            super().deliver(message)

    def _invoke(self, function: Function, event: Mapping[str, Any]) -> Any:
        with self._named(function.key):
            return super()._invoke(function, event)

    def _count(self, kind: str, partition: str, sort: str, size: int) -> None:
        if (partition, sort) == (_TOKEN.partition, _TOKEN.sort):
            return  # once in the life of a container and a token
        number, shown = len(self.costs.invocations), len(self.zendesk.pops)
        self.costs.requests.append(Request(self._function, number, kind, partition, sort, size, shown))

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        before, self._function = self._function, name
        try:
            yield
        finally:
            self._function = before

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        self.costs.invocations.append(self._function)
        aside = self.services
        self.services = self._containers.setdefault(self._function, self.new_services())
        try:
            with super()._in_place():
                yield
        finally:
            self.services = aside


def size_of(value: Any, *keys: str) -> int:
    """Return about how many bytes DynamoDB counts for an item, its keys and its overhead included."""
    if keys:
        return _ITEM_OVERHEAD + 4 + sum(len(key.encode()) for key in keys) + size_of(value) - 3
    match value:
        case Mapping():
            return 3 + sum(len(name.encode()) + 1 + size_of(item) for name, item in value.items())
        case list() | tuple():
            return 3 + sum(1 + size_of(item) for item in value)
        case bool() | None:
            return 1
        case int():
            return len(str(value)) // 2 + 2
        case _:
            return len(str(value).encode())


@dataclass(frozen=True)
class Contact:
    """A contact of a story: its id, and when it begins."""

    id: str
    began: datetime
    agents: tuple[str, str] = (ADAS_NAME, BOBS_NAME)


#: What happens to a contact: so many seconds after it began, this is done.
Step = tuple[float, Callable[[CountingStack, Contact], None]]
Story = Sequence[Step]


def play(stack: CountingStack, story: Story, *contacts: Contact) -> dict[str, Costs]:
    """Play a story with several contacts that overlap; returns what each of them cost."""
    costs = {contact.id: Costs() for contact in contacts}
    steps = [
        (contact.began + timedelta(seconds=after), number, contact, do)
        for contact in contacts
        for number, (after, do) in enumerate(story)
    ]
    stack.counted()
    stack.of_contacts = costs
    for moment, _, contact, do in sorted(steps, key=lambda step: step[:2]):
        stack.run(until=moment)
        stack.clock.move_to(max(moment, stack.clock()))
        stack.costs = costs[contact.id]
        do(stack, contact)
        stack.run(until=stack.clock())
        costs[contact.id].add_zendesk(stack.requests_made())
    stack.run(until=None)
    costs[contacts[-1].id].add_zendesk(stack.requests_made())
    stack.of_contacts = {}
    return costs


def cost_of(story: Story, before: Story = ()) -> tuple[Costs, Kept]:
    """Return what a contact costs in warm containers: another one is always five seconds ahead of it.

    ``before`` is played before it, and not counted.
    """
    stack = CountingStack()
    # Of the agents of the one ahead, the containers know nothing that would help.
    ahead = Contact(_id(1), NINE, (CHAYAS_NAME, CHAYAS_NAME))
    counted = Contact(_id(2), NINE + timedelta(seconds=5))
    if before:
        play(stack, before, ahead, counted)
        pause = stack.clock() - NINE + timedelta(minutes=1)
        ahead, counted = replace(ahead, began=NINE + pause), replace(counted, began=counted.began + pause)
    costs = play(stack, story, ahead, counted)[counted.id]
    assert stack.messages.dead_letters == []
    return costs, stack.kept(counted.id)


def _id(number: int) -> str:
    return f"c0ffee00-0000-4000-8000-{number:012}"


def _second(contact: Contact) -> Contact:
    """Return the leg to which a contact is transferred."""
    leg = contact.id.replace("c0ffee00", "decaff00")
    return replace(contact, id=leg, began=contact.began + timedelta(seconds=240))


def _flow(channel: str) -> Step:
    def look_up(stack: CountingStack, contact: Contact) -> None:
        event = flow_event(contact=contact.id, channel=channel, parameters=asks("calling_user"))
        stack.invoke_flow("customer_lookup", event)

    return 0, look_up


def _talk(channel: str, *, transferred: bool = False) -> list[Step]:
    """Have an agent be connected after half a minute, and the leg end after four.

    COMPLETED need not come of a chat (facts/amazon-connect.md).
    """

    def happens(kind: str, after: float) -> Step:
        def send(stack: CountingStack, contact: Contact) -> None:
            leg = _second(contact) if transferred else contact
            times = {
                name: written(leg.began) for name in ("initiationTimestamp", "connectedToSystemTimestamp")
            }
            event = contact_event(
                kind,
                leg.id,
                at=leg.began + timedelta(seconds=after),
                agent=leg.agents[transferred],
                first_leg=contact.id if transferred else None,
                channel=channel,
                **times,
                **(
                    {"disconnectTimestamp": written(leg.began + timedelta(seconds=240))} if after > 30 else {}
                ),
            )
            stack.send_contact_event(event)

        return after + (240 if transferred else 0), send

    ends = [happens("DISCONNECTED", 240), *([happens("COMPLETED", 260)] if channel == "VOICE" else [])]
    return [happens("CONNECTED_TO_AGENT", 30), *ends]


def _record(*, transferred: bool = False) -> Step:
    def come(stack: CountingStack, contact: Contact) -> None:
        leg, first = (_second(contact), contact.id) if transferred else (contact, None)
        record = call(leg.id, began=leg.began, first_leg=first, agent=leg.agents[transferred])
        stack.deliver_records(record)

    return 300 + (240 if transferred else 0), come


def _chat_record(stack: CountingStack, contact: Contact) -> None:
    fresh = call(contact.id, began=contact.began, agent=contact.agents[0])
    names = ("LastUpdateTimestamp", "DisconnectTimestamp", "InitiationTimestamp", "Agent", "Queue")
    times = {name: fresh[name] for name in (*names, "ConnectedToSystemTimestamp")}
    stack.deliver_records(contact_files.chat(contact.id, **times))


def _chat_file(stack: CountingStack, contact: Contact) -> None:
    key = contact_files.chat_key(contact.id)
    stack.put_object(contact_files.BUCKET, key, contact_files.chat_file(contact.id))


def _redelivered(stack: CountingStack, contact: Contact) -> None:
    body = json.dumps({"detail-type": CONTACT_RECORD, "detail": call(contact.id, began=stack.first_began)})
    stack.deliver(Message(stack.clock(), 1, body, stack.clock()))


#: A known caller's call: looked up by its flow, accepted, ended, completed, recorded.
PLAIN_CALL: Story = (_flow("VOICE"), *_talk("VOICE"), _record())
#: A call of which nothing but its record comes.
RECORD_ONLY: Story = (_record(),)
#: The record of a call, delivered to its queue once more.
REDELIVERY: Story = ((0, _redelivered),)
#: A chat whose transcript comes 27 seconds before its record.
CHAT: Story = (_flow("CHAT"), *_talk("CHAT"), (273, _chat_file), (300, _chat_record))
#: A call that its agent transfers to another one: two legs, two records.
TRANSFER: Story = (
    _flow("VOICE"),
    *_talk("VOICE"),
    *_talk("VOICE", transferred=True),
    _record(),
    _record(transferred=True),
)

STORIES: Mapping[str, tuple[Story, Story]] = {
    "plain call": (PLAIN_CALL, ()),
    "record only": (RECORD_ONLY, ()),
    "redelivery": (REDELIVERY, PLAIN_CALL),
    "chat with transcript": (CHAT, ()),
    "transfer of two legs": (TRANSFER, ()),
}


@dataclass(frozen=True)
class Counts:
    """What a contact of a story costs: ``requests``, ``reads`` and ``writes`` are DynamoDB's.

    ``before_the_pop`` are those that the agent waits for, None where nothing is shown. ``kept`` is about how
    many bytes are kept of it for 25 months.
    """

    requests: int
    read_units: int
    write_units: int
    before_the_pop: int | None
    invocations: int
    searches: int
    updates: int
    kept: int

    @staticmethod
    def of(costs: Costs, kept: int) -> Counts:
        """Return the counts of what was counted."""
        return Counts(
            requests=len(costs.requests),
            read_units=sum(request.reads for request in costs.requests),
            write_units=sum(request.writes for request in costs.requests),
            before_the_pop=costs.before_the_pop,
            invocations=len(costs.invocations),
            searches=costs.zendesk.get("GET /api/v2/users/search", 0),
            updates=costs.zendesk.get("PUT /api/v2/tickets/{id}", 0),
            kept=kept,
        )


def counts_of(story: str) -> Counts:
    """Play a story, and count."""
    costs, kept = cost_of(*STORIES[story])
    return Counts.of(costs, kept.size)


#: What each story costs now.
COUNTED: Mapping[str, Counts] = {
    "plain call": Counts(
        requests=30,
        read_units=12,
        write_units=25,
        before_the_pop=8,
        invocations=6,
        searches=1,
        updates=2,
        kept=1194,
    ),
    "record only": Counts(
        requests=14,
        read_units=5,
        write_units=16,
        before_the_pop=None,
        invocations=2,
        searches=1,
        updates=1,
        kept=1113,
    ),
    "redelivery": Counts(
        requests=1,
        read_units=3,
        write_units=0,
        before_the_pop=None,
        invocations=1,
        searches=0,
        updates=0,
        kept=1194,
    ),
    "chat with transcript": Counts(
        requests=36,
        read_units=17,
        write_units=31,
        before_the_pop=8,
        invocations=8,
        searches=1,
        updates=2,
        kept=2272,
    ),
    "transfer of two legs": Counts(
        requests=53,
        read_units=26,
        write_units=41,
        before_the_pop=8,
        invocations=11,
        searches=1,
        updates=4,
        kept=1891,
    ),
}
