"""Contacts unanswered, old or not handled (T13, T15).

A table of cases, written from the specification.
"""

from dataclasses import replace
from datetime import timedelta

from connect_zendesk.rules.contacts.contact import Leg, Queue, Recording
from tests.unit.rules.cases import Case
from tests.unit.rules.world import (
    ANA,
    BEGAN,
    CARA,
    MANUAL,
    NOBODY,
    RECENT,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    call,
    outgoing,
    task,
    ticket_of,
    with_tickets,
)

LEAVE, CREATE, OPEN, NONE = "leave_to_agent", "create", "open", "none"


NEW = f"new: {UNKNOWN_NUMBER}"


def _unanswered(**changes: object) -> Leg:
    """Return a call that nobody answered."""
    return call(leg={**NOBODY, "recordings": (), **changes})


VOICEMAIL = (Recording("bucket/key.wav", "IVR"),)


KINDS = {
    "abandoned": _unanswered(attempts=0),
    "missed": _unanswered(attempts=2),
    "callback": _unanswered(attempts=1, initiation_method="CALLBACK"),
    "voicemail": _unanswered(attempts=0, recordings=VOICEMAIL),
}


T13 = (
    *(
        Case(f"T13 {kind}: nothing by default", leg, NONE, "T13", matters="missed_contact_tickets")
        for kind, leg in KINDS.items()
    ),
    *(
        Case(
            f"T13 {kind}: a ticket where the administrator turned it on",
            leg,
            CREATE,
            "T4",
            None,
            ANA,
            settings={"missed_contact_tickets": [kind]},
        )
        for kind, leg in KINDS.items()
    ),
    *(
        Case(
            f"T13 {kind}: nothing where only the other kinds are turned on",
            leg,
            NONE,
            "T13",
            settings={"missed_contact_tickets": [other for other in KINDS if other != kind]},
        )
        for kind, leg in KINDS.items()
    ),
    Case(
        "T13 a call that ended in the flow, before any queue: nothing",
        _unanswered(attempts=0, queue=None),
        NONE,
        "T13",
        settings={"missed_contact_tickets": list(KINDS)},
    ),
    Case(
        "T13 a call that ended in the flow, on its way to a queue that it did not enter: nothing",
        _unanswered(attempts=0, queue=Queue("Support")),
        NONE,
        "T13",
        settings={"missed_contact_tickets": list(KINDS)},
    ),
    Case(
        "T13 abandoned in the queue: no ticket is opened either",
        replace(KINDS["abandoned"], attributes={"zendesk_ticket": "4711"}),
        NONE,
        "T13",
    ),
    Case(
        "T13 a missed call of a caller nobody knows, turned on: a new user",
        replace(KINDS["missed"], customer_address=UNKNOWN_NUMBER),
        CREATE,
        "T5",
        None,
        NEW,
        settings={"missed_contact_tickets": "missed"},
    ),
    Case(
        "T13 a missed call in manual mode, turned on: forced at once, there is no agent",
        replace(KINDS["missed"], customer_address=SHARED_NUMBER, attributes=MANUAL),
        CREATE,
        "T8",
        None,
        "placeholder",
        candidates=(CARA, 113),
        settings={"missed_contact_tickets": "missed"},
    ),
    Case(
        "T13 an answered callback is decided as an incoming call",
        call(leg={"initiation_method": "CALLBACK"}),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case(
        "T13 an answered callback is decided though it is a later leg of the call that asked for it",
        call(leg={"initiation_method": "CALLBACK", "contact_id": "c-2"}),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case(
        "T13 an answered callback to a number nobody knows gets a ticket, as an incoming call does",
        call(UNKNOWN_NUMBER, leg={"initiation_method": "CALLBACK", "stated_direction": "OUTBOUND"}),
        CREATE,
        "T5",
        None,
        NEW,
    ),
    Case(
        "T13 an answered callback opens a recent ticket, as an incoming call does",
        call(leg={"initiation_method": "CALLBACK", "stated_direction": "OUTBOUND"}, **RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T13 an outgoing call that reached no agent is no missed one",
        replace(outgoing(), agent=None),
        CREATE,
        "T7",
        None,
        ANA,
    ),
    Case(
        "T13 an answered call with a greeting recorded before it is answered",
        call(leg={"recordings": VOICEMAIL}),
        CREATE,
        "T4",
        None,
        ANA,
    ),
)


FROM_NOVEMBER = {"settle_from": "2026-11-02T10:00:00Z"}


def _reported(days: float, **changes: object) -> Leg:
    """Return a call whose record was written so many days after it ended."""
    ended = BEGAN + timedelta(minutes=5)
    return call(leg={"ended": ended, "updated": ended + timedelta(days=days), **changes})


T15 = (
    Case(
        "T15 began before settle_from: no ticket",
        call(leg={"began": BEGAN - timedelta(seconds=1)}),
        NONE,
        "T15",
        settings=FROM_NOVEMBER,
        matters="settle_from",
    ),
    Case("T15 began at settle_from: a ticket", call(), CREATE, "T4", None, ANA, settings=FROM_NOVEMBER),
    Case("T15 ended more than 30 days before its record: no ticket", _reported(30.001), NONE, "T15"),
    Case("T15 ended 30 days before its record: a ticket", _reported(30), CREATE, "T4", None, ANA),
    Case(
        "T15 not ended yet: a ticket",
        call(leg={"ended": None, "updated": BEGAN + timedelta(days=40)}),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case("T15 an old contact that nobody answered is an old contact", _reported(31, **NOBODY), NONE, "T15"),
    Case(
        "T15 no ticket is opened for an old contact either",
        replace(_reported(31), attributes={"zendesk_ticket": "4711"}),
        NONE,
        "T15",
    ),
)


E_MAIL = (
    Case("C an e-mail is not handled: no ticket", call(leg={"channel": "EMAIL"}), NONE, "C"),
    Case(
        "C an e-mail is not handled, whoever's ticket is given",
        call(leg={"channel": "EMAIL"}, zendesk_ticket="4712"),
        NONE,
        "C",
    ),
    Case("C a channel nobody has heard of is not handled", call(leg={"channel": "HOLOGRAM"}), NONE, "C"),
    Case("C a contact without a channel is not handled", call(leg={"channel": ""}), NONE, "C"),
    Case("C a task is handled", task("Zendesk-4711"), OPEN, "T1", 4711, ANA),
)


CASES = (
    *T13,
    *T15,
    *E_MAIL,
)
