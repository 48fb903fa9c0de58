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
    chat,
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


FLOWS_PART = (Recording("bucket/key.wav", "IVR"),)
#: What a flow says where a message was left.
LEFT = {"voicemail": "true"}


KINDS = {
    "abandoned": _unanswered(attempts=0),
    "missed": _unanswered(attempts=2),
    "callback": _unanswered(attempts=1, initiation_method="CALLBACK"),
    "voicemail": _unanswered(attempts=0, recordings=FLOWS_PART, attributes=LEFT),
    "unreached": _unanswered(initiation_method="API", disconnect_reason="TELECOM_UNANSWERED"),
    "self_service": _unanswered(attempts=0, queue=None),
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
            "T7" if kind == "unreached" else "T4",
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
        "T13 a call that ended in the flow, on its way to a queue that it did not enter, is self-service",
        _unanswered(attempts=0, queue=Queue("Support")),
        NONE,
        "T13",
        settings={"missed_contact_tickets": [kind for kind in KINDS if kind != "self_service"]},
    ),
    Case(
        "T13 a task that ended in the flow is none of the kinds: nothing",
        task(None, leg={**NOBODY, "attempts": 0, "queue": None}),
        NONE,
        "T13",
        settings={"missed_contact_tickets": list(KINDS)},
    ),
    Case(
        "T13 a chat that a bot was enough for",
        chat(leg={**NOBODY, "attempts": 0, "queue": None}, customer_email="ana@example.com"),
        CREATE,
        "T4",
        None,
        ANA,
        settings={"missed_contact_tickets": ["self_service"]},
    ),
    *(
        Case(
            f"T13 a recording of the flow's part makes no voicemail, nor does a flow that says {said!r}",
            replace(KINDS["missed"], recordings=FLOWS_PART, attributes=attributes),
            CREATE,
            "T4",
            None,
            ANA,
            settings={"missed_contact_tickets": ["missed"]},
        )
        for said, attributes in (
            ("nothing", {}),
            ("false", {"voicemail": "False"}),
            ("0", {"vmx3_flag": "0"}),
            ("-", {"voicemail": "-"}),
        )
    ),
    Case(
        "T13 a flow that says voicemail, without a recording of its part",
        replace(KINDS["voicemail"], recordings=(Recording("bucket/key.wav"),)),
        NONE,
        "T13",
        settings={"missed_contact_tickets": ["voicemail"]},
    ),
    *(
        Case(
            f"T13 a voicemail: {says}",
            replace(KINDS["missed"], **changes),
            CREATE,
            "T4",
            None,
            ANA,
            settings={"missed_contact_tickets": ["voicemail"], **settings},
        )
        for says, changes, settings in (
            ("Voicemail Express's flag", {"recordings": FLOWS_PART, "attributes": {"vmx3_flag": "1"}}, {}),
            ("in Kinesis Video", {"streamed": FLOWS_PART, "attributes": LEFT}, {}),
            ("any word", {"recordings": FLOWS_PART, "attributes": {"voicemail": "left at 10:00"}}, {}),
            (
                "an attribute that the administrator names",
                {"recordings": FLOWS_PART, "attributes": {"message_left": "yes"}},
                {"voicemail_attributes": ["message_left"]},
            ),
        )
    ),
    Case(
        "T13 a name that voicemail_attributes no longer has",
        KINDS["voicemail"],
        NONE,
        "T13",
        settings={"missed_contact_tickets": ["voicemail"], "voicemail_attributes": ["message_left"]},
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
    *(
        Case(
            f"T13 T7 outgoing, and nobody was reached: {says}",
            replace(outgoing(), recordings=(), **changes),
            NONE,
            "T13",
            settings={"missed_contact_tickets": [kind for kind in KINDS if kind != "unreached"]},
        )
        for says, changes in (
            ("never connected", NOBODY),
            ("a machine", {**NOBODY, "connected": BEGAN, "machine": "VOICEMAIL_BEEP"}),
            ("busy", {**NOBODY, "connected": BEGAN, "disconnect_reason": "TELECOM_BUSY"}),
            ("a preview that its agent discarded", {"disconnect_reason": "OUTBUND_PREVIEW_DISCARDED"}),
        )
    ),
    Case(
        "T13 an outgoing notice that a person heard, without an agent, is self-service",
        replace(outgoing(), agent=None, attempts=0, connected=BEGAN, machine="HUMAN_ANSWERED"),
        CREATE,
        "T7",
        None,
        ANA,
        settings={"missed_contact_tickets": ["self_service"]},
    ),
    Case(
        "T7 an agent who rang, and was not answered, has a ticket",
        replace(outgoing(), disconnect_reason="TELECOM_UNANSWERED"),
        CREATE,
        "T7",
        None,
        ANA,
    ),
    Case(
        "T13 an answered call with a greeting recorded before it is answered",
        call(leg={"recordings": FLOWS_PART, "attributes": LEFT}),
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
