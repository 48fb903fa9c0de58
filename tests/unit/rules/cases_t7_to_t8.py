"""Outgoing contacts, and those left to the agent (T7, T8).

A table of cases, written from the specification.
"""

from tests.unit.rules.cases import Case
from tests.unit.rules.world import (
    AGENT_ID,
    ANA,
    ANAS_NUMBER,
    ATTRIBUTES,
    CARA,
    FAILED,
    MANUAL,
    NOT_FORCED,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    World,
    call,
    chat,
    outgoing,
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
        chat(ANAS_NUMBER, leg={"stated_direction": "Outbound"}, recent_ticket_timeout="15"),
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
        stage="alive",
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


T8 = (
    Case(
        "T8 manual: nothing while the contact lives",
        call(**MANUAL),
        LEAVE,
        "T8",
        stage="alive",
        matters="ticket_assignment",
    ),
    Case("T8 so it is for a caller nobody knows", call(UNKNOWN_NUMBER, **MANUAL), LEAVE, "T8", stage="alive"),
    Case("T8 so it is for an anonymous caller", call("anonymous", **MANUAL), LEAVE, "T8", stage="alive"),
    Case(
        "T8 manual as app setting",
        call(),
        LEAVE,
        "T8",
        stage="alive",
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


CASES = (
    *T7,
    *T8,
)
