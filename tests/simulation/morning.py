"""The records of a morning, and what came of them, in a form in which two mornings can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from connect_zendesk.detail_types import NO_TICKET_LINKED, TICKET_LINKED
from connect_zendesk.ledger import heads
from connect_zendesk.rules.settings.app_settings import AppSettings
from local.replay.in_process import InProcess
from local.replay.outcome import leg_of_call
from tests.records import (
    ANA,
    BEN,
    BENS_NUMBER,
    BOBS_NAME,
    CHAYAS_NAME,
    NINE,
    ZENDESK,
    call,
    data_of,
    later,
    recording_of,
)

SETTINGS = AppSettings(
    missed_contact_tickets=frozenset({"missed"}), connect_instance_url="https://acme.example"
)

RECENT, PUBLIC, CLOSED, CLOSES = 4001, 4002, 4003, 4004
_SHARED = "+441632960103"
WORLD: Mapping[str, Any] = {
    "users": [
        *ZENDESK["users"],
        {"id": 103, "name": "Cara Lee", "phone": _SHARED, "shared_phone_number": True},
        {"id": 104, "name": "Cem Lee", "phone": _SHARED, "shared_phone_number": True},
    ],
    "tickets": [
        {
            "id": RECENT,
            "requester_id": BEN,
            "updated_at": "2026-11-02T08:58:00Z",
            "comments": [{"body": "It blinks.", "public": False}],
        },
        {"id": PUBLIC, "requester_id": ANA, "comments": [{"body": "Dear shop", "public": True}]},
        {
            "id": CLOSED,
            "requester_id": BEN,
            "status": "closed",
            "comments": [{"body": "Delivered.", "public": False}],
        },
        {"id": CLOSES, "requester_id": ANA, "comments": [{"body": "By letter.", "public": False}]},
    ],
}

POISON = b'{"ContactId": "poison"'


def _at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def records() -> list[dict[str, Any]]:
    """Return a morning's records, each once, in the order of their contacts."""
    first, second, third = "+441632960191", "+441632960192", "+441632960193"
    agent, recent = {"ticket_assignment": "agent"}, {"recent_ticket_timeout": "15"}
    return [
        call("known", began=_at(0)),
        call("known-leg-2", first_leg="known", agent=BOBS_NAME, began=_at(2)),
        call("known-leg-3", first_leg="known", agent=CHAYAS_NAME, began=_at(3), recorded=False),
        call("known-leg-4", first_leg="known", agent=None, began=_at(3)),
        call("stranger", caller=first, began=_at(1)),
        call("stranger-again", caller=first, began=_at(1) + timedelta(seconds=10)),
        call("hidden", caller="anonymous", began=_at(2)),
        call("hidden-too", caller=None, began=_at(2), agent=CHAYAS_NAME),
        call("manual", caller=second, attributes=agent, began=_at(4)),
        call(
            "manual-leg-2", first_leg="manual", caller=second, attributes=agent, began=_at(6), agent=BOBS_NAME
        ),
        call("manual-not-forced", attributes={**agent, "force_ticket_creation": "no"}, began=_at(5)),
        call("recent", caller=BENS_NUMBER, attributes=recent, began=_at(6)),
        call("returning", caller=third, attributes=recent, began=_at(6)),
        call("returning-again", caller=third, attributes=recent, began=_at(12)),
        call("given", attributes={"zendesk_ticket": str(PUBLIC)}, began=_at(7)),
        call("given-closed", caller=BENS_NUMBER, attributes={"zendesk_ticket": str(CLOSED)}, began=_at(8)),
        call("closes", attributes={"zendesk_ticket": str(CLOSES)}, began=_at(8)),
        call("closes-leg-2", first_leg="closes", agent=BOBS_NAME, began=_at(9)),
        call("ambiguous", caller=_SHARED, began=_at(9)),
        call("gave-up", caller=first, agent=None, began=_at(10)),
        call(
            "missed", caller=BENS_NUMBER, agent=None, AgentConnectionAttempts=2, recorded=False, began=_at(11)
        ),
        call("callback-asked-for", agent=None, recorded=False, began=_at(11)),
        call("callback", first_leg="callback-asked-for", InitiationMethod="CALLBACK", began=_at(14)),
        call("listening-in", InitiationMethod="MONITOR", agent=BOBS_NAME, began=_at(12)),
    ]


def sent_again() -> list[dict[str, Any]]:
    """Return what Amazon Connect sends again later: with a further recording, and with attributes alone."""
    by_id = {record["ContactId"]: record for record in records()}
    further = [recording_of("known"), recording_of("known-again")]
    return [
        later(by_id["known"], 20, Recordings=further),
        later(by_id["given"], 20, Recordings=[recording_of("given"), recording_of("given-again")]),
        later(by_id["stranger"], 30, Attributes={"survey": "5"}),
    ]


#: What each contact comes to: the ticket it is on (None: none, "new": one of its own), and its requester.
EXPECTED: Mapping[str, tuple[int | str | None, str]] = {
    "known": ("new", "Ana Silva"),
    "stranger": ("new", "+441632960191"),
    "stranger-again": ("new", "+441632960191"),
    "hidden": ("new", "Anonymous caller"),
    "hidden-too": ("new", "Anonymous caller"),
    "manual": ("new", "+441632960192"),
    "recent": (RECENT, "Ben Okafor"),
    "given": (PUBLIC, "Ana Silva"),
    "given-closed": ("new", "Ben Okafor"),
    "returning": ("new", "+441632960193"),
    "returning-again": ("new", "+441632960193"),
    "ambiguous": ("new", "Ada Byron"),
    "callback-asked-for": ("new", "Ana Silva"),
    "missed": ("new", "Ben Okafor"),
}
#: The legs that are reported, by contact, and those of them that were answered get a voice comment, too ...
LEGS: Mapping[str, tuple[str, ...]] = {
    "known": ("known", "known-leg-2", "known-leg-3", "known-leg-4"),
    "manual": ("manual", "manual-leg-2"),
    "callback-asked-for": ("callback",),
}
#: ... but for these: a ticket with public comments, a call that nobody answered, and a leg that nobody did.
NO_VOICE = frozenset({"given", "missed", "known-leg-4"})


def shuffled(seed: int) -> list[tuple[datetime, bytes]]:
    """Return a morning's records in some order, each up to three times, with when they come."""
    random = Random(seed)  # noqa: S311 - a seed is the point
    data = [*map(data_of, records()), *map(data_of, sent_again()), POISON]
    return [
        (NINE + timedelta(minutes=random.choice((5, 30, 150)) * random.random()), item)
        for item in data
        for _ in range(1 if item is POISON else random.randint(1, 3))
    ]


@dataclass(frozen=True)
class Told:
    """What Zendesk holds of one contact: its ticket, requester, and how often each leg is told of."""

    ticket: int | str
    requester: str
    details: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    voices: Mapping[str, int] = field(default_factory=dict)


def told(stack: InProcess) -> dict[str, list[Told]]:
    """Return what Zendesk holds of each contact, by ticket; more than one is a fault."""
    names = {user["id"]: user["name"] for user in stack.zendesk.users()}
    given = {ticket["id"] for ticket in WORLD["tickets"]}
    found: dict[str, list[Told]] = {}
    for ticket in stack.zendesk.tickets():
        written = [
            (metadata["amazon_connect"], comment)
            for metadata, comment in zip(ticket["metadata"], ticket["comments"], strict=True)
            if "amazon_connect" in metadata
        ]
        for contact in {metadata["contact"] for metadata, _ in written}:
            mine = [
                (metadata["leg"], comment) for metadata, comment in written if metadata["contact"] == contact
            ]
            texts = [(leg, comment["body"]) for leg, comment in mine if comment["kind"] == "comment"]
            voices = [leg for leg, comment in mine if comment["kind"] == "voice_comment"]
            legs = {leg for leg, _ in mine}
            calls = [leg for leg in map(leg_of_call, ticket["comments"]) if leg is not None and leg in legs]
            found.setdefault(contact, []).append(
                Told(
                    ticket["id"] if ticket["id"] in given else "new",
                    names[ticket["requester_id"]],
                    Counter(leg for leg, body in texts if "has changed" not in body),
                    Counter(leg for leg, body in texts if "has changed" in body),
                    Counter([*voices, *calls]),
                )
            )
    return found


def check(stack: InProcess, *, poison: int) -> Sequence[str]:
    """Return what is wrong at the end of a morning, as sentences."""
    wrong: list[str] = []
    if stack.messages.waiting:
        wrong.append("messages still wait")
    if (letters := len(stack.messages.dead_letters)) < poison or any(
        letter["reason"] != "not JSON" for letter in stack.messages.dead_letters
    ):
        wrong.append(
            f"{letters} dead letters: {[letter['reason'] for letter in stack.messages.dead_letters]}"
        )
    wrong += _check_links(stack)
    found = told(stack)
    wrong += _check_closes(found.pop("closes"))
    wrong += [f"{contact} has a ticket" for contact in found.keys() - EXPECTED.keys()]
    for contact, (ticket, requester) in EXPECTED.items():
        reports = found.get(contact, [])
        if [(report.ticket, report.requester) for report in reports] != [(ticket, requester)]:
            wrong.append(f"{contact}: {reports}")
            continue
        legs = LEGS.get(contact, (contact,))
        if reports[0].details != dict.fromkeys(legs, 1):
            wrong.append(f"{contact} details: {reports[0].details}")
        if reports[0].voices != dict.fromkeys(set(legs) - NO_VOICE, 1):
            wrong.append(f"{contact} voice comments: {reports[0].voices}")
        if any(times > 1 or leg not in ("known", "given") for leg, times in reports[0].changes.items()):
            wrong.append(f"{contact} changes: {reports[0].changes}")
    tickets = Counter(ticket["external_id"] for ticket in stack.zendesk.tickets() if ticket["external_id"])
    users = Counter(user["phone"] or user["name"] for user in stack.zendesk.users())
    wrong += [f"{times} tickets are {name}" for name, times in tickets.items() if times > 1]
    wrong += [f"{times} users are {name}" for name, times in users.items() if times > 1 and name != _SHARED]
    return wrong


def _check_links(stack: InProcess) -> Sequence[str]:
    """Return what is wrong with what was told of links: the last one told of each contact is the one it has.

    It may be told twice, where somebody died after telling.
    """
    last: dict[str, int | None] = {}
    for kind, detail in stack.messages.published:
        if kind in (TICKET_LINKED, NO_TICKET_LINKED):
            last[detail["contact"]] = detail["ticket"]
    settled = {contact: heads.head(stack.services.ledger, contact) for contact in {*EXPECTED, *last}}
    return [
        f"{contact} is told to be on {last.get(contact)}, and is on {head.ticket if head else None}"
        for contact, head in settled.items()
        if head is None or contact not in last or last[contact] != head.ticket
    ]


def _check_closes(reports: Sequence[Told]) -> Sequence[str]:
    """Return what is wrong with a contact whose ticket an agent closes meanwhile: what is told stays told."""
    legs = ("closes", "closes-leg-2")
    details = sum((Counter(report.details) for report in reports), Counter())
    voices = sum((Counter(report.voices) for report in reports), Counter())
    right = (
        len(reports) <= 2
        and {report.requester for report in reports} == {"Ana Silva"}
        and details == dict.fromkeys(legs, 1)
        and set(voices) <= set(legs)
        and max(voices.values(), default=0) <= 1
        and not any(report.changes for report in reports)
    )
    return [] if right else [f"closes: {reports}"]
