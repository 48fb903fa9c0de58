"""An hour in which agents attach contacts by hand at any moment, and what must come of it (A1, T8, T14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.ledger import agent_contacts, heads, legs, snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.rules.settings.app_settings import AppSettings
from local.replay.in_process import InProcess
from tests.records import (
    ADA,
    ADAS_NAME,
    ANA,
    ANAS_NUMBER,
    BEN,
    BENS_NUMBER,
    BOB,
    BOBS_NAME,
    CHAYA,
    CHAYAS_NAME,
    NINE,
    ZENDESK,
    call,
    data_of,
    later,
    recording_of,
)
from tests.simulation.day import Day

SETTINGS = AppSettings(connect_instance_url="https://acme.example")
AGENTS = ((ADAS_NAME, ADA), (BOBS_NAME, BOB), (CHAYAS_NAME, CHAYA))
NUMBERS = (ANAS_NUMBER, BENS_NUMBER, "+441632960191", "+441632960192")
FINN = 103
OPEN = (4001, 4002, 4003)
WORLD: Mapping[str, Any] = {
    "users": [*ZENDESK["users"], {"id": FINN, "name": "Finn Hale"}],
    "tickets": [
        {"id": number, "requester_id": user, "comments": [{"body": "By letter.", "public": False}]}
        for number, user in zip(OPEN, (ANA, BEN, FINN), strict=True)
    ],
}


@dataclass(frozen=True)
class Contact:
    """A contact as it really was: the records of its legs, the first one's first, and what was asked for."""

    id: str
    records: tuple[Mapping[str, Any], ...]
    commands: tuple[Mapping[str, Any], ...] = ()
    sent_again: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def wish(self) -> Mapping[str, Any] | None:
        """What was asked for last."""
        return max(self.commands, key=lambda command: (command["at"], command["id"]), default=None)


def contacts(seed: int) -> list[Contact]:
    """Return an hour's contacts: up to three legs each, and up to three commands of the agents on them."""
    random = Random(seed)  # noqa: S311 - a seed is the point
    return [_contact(f"contact-{number}", random) for number in range(6)]


def _contact(name: str, random: Random) -> Contact:
    attributes = random.choice(({}, {"ticket_assignment": "agent"}, {"ticket_assignment": "agent"}))
    attributes = {**attributes, **random.choice(({}, {}, {"force_ticket_creation": "no"}))}
    caller, began = random.choice(NUMBERS), NINE + timedelta(minutes=random.randint(0, 30))
    records, commands = [], []
    for number in range(random.randint(1, 3)):
        username, agent = AGENTS[number]
        leg = name if number == 0 else f"{name}-leg-{number}"
        since = began + timedelta(minutes=2 * number)
        records.append(
            call(
                leg,
                first_leg=name if number else None,
                caller=caller,
                agent=username,
                began=since,
                attributes=attributes,
            )
        )
        for command in range(random.choice((0, 0, 1, 2))):
            at = since + timedelta(seconds=random.randint(40, 13 * 60))
            target: Mapping[str, Any] = random.choice(
                (*({"ticket": ticket} for ticket in OPEN), {"user": ANA}, {"user": FINN}, {"new": True})
            )
            commands.append(
                {
                    "id": f"{leg}-command-{command}",
                    "agent": agent,
                    "at": at.isoformat(),
                    "contact": name,
                    **target,
                }
            )
    again = [
        later(record, 15, Recordings=[recording_of(record["ContactId"]), recording_of("further")])
        for record in records
        if random.random() < 0.2
    ]
    return Contact(name, tuple(records), tuple(commands), tuple(again))


def play(day: Day, hour: Sequence[Contact], seed: int) -> None:
    """Let an hour happen: agents join and leave, ask by hand, and records come in any order."""
    random = Random(-seed)  # noqa: S311 - a seed is the point
    happenings: list[tuple[datetime, Callable[[], None]]] = []
    for contact in hour:
        for record in contact.records:
            began, ended = _time(record["InitiationTimestamp"]), _time(record["DisconnectTimestamp"])
            happenings.append((began, partial(begin, day, contact.id, record)))
            if random.random() < 0.8:  # else that event is lost, and the record says the same
                happenings.append((ended, partial(_leave, day, contact.id, record)))
        for record in (*contact.records, *contact.sent_again):
            for _ in range(random.randint(1, 2)):
                delay = timedelta(seconds=random.choice((10, 300, 5000)) * random.random())
                happenings.append((_time(record["LastUpdateTimestamp"]) + delay, arrives(day, record)))
        for command in contact.commands:
            for _ in range(random.randint(1, 2)):
                delay = timedelta(seconds=random.choice((1, 20, 2000)) * random.random())
                at = datetime.fromisoformat(command["at"]) + delay
                happenings.append((at, partial(_ask, day, command)))
    day.happen(happenings)


def arrives(day: Day, record: Mapping[str, Any]) -> Callable[[], None]:
    return partial(day.arrive, data_of(record))


def begin(day: Day, root: str, record: Mapping[str, Any]) -> None:
    """Note what acceptance does: who is on the contact, and what the flow knew of it."""
    leg = parse(record)
    agent = dict(AGENTS)[leg.agent.username] if leg.agent else 0
    with day.nothing_wrong():
        on = AgentContact(root, leg.contact_id, leg.channel, leg.began.isoformat())
        agent_contacts.joined(day.services.ledger, agent, on)
        legs.began(day.services.ledger, root, leg.contact_id, leg.began)
        if leg.is_root:
            snapshots.keep(day.services.ledger, leg)


def _leave(day: Day, root: str, record: Mapping[str, Any]) -> None:
    leg = parse(record)
    agent = dict(AGENTS)[leg.agent.username] if leg.agent else 0
    with day.nothing_wrong():
        agent_contacts.left(day.services.ledger, agent, leg.contact_id, leg.ended or leg.updated)
        legs.ended(day.services.ledger, root, leg.contact_id, leg.ended or leg.updated)


def _ask(day: Day, command: Mapping[str, Any]) -> None:
    with day.nothing_wrong():
        day.request_attachment(command)


def check(stack: InProcess, hour: Sequence[Contact]) -> list[str]:
    """Return what is wrong at the end of an hour, as sentences."""
    wrong = [f"dead letter: {letter['reason']}" for letter in stack.messages.dead_letters]
    if stack.messages.waiting:
        wrong.append("messages still wait")
    names = Counter(ticket["external_id"] for ticket in stack.zendesk.tickets() if ticket["external_id"])
    wrong += [f"{times} tickets are {name}" for name, times in names.items() if times > 1]
    for contact in hour:
        wrong += [f"{contact.id}: {fault}" for fault in _faults(stack, contact)]
    return wrong


def _faults(stack: InProcess, contact: Contact) -> list[str]:
    head, wish = heads.head(stack.services.ledger, contact.id), contact.wish
    forced = contact.records[0]["Attributes"].get("force_ticket_creation") != "no"
    manual = contact.records[0]["Attributes"].get("ticket_assignment") == "agent"
    if head is None:
        return ["not settled"]
    if wish is None and not forced and (manual or head.rule == "T8"):
        # Left to the agent by its flow, or because several users have the number by now (T5).
        return [] if head.ticket is None else [f"has ticket {head.ticket}"]
    ticket = next((ticket for ticket in stack.zendesk.tickets() if ticket["id"] == head.ticket), None)
    if ticket is None:
        return ["has no ticket"]
    wrong = []
    if wish is not None and wish.get("ticket", ticket["id"]) != ticket["id"]:
        wrong.append(f"is on {ticket['id']}, and {wish} was asked for last")
    if wish is not None and wish.get("user", ticket["requester_id"]) != ticket["requester_id"]:
        wrong.append(f"is {ticket['requester_id']}'s, and {wish} was asked for last")
    told, voices, _ = _said(ticket, contact.id)
    legs_known = dict.fromkeys((record["ContactId"] for record in contact.records), 1)
    if told != legs_known:
        wrong.append(f"told {dict(told)} on {ticket['id']}")
    if voices != legs_known:
        wrong.append(f"voice comments {dict(voices)} on {ticket['id']}")
    for other in stack.zendesk.tickets():
        told, voices, noted = _said(other, contact.id)
        if max([0, *told.values(), *voices.values()]) > 1:
            wrong.append(f"told twice on {other['id']}")
        if other["id"] != ticket["id"] and (told or voices) and not noted:
            wrong.append(f"told on {other['id']} without a note that it moved")
    return wrong


def _said(ticket: Mapping[str, Any], contact: str) -> tuple[Counter[str], Counter[str], bool]:
    """Return which legs of a contact a ticket reports and has voice comments of, and whether it moved."""
    told, voices, noted = Counter[str](), Counter[str](), False
    for metadata, comment in zip(ticket["metadata"], ticket["comments"], strict=True):
        ours = metadata.get("amazon_connect", {})
        if ours.get("contact") != contact:
            continue
        if comment["kind"] == "voice_comment":
            voices[ours["leg"]] += 1
        elif "#moved#" in ours["step"] or " moved#" in ours["step"]:
            noted = True
        elif "Ended: " in comment["body"] and "has changed" not in comment["body"]:
            told[ours["leg"]] += 1
    return told, voices, noted


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
