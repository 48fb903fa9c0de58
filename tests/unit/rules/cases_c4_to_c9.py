"""Who counts as the customer, who is made one, and who gets the caller's number (C4 to C10).

A table of cases, written from the specification.
"""

from connect_zendesk.rules.model import User
from tests.unit.rules.cases import Case
from tests.unit.rules.world import (
    AGENT_ID,
    ANA,
    ANAS_NUMBER,
    ATTRIBUTES,
    BEN,
    BENS_NUMBER,
    FAILED,
    MANUAL,
    NOBODY,
    SHARED_NUMBER,
    SUSPENDED_NUMBER,
    TWO_DIRECT_LINES,
    UNKNOWN_NUMBER,
    World,
    call,
    chat,
    outgoing,
)

GB = {"default_country": "GB"}

AGENT_ASKS = {"anonymous_requester": "agent"}

LEAVE, CREATE = "leave_to_agent", "create"


C4 = (
    *(
        Case(
            f"C4 a caller whose number says {said!r} is anonymous",
            call(said),
            CREATE,
            "T6",
            None,
            "placeholder",
            "anonymous",
        )
        for said in ("anonymous", "Private", "UNKNOWN", " restricted ", "unavailable", "", None)
    ),
    Case(
        "C4 a withheld number does not matter where the flow names the user",
        call("anonymous", zendesk_user=str(ANA)),
        CREATE,
        "T4",
        None,
        ANA,
        "recognised",
    ),
    Case(
        "C4 a withheld number does not matter where the caller typed one",
        call("anonymous", customer_number=ANAS_NUMBER),
        CREATE,
        "T4",
        None,
        ANA,
        "recognised",
    ),
    Case(
        "C4 a withheld number stays anonymous where only a name is known",
        call("anonymous", customer_name="Ana Silva"),
        CREATE,
        "T6",
        None,
        "placeholder",
        "anonymous",
    ),
    *(
        Case(
            f"C4 what is given and is no number is not withheld: {said}",
            call(said),
            CREATE,
            "T5",
            None,
            f"new: {called}",
            "unrecognised",
        )
        for said, called in (
            ("sip:ana@example.com", "ana"),
            ("sip:1001@pbx.example.com", "1001"),
            ("sips:Zo%C3%AB@example.com;transport=tls", "Zoë"),
            ("whatsapp:Ana", "Ana"),
            ("12", "12"),
            ("+4412", "+4412"),
            ("Front desk", "Front desk"),
            ("sip:%3Cb%3E@example.com", "‹b›"),
        )
    ),
    Case(
        "C4 what is no number is the name only where the flow gives none",
        call("sip:1001@pbx.example.com", customer_name="Zoe Quill"),
        CREATE,
        "T5",
        None,
        "new: Zoe Quill",
        "unrecognised",
    ),
    Case(
        "C4 what is no number does not matter where the caller typed one",
        call("sip:1001@pbx.example.com", customer_number=ANAS_NUMBER),
        CREATE,
        "T4",
        None,
        ANA,
        "recognised",
    ),
    Case("C4 T7 an outgoing call to what is no number", outgoing("sip:1001@pbx.example.com"), "none", "T7"),
)


C5 = (
    Case(
        "C5 a user whose number only ends alike, in another country, does not match",
        call("+13232960101"),
        CREATE,
        "T5",
        None,
        "new: +13232960101",
        "unrecognised",
        world=World(users=(User(ANA, "Ana Silva", "+443232960101"), User(ANA, "Ana", "+4913232960101"))),
    ),
    Case(
        "C5 the caller's own country is told from others with the same digits",
        call("+11632960101"),
        CREATE,
        "T4",
        None,
        107,
        "recognised",
    ),
    Case(
        "C5 a user's number typed without a country code is read with the default country",
        call(BENS_NUMBER),
        CREATE,
        "T4",
        None,
        BEN,
        "recognised",
        settings=GB,
    ),
    Case(
        "C5 a user's number typed without a country code matches nobody without a default country",
        call(BENS_NUMBER),
        CREATE,
        "T5",
        None,
        f"new: {BENS_NUMBER}",
        "unrecognised",
    ),
    Case(
        "C5 a suspended user never matches",
        call(SUSPENDED_NUMBER),
        CREATE,
        "T5",
        None,
        f"new: {SUSPENDED_NUMBER}",
        "unrecognised",
    ),
    Case(
        "C5 a suspended user makes nobody ambiguous",
        call("+441632960109"),
        CREATE,
        "T4",
        None,
        109,
        "recognised",
    ),
    Case(
        "C5 a deleted user never matches",
        call("+441632960110"),
        CREATE,
        "T5",
        None,
        "new: +441632960110",
        "unrecognised",
    ),
    Case("C5 a direct line beats a shared one", call("+441632960107"), CREATE, "T4", None, 106, "recognised"),
    Case(
        "C5 two users who share a line are ambiguous",
        call(SHARED_NUMBER),
        LEAVE,
        "T5",
        customer="ambiguous",
        stage="alive",
        candidates=(103, 113),
    ),
    Case(
        "C5 two users with one direct line are ambiguous",
        call(TWO_DIRECT_LINES),
        LEAVE,
        "T5",
        customer="ambiguous",
        stage="alive",
        candidates=(105, 115),
    ),
    Case(
        "C5 one user found twice is one user",
        call(ANAS_NUMBER),
        CREATE,
        "T4",
        None,
        ANA,
        "recognised",
        world=World(users=(User(ANA, "Ana", ANAS_NUMBER), User(ANA, "Ana", ANAS_NUMBER))),
    ),
    Case(
        "C5 the only user of a shared line matches",
        call(SHARED_NUMBER),
        CREATE,
        "T4",
        None,
        103,
        "recognised",
        world=World(users=(User(103, "Cara Lee", SHARED_NUMBER, shared_phone=True),)),
    ),
)


C6 = (
    Case("C6 a chat with nothing to search by is left to the agent", chat(), LEAVE, "C6", stage="alive"),
    Case(
        "C6 a chat whose number nobody has is left to the agent",
        chat(UNKNOWN_NUMBER),
        LEAVE,
        "C6",
        customer="unrecognised",
        stage="alive",
    ),
    Case(
        "C6 a text message from a withheld number has nothing to search by",
        chat("anonymous"),
        LEAVE,
        "C6",
        customer="unrecognised",
        stage="alive",
    ),
    Case(
        "C6 the forced ticket of a chat without a match is a new user's, by the name that was given",
        chat(customer_name="Zoe Quill"),
        CREATE,
        "T8",
        None,
        "new: Zoe Quill",
        by="T5",
    ),
    Case(
        "C6 the forced ticket of a chat without a match is a new user's, by the e-mail that was given",
        chat(customer_email="zoe@example.com"),
        CREATE,
        "T8",
        None,
        "new: zoe@example.com",
        by="T5",
    ),
    Case(
        "C6 T8 the forced ticket of a chat with nothing to search by is the agent's",
        chat(),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        by="C6",
    ),
    Case(
        "C6 the forced ticket of a text message nobody sent before is a new user's, by the number",
        chat(UNKNOWN_NUMBER),
        CREATE,
        "T8",
        None,
        f"new: {UNKNOWN_NUMBER}",
        by="T5",
    ),
)


C7 = (
    Case(
        "C7 zendesk_user names nobody: left to the agent, though the number is a customer's",
        call(zendesk_user="999"),
        LEAVE,
        "C7",
        customer="unrecognised",
        stage="alive",
        matters="zendesk_user",
    ),
    Case(
        "C7 so it is on a chat",
        chat(zendesk_user="999"),
        LEAVE,
        "C7",
        customer="unrecognised",
        stage="alive",
    ),
    Case("C7 so it is on an outgoing call", outgoing(zendesk_user="999"), LEAVE, "C7", stage="alive"),
    Case("C7 so it is for a suspended user", call(zendesk_user="104"), LEAVE, "C7", stage="alive"),
    Case("C7 so it is for a deleted user", call(zendesk_user="110"), LEAVE, "C7", stage="alive"),
    Case("C7 its forced ticket is the agent's", call(zendesk_user="999"), CREATE, "T8", None, AGENT_ID),
)


C8 = (
    Case(
        "C8 a new user is named by customer_name",
        call(UNKNOWN_NUMBER, customer_name="Zoe Quill", customer_email="zoe@example.com"),
        CREATE,
        "T5",
        None,
        "new: Zoe Quill",
    ),
    Case(
        "C8 else by the number",
        call(UNKNOWN_NUMBER, customer_email="zoe@example.com"),
        CREATE,
        "T5",
        None,
        f"new: {UNKNOWN_NUMBER}",
    ),
    Case(
        "C8 a number that was typed counts as the new user's",
        call("anonymous", customer_number="+44 1632 960199"),
        CREATE,
        "T5",
        None,
        f"new: {UNKNOWN_NUMBER}",
    ),
)


C9 = (
    Case(
        "C9 an anonymous customer's ticket is the agent's where the administrator says so",
        call("anonymous"),
        CREATE,
        "T6",
        None,
        AGENT_ID,
        "anonymous",
        settings=AGENT_ASKS,
        matters="anonymous_requester",
    ),
    Case(
        "C9 and the placeholder's where the agent is not known in Zendesk",
        call("anonymous"),
        CREATE,
        "T6",
        None,
        "placeholder",
        "anonymous",
        settings=AGENT_ASKS,
        world=World(agents={}),
    ),
    Case(
        "C9 and the placeholder's where nobody answered",
        call("anonymous", leg=NOBODY),
        CREATE,
        "T6",
        None,
        "placeholder",
        "anonymous",
        settings={**AGENT_ASKS, "missed_contact_tickets": ["missed"]},
    ),
    Case(
        "C9 a placeholder user that is not there yet is made",
        call("anonymous"),
        CREATE,
        "T6",
        None,
        "placeholder",
        "anonymous",
        world=World(placeholder=None),
    ),
)


KIM, ANAS_TICKET = 111, "4711"

C10 = (
    Case(
        "C10 a user found by id who has no number gets the caller's",
        call(zendesk_user=str(KIM)),
        CREATE,
        "T4",
        None,
        KIM,
        "recognised",
        number_for=(KIM, ANAS_NUMBER),
    ),
    Case(
        "C10 the caller's number is the one they typed, where they did",
        call("anonymous", zendesk_user=str(KIM), customer_number="01632 960199"),
        CREATE,
        "T4",
        None,
        KIM,
        settings=GB,
        number_for=(KIM, "+441632960199"),
    ),
    Case(
        "C10 a user's own number is never overwritten",
        call(UNKNOWN_NUMBER, zendesk_user=str(ANA)),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case(
        "C10 a withheld number is nobody's",
        call("anonymous", zendesk_user=str(KIM)),
        CREATE,
        "T4",
        None,
        KIM,
    ),
    Case(
        "C10 a chat without a number has none to give",
        chat(zendesk_user=str(KIM)),
        CREATE,
        "T4",
        None,
        KIM,
    ),
    Case(
        "C10 nobody is looked up for it where the given ticket is the user's: the write asks first",
        call(UNKNOWN_NUMBER, zendesk_user=str(ANA), zendesk_ticket=ANAS_TICKET),
        "open",
        "T1",
        4711,
        ANA,
        number_for=(ANA, UNKNOWN_NUMBER),
    ),
    Case(
        "C10 a user found by their number has it already",
        call(ANAS_NUMBER),
        CREATE,
        "T4",
        None,
        ANA,
    ),
    Case(
        "C10 a chat's user found by name is not found by id",
        chat(UNKNOWN_NUMBER, customer_name="Lou Reyes"),
        CREATE,
        "T4",
        None,
        112,
    ),
    Case(
        "C10 whoever failed the authentication gives nobody a number",
        call(UNKNOWN_NUMBER, zendesk_user=str(KIM), **FAILED),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        candidates=(KIM,),
        settings=ATTRIBUTES,
    ),
    Case(
        "C10 nor where the given ticket is that user's, and is opened",
        call(UNKNOWN_NUMBER, zendesk_user=str(ANA), zendesk_ticket=ANAS_TICKET, **FAILED),
        "open",
        "T1",
        4711,
        ANA,
        settings=ATTRIBUTES,
    ),
    Case(
        "C10 nor does a caller whose given ticket is somebody else's",
        call(UNKNOWN_NUMBER, zendesk_user=str(KIM), zendesk_ticket=ANAS_TICKET),
        CREATE,
        "T8",
        None,
        AGENT_ID,
        candidates=(KIM,),
        candidate_ticket=4711,
    ),
    Case(
        "C10 while the agent still chooses, nothing is given",
        call(UNKNOWN_NUMBER, zendesk_user=str(KIM), **MANUAL),
        LEAVE,
        "T8",
        stage="alive",
    ),
    Case(
        "C10 a contact without a ticket leaves the user alone",
        call(UNKNOWN_NUMBER, zendesk_user=str(KIM), leg=NOBODY),
        "none",
        "T13",
    ),
)


CASES = (
    *C4,
    *C5,
    *C6,
    *C7,
    *C8,
    *C9,
    *C10,
)
