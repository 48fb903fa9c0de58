"""Recent and new tickets (T3 to T6).

A table of cases, written from the specification.
"""

from dataclasses import replace
from datetime import timedelta

from connect_zendesk.rules.model import MadeFor
from tests.unit.rules.cases import Case
from tests.unit.rules.world import (
    AGENT_ID,
    ANA,
    BEGAN,
    BEN,
    CARA,
    MANUAL,
    RECENT,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    call,
    chat,
    minutes_before,
    outgoing,
    ticket_of,
    with_tickets,
)

LEAVE, CREATE, OPEN, FOLLOW_UP = "leave_to_agent", "create", "open", "follow_up"


def _recent_ticket(
    says: str, updated: float, opened: bool, *, created: float | None = None, status: str = "open"
) -> Case:
    return Case(
        f"T3 {says}",
        call(**RECENT),
        OPEN if opened else CREATE,
        "T3" if opened else "T4",
        5000 if opened else None,
        ANA,
        "recognised",
        world=with_tickets(ticket_of(5000, ANA, status, updated=updated, created=created)),
    )


T3 = (
    _recent_ticket("a ticket updated ten minutes before the call is opened", 10, True),
    _recent_ticket("a ticket updated exactly fifteen minutes before is opened: inclusive", 15, True),
    _recent_ticket("a ticket updated a second more than that before is not", 15 + 1 / 60, False),
    _recent_ticket("an old ticket that was updated lately counts", 5, True, created=10_000),
    _recent_ticket("a ticket updated since the call began counts too", -30, True, created=10_000),
    _recent_ticket("a closed ticket does not count", 5, False, status="closed"),
    _recent_ticket("a deleted ticket does not count", 5, False, status="deleted"),
    *(
        _recent_ticket(f"a ticket that is {status} counts", 5, True, status=status)
        for status in ("new", "pending", "hold", "solved")
    ),
    Case(
        "T3 the most recently updated of them is opened",
        call(**RECENT),
        OPEN,
        "T3",
        5001,
        ANA,
        matters="recent_ticket_timeout",
        sources={"recent_ticket_timeout": "attribute"},
        world=with_tickets(
            ticket_of(5000, ANA, updated=9, created=9),
            ticket_of(5001, ANA, updated=3, created=9000),
            ticket_of(5002, ANA, updated=6),
        ),
    ),
    Case(
        "T3 a closed ticket does not hide an earlier one",
        call(**RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=9), ticket_of(5001, ANA, "closed", updated=3)),
    ),
    Case(
        "T3 a ticket of another requester does not count",
        call(**RECENT),
        CREATE,
        "T4",
        None,
        ANA,
        world=with_tickets(ticket_of(5000, BEN, updated=5)),
    ),
    Case(
        "T3 off by default",
        call(),
        CREATE,
        "T4",
        None,
        ANA,
        sources={"recent_ticket_timeout": "default"},
        world=with_tickets(ticket_of(5000, ANA, updated=0)),
    ),
    Case(
        "T3 an explicit 0 is off, whatever the app setting says",
        call(recent_ticket_timeout="0"),
        CREATE,
        "T4",
        None,
        ANA,
        settings={"create_ticket_after_minutes": 15},
        sources={"recent_ticket_timeout": "attribute"},
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 the app setting gives the minutes",
        call(),
        OPEN,
        "T3",
        5000,
        ANA,
        settings={"create_ticket_after_minutes": 15},
        sources={"recent_ticket_timeout": "app_setting"},
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 inbound only: an outgoing call gets a new ticket",
        outgoing(**RECENT),
        CREATE,
        "T7",
        None,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 a chat with a recognised customer opens it too",
        chat(customer_email="ana@example.com", **RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 a record that is processed a week late decides alike",
        call(leg={"updated": BEGAN + timedelta(days=7)}, **RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 the minutes count back from when the contact began, not from when it ended",
        call(leg={"ended": BEGAN + timedelta(hours=3), "updated": BEGAN + timedelta(hours=3)}, **RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(ticket_of(5000, ANA, updated=15)),
    ),
    Case(
        "T3 an unrecognised caller has no recent ticket",
        call(UNKNOWN_NUMBER, **RECENT),
        CREATE,
        "T5",
        None,
        f"new: {UNKNOWN_NUMBER}",
    ),
    Case(
        "T3 an anonymous caller has no recent ticket",
        call("anonymous", **RECENT),
        CREATE,
        "T6",
        None,
        "placeholder",
    ),
    Case(
        "T3 manual: it is popped, not attached",
        call(**RECENT, **MANUAL),
        LEAVE,
        "T3",
        5000,
        ANA,
        stage="alive",
        matters="ticket_assignment",
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T3 manual, and the contact ended unattached: opened as if automatic",
        call(**RECENT, **MANUAL),
        OPEN,
        "T8",
        5000,
        ANA,
        by="T3",
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
)


def _made_here(says: str, later: float, looked_back: float | None, opened: bool) -> Case:
    """A ticket made here for a contact that began so many minutes later, and whose record came first."""
    looked_back_to = None if looked_back is None else minutes_before(looked_back - later)
    made_for = MadeFor(minutes_before(-later), looked_back_to)
    return Case(
        f"T3 T14 {says}",
        call(**RECENT),
        OPEN if opened else CREATE,
        "T3" if opened else "T4",
        5000 if opened else None,
        ANA,
        world=with_tickets(replace(ticket_of(5000, ANA, updated=-later - 10), made_for=made_for)),
    )


T3_IN_ANY_ORDER = (
    _made_here("a ticket made for an earlier contact is opened", -10, None, True),
    _made_here("a ticket made for a contact that began at the same moment is opened", 0, None, True),
    _made_here("a later contact's ticket is opened where it would have opened this one's", 10, 15, True),
    _made_here("so it is where it looked back just as far as this one's end", 20, 15, True),
    _made_here("a later contact's ticket is not opened where it looked back less far", 20.1, 15, False),
    _made_here("a later contact's ticket is not opened where it looked for none", 10, None, False),
    Case(
        "T3 T14 a ticket made for a later contact does not hide an earlier one",
        call(**RECENT),
        OPEN,
        "T3",
        5000,
        ANA,
        world=with_tickets(
            ticket_of(5000, ANA, updated=9),
            replace(ticket_of(5001, ANA, updated=-70), made_for=MadeFor(minutes_before(-60), None)),
        ),
    ),
    Case(
        "T3 T14 a later contact's ticket counts back to a contact that has not ended, from when it began",
        call(leg={"ended": None}, **RECENT),
        CREATE,
        "T4",
        None,
        ANA,
        world=with_tickets(
            replace(
                ticket_of(5000, ANA, updated=-20), made_for=MadeFor(minutes_before(-16), minutes_before(-1))
            )
        ),
    ),
)


T4 = (
    Case("T4 a recognised caller: a new ticket for that user", call(), CREATE, "T4", None, ANA, "recognised"),
    Case(
        "T4 a recognised chat customer: a new ticket",
        chat(customer_name="Ana Silva"),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case("T4 while the call goes on: at once", call(), CREATE, "T4", None, ANA, stage="alive"),
    Case(
        "T4 an unreadable ticket_assignment is automatic",
        call(ticket_assignment="automatic"),
        CREATE,
        "T4",
        None,
        ANA,
        sources={"ticket_assignment": "default"},
    ),
)


T5 = (
    Case(
        "T5 a caller nobody knows: a new user and a new ticket",
        call(UNKNOWN_NUMBER),
        CREATE,
        "T5",
        None,
        f"new: {UNKNOWN_NUMBER}",
        "unrecognised",
    ),
    Case(
        "T5 ambiguous: the agent is told to search and choose",
        call(SHARED_NUMBER),
        LEAVE,
        "T5",
        customer="ambiguous",
        stage="alive",
        candidates=(CARA, 113),
        matters="customer_number",
    ),
    Case(
        "T5 ambiguous on an outgoing call too",
        outgoing(SHARED_NUMBER),
        LEAVE,
        "T5",
        customer="ambiguous",
        stage="alive",
        candidates=(CARA, 113),
    ),
    Case(
        "T5 ambiguous in a text message too",
        chat(SHARED_NUMBER),
        LEAVE,
        "T5",
        customer="ambiguous",
        stage="alive",
        candidates=(CARA, 113),
    ),
    Case(
        "T5 ambiguous, and the contact ended: the agent's ticket, never a candidate's",
        call(SHARED_NUMBER),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        candidates=(CARA, 113),
    ),
)


T6 = (
    Case(
        "T6 an anonymous caller: a new ticket for the placeholder",
        call("anonymous"),
        CREATE,
        "T6",
        None,
        "placeholder",
        "anonymous",
    ),
    Case(
        "T6 while the call goes on: at once",
        call("anonymous"),
        CREATE,
        "T6",
        None,
        "placeholder",
        stage="alive",
    ),
)


CASES = (
    *T3,
    *T3_IN_ANY_ORDER,
    *T4,
    *T5,
    *T6,
)
