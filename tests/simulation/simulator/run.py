"""Plays a seed to its end, and says what is wrong then."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from connect_zendesk.messaging import dead_letter_data
from connect_zendesk.topology import CONTACT_RECORDS, WORKERS
from tests.simulation.simulator import commands, invariants, people
from tests.simulation.simulator.contacts import Contact
from tests.simulation.simulator.plan import Plan, day, plan
from tests.simulation.simulator.scheduler import NeverAtRest
from tests.simulation.simulator.world import World, changed

#: What people do, and by which word a contact says that it was done.
_TOUCHES = {
    "people: ticket closed": "closed",
    "people: ticket merged": "merged",
    "people: ticket deleted": "deleted",
    "people: requester suspended": "suspended",
    "people: requester deleted": "gone",
    "people: requester merged": "gone",
}
_PERSON = people.FIRST_AGENT
#: How long after a contact's last record people still touch its ticket.
_AFTER = timedelta(minutes=30)


@dataclass
class Outcome:
    """What came of a seed. ``wrong`` are sentences; ``injected`` the faults, by kind and opportunity."""

    seed: int
    wrong: list[str]
    met: Counter[str] = field(default_factory=Counter)
    injected: list[tuple[str, int]] = field(default_factory=list)
    said: list[tuple[datetime, str]] = field(default_factory=list)
    contacts: tuple[str, ...] = ()
    kinds: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    invocations: int = 0

    @property
    def story(self) -> list[str]:
        """What happened, a line each, with its time."""
        return [f"{at:%d. %H:%M:%S}.{at.microsecond // 1000:03}  {what}" for at, what in self.said]


def play(
    seed: int,
    *,
    contacts: Collection[str] | None = None,
    faults: Collection[str] | None = None,
    only: Collection[tuple[str, int]] | None = None,
    often: Collection[str] = (),
) -> Outcome:
    """Play a seed. ``contacts``: only these; ``faults``: only these kinds; ``only``: exactly these.

    ``often``: kinds of faults that come at every other opportunity.
    """
    made = plan(seed)
    if contacts is not None:
        made.contacts = [contact for contact in made.contacts if contact.id in contacts]
    return _play(made, faults, only, often)


def play_day(seed: int) -> Outcome:
    """Play a day of a thousand contacts."""
    return _play(day(seed), None, None, ())


def _play(
    made: Plan,
    faults: Collection[str] | None,
    only: Collection[tuple[str, int]] | None,
    often: Collection[str],
) -> Outcome:
    world = World(
        made.seed,
        made.faults if faults is None else faults,
        app_settings=commands.settings(),
        options=made.options,
        updated={c.number: c.updated for c in made.contacts if c.updated is not None},
        only=only,
        often=often,
        outages={name: at for name, at in made.outages.items() if faults is None or name in faults},
        size=made.size,
        deployed=made.deployed,
    )
    with world.on():
        world.set_up()
        wrong = _played(world, made)
    return Outcome(
        made.seed,
        wrong,
        world.chance.met,
        world.chance.injected,
        world.said,
        tuple(contact.id for contact in made.contacts),
        Counter(contact.kind for contact in made.contacts),
        world.scheduler.steps,
        world.functions.invocations,
    )


def _played(world: World, made: Plan) -> list[str]:
    _begin(world, made)
    try:
        world.scheduler.run()
        _late_writes(world)
        found = [what for what in invariants.wrong(world, made.contacts) if _before_again(what)]
        _send_again(world, made.contacts)
        found += invariants.wrong(world, made.contacts)
    except NeverAtRest as error:
        return [str(error)]
    return list(dict.fromkeys(found))


def _begin(world: World, made: Plan) -> None:
    chance = world.chance
    if made.language is not None and chance.hits("Zendesk: another language", made.language):
        world.zendesk.faults.language(made.language)
    if chance.hits("Zendesk: search lags an hour"):
        world.zendesk.faults.index_lag(3600)
    if "Zendesk: answers otherwise" in made.faults:
        chance.hits("Zendesk: answers otherwise", str(made.options))
    for contact in made.contacts:
        for happening in contact.happenings:
            world.scheduler.at(happening.at, lambda happening=happening: _happen(world, happening))  # type: ignore[misc]
        _touches(world, contact)
    if "configuration: settings changed" in made.faults and made.contacts:
        at = made.contacts[0].span[1] - timedelta(seconds=30)
        world.scheduler.at(at, lambda: _change_settings(world))


def _happen(world: World, happening: object) -> None:
    world.say(happening.what)  # type: ignore[attr-defined]
    happening.do(world)  # type: ignore[attr-defined]


def _change_settings(world: World) -> None:
    if world.chance.hits("configuration: settings changed"):
        world.app_settings = changed(world.app_settings)


# What people do meanwhile


def _touches(world: World, contact: Contact) -> None:
    """Have people do something to a contact's ticket or caller, at a moment by chance."""
    began, ended = contact.span
    for fault, word in {**_TOUCHES, "people: ticket changed": ""}.items():
        if not world.chance.deals(fault):
            continue
        chance = Random(f"{world.chance.random('people').random()} {contact.id} {fault}")  # noqa: S311 - a seed is the point
        for _ in range(3):
            at = began + (ended + _AFTER - began) * chance.random()
            world.scheduler.at(at, lambda fault=fault, word=word: _touch(world, contact, fault, word))  # type: ignore[misc]


def _touch(world: World, contact: Contact, fault: str, word: str) -> None:  # noqa: PLR0912 - a deed each
    if word in contact.touched or contact.due.ticket == "none" or contact.letters:
        return
    if fault.startswith("people: requester"):
        number = people.caller(contact.number)
        if contact.touched & {"gone", "suspended"} or not world.chance.hits(fault, contact.id):
            return
        contact.touched.add(word)
        if fault.endswith("suspended"):
            world.in_zendesk(_PERSON, "PUT", f"/api/v2/users/{number}", {"user": {"suspended": True}})
        elif fault.endswith("deleted"):
            world.in_zendesk(_PERSON, "DELETE", f"/api/v2/users/{number}")
        else:
            path = f"/api/v2/users/{number}/merge"
            world.in_zendesk(_PERSON, "PUT", path, {"user": {"id": people.HEAP_USER}})
        return
    ticket = _ticket_of(world, contact)
    if ticket is None or contact.touched & {"closed", "merged", "deleted"}:
        return
    if not world.chance.hits(fault, f"{contact.id}, {ticket}"):
        return
    path = f"/api/v2/tickets/{ticket}"
    if word:
        contact.touched.add(word)
    match word:
        case "closed":
            note = {"body": "Settled by telephone.", "public": False}
            world.in_zendesk(_PERSON, "PUT", path, {"ticket": {"status": "closed", "comment": note}})
        case "merged":
            world.in_zendesk(
                _PERSON, "POST", f"/api/v2/tickets/{people.HEAP_TICKET}/merge", {"ids": [ticket]}
            )
            world.scheduler.after(3, world.catch_up)
        case "deleted":
            world.in_zendesk(_PERSON, "DELETE", path)
        case _:
            world.in_zendesk(_PERSON, "PUT", path, {"ticket": {"subject": f"At {world.clock()}"}})


def _ticket_of(world: World, contact: Contact) -> int | None:
    """Return the ticket that a contact is on by now, as people would find it."""
    given = contact.due.ticket if isinstance(contact.due.ticket, int) else None
    return world.ticket_of(invariants.roots(contact)) or given


# The end


def _late_writes(world: World) -> None:
    """Wait until Zendesk has done what it was asked, and what comes of that."""
    for _ in range(20):
        world.catch_up()
        world.scheduler.run()
        if world.zendesk.next_webhook() is None:
            return


def _before_again(what: str) -> bool:
    """Return whether something is wrong before what was dead-lettered is sent again, too."""
    return what.startswith(("letters_as_due", "nothing_twice", "nothing_leaked"))


def _send_again(world: World, contacts: list[Contact]) -> None:
    """Send again what was dead-lettered: it goes through, where it is no poison any more."""
    world.chance.over = True
    world.kills.clear()
    letters, world.letters = world.letters, []
    by_folder = {worker.folder: worker.queue.name for worker in WORKERS}
    for letter in letters:
        source, data = letter.content["source"], dead_letter_data(letter.content)
        world.say(f"sent again: {source}")
        if source == CONTACT_RECORDS.folder:
            world.put_record(data)
        elif source in by_folder:
            body = data.decode()
            worker = world.queues[by_folder[source]].worker
            group = worker.queue.order.group_of(_detail(body)) if worker.queue.order else ""
            world.queues[by_folder[source]].send(body, group=group, deduplication=f"again {body}")
        else:
            world.letters.append(letter)
    for contact in contacts:
        if contact.kind == "kills":
            contact.letters = ()
    world.scheduler.run()


def _detail(body: str) -> dict[str, object]:
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return {}
    return detail if isinstance(detail, dict) else {}
