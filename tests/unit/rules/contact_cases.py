"""Which ticket: T7 to T9, T11 to T13 and T15, the table of cases, written from the specification."""

from dataclasses import replace
from datetime import timedelta

from connect_zendesk.rules.contact import Leg, Recording
from tests.unit.rules.cases import Case
from tests.unit.rules.ticket_cases import MANUAL, RECENT
from tests.unit.rules.world import (
    AGENT_ID,
    ANA,
    ANAS_NUMBER,
    BEGAN,
    CARA,
    NOBODY,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    World,
    call,
    chat,
    outgoing,
    task,
    ticket_of,
    with_tickets,
)

LEAVE, CREATE, OPEN, NONE = "leave_to_agent", "create", "open", "none"
NEW = f"new: {UNKNOWN_NUMBER}"

T7 = (
    Case(
        "T7 to a recognised customer: a new ticket",
        outgoing(),
        CREATE,
        "T7",
        None,
        ANA,
        "recognised",
        matters="",
    ),
    Case(
        "T7 to an unknown number: nothing",
        outgoing(UNKNOWN_NUMBER),
        NONE,
        "T7",
        customer="unrecognised",
        sources={"all_outbound": "default"},
        matters="all_outbound",
    ),
    Case("T7 to nobody knows whom: nothing", outgoing("anonymous"), NONE, "T7", customer="anonymous"),
    Case(
        "T7 to an unknown number with all_outbound: a new user and a new ticket",
        outgoing(UNKNOWN_NUMBER, all_outbound="yes"),
        CREATE,
        "T7",
        None,
        NEW,
        matters="all_outbound",
    ),
    Case(
        "T7 all_outbound as app setting",
        outgoing(UNKNOWN_NUMBER),
        CREATE,
        "T7",
        None,
        NEW,
        settings={"all_outbound": True},
        sources={"all_outbound": "app_setting"},
    ),
    Case(
        "T7 an explicit false survives a contrary app setting",
        outgoing(UNKNOWN_NUMBER, all_outbound="f"),
        NONE,
        "T7",
        settings={"all_outbound": True},
        sources={"all_outbound": "attribute"},
    ),
    Case(
        "T7 with all_outbound, to nobody knows whom: the placeholder's ticket",
        outgoing("anonymous", all_outbound="true"),
        CREATE,
        "T7",
        None,
        "placeholder",
    ),
    Case(
        "T7 dialled from a user in Zendesk: that user",
        outgoing(UNKNOWN_NUMBER, zendesk_user=str(ANA)),
        CREATE,
        "T7",
        None,
        ANA,
    ),
    Case(
        "T7 dialled from a ticket in Zendesk: that ticket",
        outgoing(UNKNOWN_NUMBER, zendesk_ticket="4711"),
        OPEN,
        "T1",
        4711,
        ANA,
    ),
    Case(
        "T7 all_outbound changes nothing on an incoming call",
        call(all_outbound="true"),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    *(
        Case(
            f"T7 a call made by {method} is an outgoing one",
            call(UNKNOWN_NUMBER, leg={"initiation_method": method}),
            NONE,
            "T7",
        )
        for method in ("OUTBOUND", "CAMPAIGN_PREVIEW", "API", "EXTERNAL_OUTBOUND")
    ),
    Case(
        "T7 a message that the contact centre began is an outgoing contact",
        chat(ANAS_NUMBER, leg={"stated_direction": "OUTBOUND"}, recent_ticket_timeout="15"),
        CREATE,
        "T7",
        None,
        ANA,
    ),
    Case(
        "T7 manual: nothing while the call goes on",
        outgoing(UNKNOWN_NUMBER, **MANUAL),
        LEAVE,
        "T8",
        moment="alive",
    ),
    Case(
        "T7 manual, and it ended: nothing, as if automatic",
        outgoing(UNKNOWN_NUMBER, **MANUAL),
        NONE,
        "T8",
        by="T7",
    ),
    Case(
        "T7 manual, all_outbound, and it ended: a new user and ticket",
        outgoing(UNKNOWN_NUMBER, all_outbound="1", **MANUAL),
        CREATE,
        "T8",
        None,
        NEW,
        by="T7",
    ),
)

NOT_FORCED = {"force_ticket_creation": "false"}
FAILED = {"voice_authentication_result": "Not Authenticated"}
ATTRIBUTES = {"caller_authentication": {"source": "attributes"}}

T8 = (
    Case(
        "T8 manual: nothing while the contact lives",
        call(**MANUAL),
        LEAVE,
        "T8",
        moment="alive",
        matters="ticket_assignment",
    ),
    Case(
        "T8 so it is for a caller nobody knows", call(UNKNOWN_NUMBER, **MANUAL), LEAVE, "T8", moment="alive"
    ),
    Case("T8 so it is for an anonymous caller", call("anonymous", **MANUAL), LEAVE, "T8", moment="alive"),
    Case(
        "T8 manual as app setting",
        call(),
        LEAVE,
        "T8",
        moment="alive",
        settings=MANUAL,
        sources={"ticket_assignment": "app_setting"},
    ),
    Case(
        "T8 automatic in the flow over manual as app setting",
        call(ticket_assignment="AUTO"),
        CREATE,
        "T4",
        None,
        ANA,
        settings=MANUAL,
    ),
    Case(
        "T8 ended unattached: a ticket as if automatic, T4",
        call(**MANUAL),
        CREATE,
        "T8",
        None,
        ANA,
        by="T4",
        matters="force_ticket_creation",
    ),
    Case(
        "T8 ended unattached, T5: a new user",
        call(UNKNOWN_NUMBER, **MANUAL),
        CREATE,
        "T8",
        None,
        NEW,
        by="T5",
    ),
    Case(
        "T8 ended unattached, T6: the placeholder",
        call("anonymous", **MANUAL),
        CREATE,
        "T8",
        None,
        "placeholder",
        by="T6",
    ),
    Case(
        "T8 ended unattached, T6: the agent where the administrator says so",
        call("anonymous", **MANUAL),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        by="T6",
        settings={"anonymous_requester": "agent"},
    ),
    Case(
        "T8 ended unattached, T7: a recognised customer's ticket",
        outgoing(**MANUAL),
        CREATE,
        "T8",
        None,
        ANA,
        by="T7",
    ),
    Case(
        "T8 force_ticket_creation false: nothing",
        call(**MANUAL, **NOT_FORCED),
        NONE,
        "T8",
        matters="force_ticket_creation",
    ),
    Case(
        "T8 force_ticket_creation false as app setting",
        call(**MANUAL),
        NONE,
        "T8",
        settings={"force_ticket_creation": False},
    ),
    Case(
        "T8 force_ticket_creation false after an ambiguous match: nothing",
        call(SHARED_NUMBER, **NOT_FORCED),
        NONE,
        "T8",
        candidates=(CARA, 113),
    ),
    Case("T8 force_ticket_creation false after C6: nothing", chat(**NOT_FORCED), NONE, "T8"),
    Case(
        "T8 force_ticket_creation false changes nothing when automatic",
        call(**NOT_FORCED),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    *(
        Case(
            f"T8 ended after {after}, the agent unknown in Zendesk: the placeholder",
            contact,
            CREATE,
            "T8",
            None,
            "placeholder",
            world=World(agents={}),
            candidates=candidates,
            candidate_ticket=ticket,
            settings=ATTRIBUTES,
        )
        for after, contact, candidates, ticket in (
            ("T2", call(zendesk_ticket="4712"), (ANA,), 4712),
            ("T9", call(**FAILED), (ANA,), None),
            ("C7", call(zendesk_user="999"), (), None),
            ("T5", call(SHARED_NUMBER), (CARA, 113), None),
        )
    ),
    Case(
        "T8 an ambiguous customer in manual mode is in doubt all the same",
        call(SHARED_NUMBER, **MANUAL),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        candidates=(CARA, 113),
    ),
)


def _told(result: str) -> Leg:
    """Return a call whose record says how the caller's voice authentication went."""
    return replace(call(), authentication=result)


T9 = (
    Case(
        "T9 the record says not authenticated: manual",
        _told("Not Authenticated"),
        LEAVE,
        "T9",
        moment="alive",
        candidates=(ANA,),
        matters="caller_authentication",
    ),
    Case(
        "T9 the record says inconclusive: manual",
        _told("Inconclusive"),
        LEAVE,
        "T9",
        moment="alive",
        candidates=(ANA,),
    ),
    *(
        Case(f"T9 the record says {result}: automatic", _told(result), CREATE, "T4", None, ANA)
        for result in ("Authenticated", "Not Enrolled", "Opted Out", "")
    ),
    *(
        Case(
            f"T9 the attribute says {result}: manual",
            call(voice_authentication_result=result),
            LEAVE,
            "T9",
            moment="alive",
            candidates=(ANA,),
            settings=ATTRIBUTES,
        )
        for result in (
            "Not Authenticated",
            "REJECT",
            "rejected",
            "failed",
            "inconclusive",
            " NOT_ENOUGH_SPEECH ",
        )
    ),
    *(
        Case(
            f"T9 the attribute says {result}: automatic",
            call(voice_authentication_result=result),
            CREATE,
            "T4",
            None,
            ANA,
            settings=ATTRIBUTES,
        )
        for result in ("ACCEPT", "authenticated", "SPEAKER_NOT_ENROLLED", "SPEAKER_OPTED_OUT", "-")
    ),
    Case(
        "T9 the attribute's name is the administrator's to choose",
        call(biometrics="REJECT"),
        LEAVE,
        "T9",
        moment="alive",
        candidates=(ANA,),
        settings={"caller_authentication": {"source": "attributes", "result_attribute": "biometrics"}},
    ),
    Case(
        "T9 the attribute says nothing where the source is the record",
        call(**FAILED),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case(
        "T9 the record says nothing where the source is the attributes",
        _told("Inconclusive"),
        CREATE,
        "T4",
        None,
        ANA,
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 a given ticket comes before it",
        call(zendesk_ticket="4711", **FAILED),
        OPEN,
        "T1",
        4711,
        ANA,
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 comes before the new ticket that was asked for",
        call(zendesk_ticket="0", **FAILED),
        LEAVE,
        "T9",
        moment="alive",
        candidates=(ANA,),
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 comes before the recent ticket",
        call(**RECENT, **FAILED),
        LEAVE,
        "T9",
        moment="alive",
        candidates=(ANA,),
        settings=ATTRIBUTES,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T9 a caller nobody knows: manual too",
        call(UNKNOWN_NUMBER, **FAILED),
        LEAVE,
        "T9",
        moment="alive",
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 ended: the agent's ticket, never the claimed customer's",
        call(**FAILED),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        candidates=(ANA,),
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 in a chat without a match, the match comes first",
        chat(customer_name="Zoe", **FAILED),
        LEAVE,
        "C6",
        moment="alive",
        settings=ATTRIBUTES,
    ),
)

T9_AND_ANOTHER = (
    Case(
        "T9 in a chat without a match, ended: as after C6, a new user's",
        chat(customer_name="Zoe", **FAILED),
        CREATE,
        "T8",
        None,
        "new: Zoe",
        by="T5",
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 in a task that names no ticket, ended: as after C3, the placeholder's",
        task("Call back", **FAILED),
        CREATE,
        "T8",
        None,
        "placeholder",
        by="T5",
        settings=ATTRIBUTES,
    ),
)

LATER_LEG = {"contact_id": "c-2", "initiation_method": "TRANSFER"}
LISTENING = {"contact_id": "c-2", "initiation_method": "MONITOR"}

T11_T12 = (
    Case("T11 a supervisor listens in: no ticket is made or changed", call(leg=LISTENING), NONE, "T11"),
    Case(
        "T11 listening in that is not linked to its contact: no ticket",
        call(leg={"initiation_method": "MONITOR"}),
        NONE,
        "T11",
    ),
    Case(
        "T11 also where a ticket is given",
        call(leg={"initiation_method": "MONITOR"}, zendesk_ticket="4711"),
        NONE,
        "T11",
    ),
    *(
        Case(
            f"T12 a later leg ({method}) decides nothing",
            call(leg={**LATER_LEG, "initiation_method": method}, zendesk_ticket="4711"),
            NONE,
            "T12",
        )
        for method in ("TRANSFER", "QUEUE_TRANSFER", "EXTERNAL_OUTBOUND", "DISCONNECT")
    ),
    Case(
        "T12 a later leg of an old contact is a later leg",
        call(leg=LATER_LEG),
        NONE,
        "T12",
        settings={"settle_from": "2027-01-01T00:00:00Z"},
    ),
)


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

CASES = (*T7, *T8, *T9, *T9_AND_ANOTHER, *T11_T12, *T13, *T15, *E_MAIL)
