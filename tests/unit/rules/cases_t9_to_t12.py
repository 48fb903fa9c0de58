"""Failed authentication, monitoring, later legs (T9, T11, T12).

A table of cases, written from the specification.
"""

from dataclasses import replace

from connect_zendesk.rules.contacts.contact import Leg
from tests.unit.rules.cases import Case
from tests.unit.rules.world import (
    AGENT_ID,
    ANA,
    ATTRIBUTES,
    FAILED,
    RECENT,
    UNKNOWN_NUMBER,
    call,
    chat,
    task,
    ticket_of,
    with_tickets,
)

LEAVE, CREATE, OPEN, NONE = "leave_to_agent", "create", "open", "none"


def _told(result: str) -> Leg:
    """Return a call whose record says how the caller's voice authentication went."""
    return replace(call(), authentication=result)


T9 = (
    Case(
        "T9 the record says not authenticated: manual",
        _told("Not Authenticated"),
        LEAVE,
        "T9",
        stage="alive",
        candidates=(ANA,),
        matters="caller_authentication",
    ),
    Case(
        "T9 the record says inconclusive: manual",
        _told("Inconclusive"),
        LEAVE,
        "T9",
        stage="alive",
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
            stage="alive",
            candidates=(ANA,),
            settings=ATTRIBUTES,
        )
        for result in (
            "Not Authenticated",
            "REJECT",
            "rejected",
            "failed",
            "inconclusive",
            "not_authenticated",
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
        stage="alive",
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
        stage="alive",
        candidates=(ANA,),
        settings=ATTRIBUTES,
    ),
    Case(
        "T9 comes before the recent ticket",
        call(**RECENT, **FAILED),
        LEAVE,
        "T9",
        stage="alive",
        candidates=(ANA,),
        settings=ATTRIBUTES,
        world=with_tickets(ticket_of(5000, ANA, updated=5)),
    ),
    Case(
        "T9 a caller nobody knows: manual too",
        call(UNKNOWN_NUMBER, **FAILED),
        LEAVE,
        "T9",
        stage="alive",
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
        stage="alive",
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
        "T9 in a task that names no ticket, ended: as after C3, the agent's",
        task("Call back", **FAILED),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        by="C3",
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


CASES = (
    *T9,
    *T9_AND_ANOTHER,
    *T11_T12,
)
