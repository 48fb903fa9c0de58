"""What has to be so at the end of every run; each function returns what is wrong, as sentences.

A new invariant is a function and an entry in `ALL`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.messaging import dead_letter_data
from tests.simulation.simulator import people
from tests.simulation.simulator.commands import tasks_of
from tests.simulation.simulator.contacts import Contact, said
from tests.simulation.simulator.faults import TWO_RELEASES
from tests.simulation.simulator.world import World
from tests.voice_authentication import ID, STATUS

#: How the release before says that it does not know something.
_NOT_KNOWN = ("no message for this queue", "not a message that this project sends")
#: What a worker may meet without its being a fault of ours: AWS does not answer.
_OF_AWS = (
    "ClientError",
    "ReadTimeoutError",
    "GetParameterError",
    "ConnectionClosedError",
    "InternalServiceException",
    "ThrottlingException",
    "TooManyRequestsException",
)


@dataclass
class Written:
    """What tickets hold of one contact: by leg, how often it is reported, changed, has a voice comment."""

    tickets: set[int] = field(default_factory=set)
    reported: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)
    by_ticket: dict[int, Counter[str]] = field(default_factory=dict)
    moved_from: set[int] = field(default_factory=set)
    twice: list[str] = field(default_factory=list)


@dataclass
class End:
    """The end of a run: what there is in Zendesk, read once."""

    world: World
    contacts: list[Contact]
    tickets: Mapping[int, Mapping[str, Any]]
    users: Sequence[Mapping[str, Any]]
    written: dict[str, Written]

    @staticmethod
    def of(world: World, contacts: list[Contact]) -> End:
        """Return what there is at the end."""
        tickets = world.tickets()
        return End(world, contacts, tickets, world.zendesk.users(), _written(tickets.values()))

    def of_contact(self, contact: Contact) -> Written:
        """Return what is written of a contact, of all contacts in Amazon Connect that it is."""
        found = [self.written[root] for root in roots(contact) if root in self.written]
        whole = Written()
        for each in found:
            whole.tickets |= each.tickets
            whole.reported += each.reported
            whole.changed += each.changed
            whole.voices += each.voices
            whole.moved_from |= each.moved_from
            whole.twice += each.twice
            for ticket, legs in each.by_ticket.items():
                whole.by_ticket[ticket] = whole.by_ticket.get(ticket, Counter()) + legs
        return whole


def roots(contact: Contact) -> tuple[str, ...]:
    """Return the contacts in Amazon Connect that a contact is: one, or as many as its caller called."""
    if contact.roots:
        return contact.roots
    legs = [leg for leg in contact.due.reported if leg == contact.id or leg.endswith("-again")]
    return tuple(legs) or (contact.id,)


# Rest


def at_rest(end: End) -> Iterator[str]:
    """Nothing waits, and AWS dropped nothing."""
    for queue in end.world.queues.values():
        if queue.messages:
            yield f"{len(queue.messages)} messages wait in {queue.name}"
    yield from end.world.lost


def steps_over(end: End) -> Iterator[str]:
    """No more steps are left unfinished than containers were killed, or kept from the ledger."""
    now = end.world.clock().timestamp()
    unfinished = [
        f"{name} of {partition} {sort}"
        for partition in list(end.world.table.items)
        for sort, item in end.world.table.query(partition).items()
        if item["expires_at"] > now
        for name, entry in item.get("steps", {}).items()
        if entry["status"] == "claimed" and entry.get("expires_at", now + 1) > now
    ]
    cut_off = sum(name.startswith(("function: ", "DynamoDB: ")) for name, _ in end.world.chance.injected)
    cut_off += end.world.out_of_time
    if len(unfinished) > cut_off:
        yield f"{len(unfinished)} steps are unfinished, and {cut_off} were cut off: {', '.join(unfinished)}"


# Tickets and users


def nothing_twice(end: End) -> Iterator[str]:
    """No ticket, user or task is made twice, no step written twice."""
    tickets = Counter(ticket["external_id"] for ticket in end.tickets.values() if ticket["external_id"])
    yield from (f"{times} tickets are {name}" for name, times in tickets.items() if times > 1)
    living = [user for user in end.users if user.get("active", True)]
    users = Counter(user.get("external_id") for user in living if user.get("external_id"))
    yield from (f"{times} users are {name}" for name, times in users.items() if times > 1)
    phones = Counter(user["phone"] for user in living if user.get("phone"))
    yield from (f"{times} users have {phone}" for phone, times in phones.items() if times > 1)
    yield from (f"{root}: {what}" for root, seen in end.written.items() for what in seen.twice)


def tickets_as_due(end: End) -> Iterator[str]:
    """Each contact has the tickets that it is due: one, a given one, or none."""
    for contact in end.contacts:
        yield from (f"{contact.id}: {what}" for what in _tickets(end, contact))


def _tickets(end: End, contact: Contact) -> Iterator[str]:  # noqa: PLR0912 - each case is one line
    due, seen = contact.due, end.of_contact(contact)
    own = {t for t in seen.tickets if str(end.tickets[t]["external_id"] or "").startswith("amazon-connect:")}
    if due.ticket == "none":
        if seen.tickets:
            yield f"is on {sorted(seen.tickets)}, and should be on none"
        return
    if "deleted" in contact.touched:
        return
    if not seen.tickets and due.reported:
        if not _may_have_none(contact):
            yield "has no ticket"
        return
    if due.asked:
        yield from _attached(end, contact, seen)
        return
    each = len(roots(contact)) if due.ticket == "own" else 1
    if contact.touched & {"closed", "merged"}:
        each += len(contact.touched & {"closed", "merged"})
        if len(seen.tickets) > each:
            yield f"is on {sorted(seen.tickets)}, though {sorted(contact.touched)}"
        return
    if len(seen.tickets) > each:
        yield f"is on {sorted(seen.tickets)}"
    if isinstance(due.ticket, int):
        if seen.tickets - {due.ticket} and not contact.touched:
            yield f"is on {sorted(seen.tickets)}, and {due.ticket} was given"
        return
    if own != seen.tickets and not contact.touched:
        yield f"is on {sorted(seen.tickets)}, of which {sorted(own)} are made for contacts"
    for ticket in sorted(own):
        yield from _requester(end, contact, end.tickets[ticket])


def _may_have_none(contact: Contact) -> bool:
    """Return whether a contact may end without a ticket: a call to who is no user any more (T7)."""
    return contact.kind == "outgoing" and bool(contact.touched & {"suspended", "gone"})


def _requester(end: End, contact: Contact, ticket: Mapping[str, Any]) -> Iterator[str]:
    if contact.touched:
        return
    user = next(user for user in end.users if user["id"] == ticket["requester_id"])
    match contact.due.requester:
        case "caller":
            right = user["id"] == people.caller(contact.number)
        case "stranger":
            right = user.get("phone") == people.stranger(contact.number)
        case "anonymous":
            right = user["name"] == "Anonymous caller"
        case _:
            right = True
    if not right:
        yield f"ticket {ticket['id']} is requested by {user['name']} ({user['id']})"


def _attached(end: End, contact: Contact, seen: Written) -> Iterator[str]:
    """Return what is wrong with a contact that an agent attached, as far as that was taken."""
    due = contact.due
    on_other = due.other in seen.tickets
    if due.ticket == due.other and not on_other and not contact.touched:
        yield f"is on {sorted(seen.tickets)}, and was attached to {due.other}"
    if len(seen.tickets) > 2 and not contact.touched:
        yield f"is on {sorted(seen.tickets)}"
    if due.untagged and any(due.untagged in ticket["tags"] for ticket in end.tickets.values()):
        yield f"the macro's tag {due.untagged} is left"


# Reports


def reports_as_due(end: End) -> Iterator[str]:
    """Each leg is reported once, has its voice comment once, and nothing else is."""
    for contact in end.contacts:
        seen = end.of_contact(contact)
        none = contact.due.ticket == "none" or (_may_have_none(contact) and not seen.tickets)
        if "deleted" in contact.touched or none:
            continue
        yield from (f"{contact.id}: {what}" for what in _reports(contact, seen))


def _reports(contact: Contact, seen: Written) -> Iterator[str]:
    due = contact.due
    once = Counter(due.reported)
    moved = len(seen.moved_from)
    if due.asked and due.other in seen.by_ticket:
        # Where it is attached all is reported; what was on the ticket before stays there.
        now = seen.by_ticket[due.other]
        if now != once and not contact.touched:
            yield f"{dict(now)} reported on {due.other}, instead of {dict(once)}"
        # Where its ticket was closed before, no note can say there that it has moved.
        moved += len(contact.touched & {"closed", "merged"})
        if any(times > 1 + moved for times in seen.reported.values()):
            yield f"reported {dict(seen.reported)}"
        return
    if contact.touched & {"closed", "merged"}:
        # A follow-up begins with what is known by then, which the ticket before may say already.
        each = max((times for legs in seen.by_ticket.values() for times in legs.values()), default=0)
        if set(seen.reported) != set(once) or each > 1:
            yield f"reported {dict(seen.reported)}, though {sorted(contact.touched)}"
    elif seen.reported != once:
        yield f"reported {dict(seen.reported)} on {sorted(seen.tickets)}, instead of {dict(once)}"
    voices = Counter(due.voices)
    wrong = seen.voices - voices if contact.touched & {"closed", "merged"} else seen.voices != voices
    if wrong and not due.asked:
        yield f"voice comments {dict(seen.voices)}, instead of {dict(voices)}"


def words_as_due(end: End) -> Iterator[str]:
    """What is said in a contact is on its tickets once, and nothing raw where it is redacted."""
    # As it was written: a ticket that is merged away has its last comment repeated on the other by Zendesk.
    text = {
        ticket["id"]: "\n".join(
            str(comment.get("body")) for comment in ticket["comments"] if comment["custom"]
        )
        for ticket in end.tickets.values()
    }
    for contact in end.contacts:
        if "deleted" in contact.touched:
            continue
        for words, times in contact.due.words.items():
            each = [body.count(words) for body in text.values()]
            moved = contact.touched & {"closed", "merged"}
            # Of a chat's two files the second is told again where the contact has gone on elsewhere.
            right = max(each) == times and sum(each) <= 2 if moved else sum(each) == times
            if not right:
                yield f"{contact.id}: {words!r} is there {sum(each)} times"
        for leg in contact.due.reported:
            raw = said(leg)
            if (
                contact.due.words
                and raw not in contact.due.words
                and any(raw in body for body in text.values())
            ):
                yield f"{contact.id}: raw words are on a ticket"


# Fields, tasks, recordings


def fields_as_due(end: End) -> Iterator[str]:
    """A caller's user fields hold what the last call said (V1, V3)."""
    users = {user["id"]: user for user in end.users}
    for contact in end.contacts:
        if contact.due.fields is None or contact.touched:
            continue
        held = users[people.caller(contact.number)]["user_fields"]
        found = (held.get(ID), held.get(STATUS))
        if found != contact.due.fields:
            yield f"{contact.id}: the fields hold {found}, instead of {contact.due.fields}"


def tasks_as_due(end: End) -> Iterator[str]:
    """Each event makes the task of its rule, once (K4)."""
    for contact in end.contacts:
        if contact.due.tasks or contact.kind.startswith("task"):
            ticket = people.ticket(contact.number)
            made = Counter(task["Attributes"]["zendesk_rule"] for task in tasks_of(end.world, ticket))
            if made != Counter(contact.due.tasks) and "deleted" not in contact.touched:
                yield f"{contact.id}: tasks {dict(made)}, instead of {dict(contact.due.tasks)}"


def seen_meanwhile(end: End) -> Iterator[str]:
    """Nothing was seen to be wrong while it happened."""
    yield from (f"{contact.id}: {what}" for contact in end.contacts for what in contact.wrong)


# Dead letters, faults of ours, what must not be seen


def letters_as_due(end: End) -> Iterator[str]:
    """Every poison input is dead-lettered with its reason, and nothing else is."""
    letters = [
        (letter.content["source"], dead_letter_data(letter.content), letter.content["reason"])
        for letter in end.world.letters
    ]
    for contact in end.contacts:
        for source, data in contact.letters:
            mine = [one for one in letters if one[0] == source and (data is None or one[1] == data)]
            if not mine:
                yield f"{contact.id}: no dead letter of {source}"
            if any(not reason for _, _, reason in mine):
                yield f"{contact.id}: a dead letter without a reason"
            letters = [one for one in letters if one not in mine]
    down = end.world.chance.met["Amazon Connect: down for a day"] and not end.world.chance.over
    # What this release sends, the one before may not know; sent again, it goes through.
    before = end.world.chance.deals(TWO_RELEASES) and not end.world.chance.over
    for source, _, reason in letters:
        if before and reason.endswith(_NOT_KNOWN):
            continue
        # In an outage of more than half a day a task lets the next one have its turn: as documented.
        if not (down and source == "task_creation" and reason.startswith("tried 720 times")):
            yield f"a dead letter of {source}: {reason}"


def no_faults_of_ours(end: End) -> Iterator[str]:
    """Nothing unexpected was met but AWS that does not answer."""
    of_aws = ("at client.py:", "out of zendesk_recovery.on_schedule", "out of agent_map.on_schedule")
    for what in end.world.watch.unexpected:
        if not what.startswith(_OF_AWS) and not any(place in what for place in of_aws):
            yield what


def nothing_leaked(end: End) -> Iterator[str]:
    """No caller's name, number, address or words are logged, counted, in a reason, or kept for long."""
    yield from end.world.watch.seen
    for letter in end.world.letters:
        if people.MARK.search(letter.content["reason"]):
            yield f"a dead letter's reason is marked: {letter.content['reason']}"


ALL: tuple[Callable[[End], Iterable[str]], ...] = (
    at_rest,
    steps_over,
    nothing_twice,
    tickets_as_due,
    reports_as_due,
    words_as_due,
    fields_as_due,
    tasks_as_due,
    seen_meanwhile,
    letters_as_due,
    no_faults_of_ours,
    nothing_leaked,
)


def wrong(world: World, contacts: list[Contact]) -> list[str]:
    """Return all that is wrong at the end of a run, each with the invariant's name."""
    end = End.of(world, contacts)
    return [f"{invariant.__name__}: {what}" for invariant in ALL for what in invariant(end)]


def _written(tickets: Iterable[Mapping[str, Any]]) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for ticket in tickets:
        steps: Counter[tuple[str, str]] = Counter()
        for comment in ticket["comments"]:
            ours = comment["custom"].get("amazon_connect")
            if not ours or "contact" not in ours:
                continue
            seen, leg = found.setdefault(ours["contact"], Written()), ours.get("leg")
            step = str(ours.get("step"))
            seen.tickets.add(ticket["id"])
            steps[ours["contact"], step] += 1
            if comment["kind"] == "voice_comment":
                seen.voices[leg] += 1
            elif "moved#" in step:
                seen.moved_from.add(ticket["id"])
            elif "has changed" in comment["body"]:
                seen.changed[leg] += 1
            elif "Ended: " in comment["body"]:
                seen.reported[leg] += 1
                seen.by_ticket.setdefault(ticket["id"], Counter())[leg] += 1
        for (contact, step), times in steps.items():
            if times > 1:
                found[contact].twice.append(f"{step} is {times} times on {ticket['id']}")
    return found
