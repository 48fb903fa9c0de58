"""What a decision costs: the look-ups in Zendesk that it asks for, as the budget of the design has them."""

import pytest

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    LookUp,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from tests.unit.rules.world import (
    ANA,
    ANAS_NUMBER,
    BEN,
    MANUAL,
    RECENT,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    World,
    call,
    chat,
    decide,
    minutes_before,
    outgoing,
    settings_from,
    task,
    ticket_of,
    with_tickets,
)

SEARCH, TICKET, USER = UsersByPhone(ANAS_NUMBER), TicketById(4711), UserById(ANA)
RECENT_TICKETS = TicketsRequestedBy(ANA, minutes_before(15))
AGENT = AgentOf("asmith", "arn:aws:connect:eu-west-2:111122223333:instance/i/agent/a1")

BUDGETS: tuple[tuple[str, Leg, str, tuple[LookUp, ...]], ...] = (
    (
        "flow looked up user and ticket: 1",
        call(zendesk_user=str(ANA), zendesk_ticket="4711"),
        "open",
        (TICKET,),
    ),
    ("flow looked up the user: 1, and the ticket made", call(zendesk_user=str(ANA)), "create", (USER,)),
    (
        "user from the flow, new ticket asked for: 1",
        call(zendesk_user=str(ANA), zendesk_ticket="0"),
        "create",
        (USER,),
    ),
    ("known by number: 1, and the ticket made", call(), "create", (SEARCH,)),
    ("known by number, with a window: 2", call(**RECENT), "create", (SEARCH, RECENT_TICKETS)),
    ("a new ticket asked for: no recent ones", call(zendesk_ticket="0", **RECENT), "create", (SEARCH,)),
    ("ticket given: 2", call(zendesk_ticket="4711"), "open", (TICKET, SEARCH)),
    ("ticket given, with a window: 2", call(zendesk_ticket="4711", **RECENT), "open", (TICKET, SEARCH)),
    (
        "unknown: 1, then user and ticket are made",
        call(UNKNOWN_NUMBER),
        "create",
        (UsersByPhone(UNKNOWN_NUMBER),),
    ),
    (
        "unknown, with a window: 1",
        call(UNKNOWN_NUMBER, **RECENT),
        "create",
        (UsersByPhone(UNKNOWN_NUMBER),),
    ),
    ("anonymous: no search", call("anonymous"), "create", (PlaceholderUser(),)),
    ("anonymous, with a window: no search", call("anonymous", **RECENT), "create", (PlaceholderUser(),)),
    ("anonymous, ticket given: 1", call("anonymous", zendesk_ticket="4711"), "open", (TICKET,)),
    (
        "number typed: one search, for that number",
        call(customer_number=UNKNOWN_NUMBER),
        "create",
        (UsersByPhone(UNKNOWN_NUMBER),),
    ),
    ("outgoing to nobody known: 1", outgoing(UNKNOWN_NUMBER), "none", (UsersByPhone(UNKNOWN_NUMBER),)),
    ("outgoing, with a window: no recent ones", outgoing(**RECENT), "create", (SEARCH,)),
    (
        "chat by e-mail: 1",
        chat(customer_email="ana@example.com"),
        "create",
        (UsersByEmail("ana@example.com"),),
    ),
    ("chat by name: 1", chat(customer_name="Ana Silva"), "create", (UsersByName("Ana Silva"),)),
    ("text message: 1", chat(ANAS_NUMBER), "create", (SEARCH,)),
    ("task: its ticket says who", task("Zendesk-4711"), "open", (TICKET,)),
    ("task with a window: its ticket says who", task("Zendesk-4711", **RECENT), "open", (TICKET,)),
    ("monitoring: nothing", call(leg={"initiation_method": "MONITOR"}), "none", ()),
    ("later leg: nothing", call(leg={"contact_id": "c-2"}), "none", ()),
    ("nobody answered: nothing", call(leg={"agent": None}), "none", ()),
    ("e-mail: nothing", call(leg={"channel": "EMAIL"}), "none", ()),
)


@pytest.mark.parametrize(
    ("leg", "action", "asked"), [row[1:] for row in BUDGETS], ids=[row[0] for row in BUDGETS]
)
def test_look_ups_of_an_automatic_decision(leg: Leg, action: str, asked: tuple[LookUp, ...]) -> None:
    decision, look_ups = decide(leg, settings_from({}), World())
    assert (decision.action, look_ups) == (action, asked)


@pytest.mark.parametrize(
    ("says", "leg", "asked"),
    [
        ("manual", call(**MANUAL), (SEARCH,)),
        ("manual, with a window", call(**MANUAL, **RECENT), (SEARCH, RECENT_TICKETS)),
        ("ambiguous", call(SHARED_NUMBER), (UsersByPhone(SHARED_NUMBER),)),
        ("somebody else's ticket", call(zendesk_ticket="4712"), (TicketById(4712), SEARCH)),
        ("no such user", call(zendesk_user="999"), (UserById(999),)),
        ("nothing to search by", chat(), ()),
        ("a task without a ticket", task("Call back"), ()),
    ],
)
def test_nobody_is_looked_up_for_a_requester_that_is_not_needed_yet(
    says: str, leg: Leg, asked: tuple[LookUp, ...]
) -> None:
    decision, look_ups = decide(leg, settings_from({}), World(), "alive")
    assert (says, decision.action, look_ups) == (says, "leave_to_agent", asked)


def test_a_forced_ticket_in_doubt_looks_up_the_agent_once() -> None:
    _, look_ups = decide(call(SHARED_NUMBER), settings_from({}), World())
    assert look_ups == (UsersByPhone(SHARED_NUMBER), AGENT)


def test_a_forced_ticket_in_doubt_of_an_unknown_agent_looks_up_the_placeholder() -> None:
    _, look_ups = decide(call(SHARED_NUMBER), settings_from({}), World(agents={}))
    assert look_ups == (UsersByPhone(SHARED_NUMBER), AGENT, PlaceholderUser())


def test_a_forced_ticket_without_doubt_costs_no_more_than_an_automatic_one() -> None:
    world = with_tickets(ticket_of(5000, ANA, updated=5))
    _, forced = decide(call(**MANUAL, **RECENT), settings_from({}), world)
    _, automatic = decide(call(**RECENT), settings_from({}), world)
    assert forced == automatic


def test_where_no_ticket_is_forced_nobody_is_looked_up_for_it() -> None:
    _, look_ups = decide(call(force_ticket_creation="no", **MANUAL), settings_from({}), World())
    assert look_ups == (SEARCH,)


def test_a_closed_ticket_of_the_user_the_flow_named_costs_one_more_for_the_follow_ups_subject() -> None:
    leg = call(zendesk_user=str(BEN), zendesk_ticket="4714")
    decision, look_ups = decide(leg, settings_from({}), World())
    assert (decision.action, look_ups) == ("follow_up", (TicketById(4714), UserById(BEN)))
