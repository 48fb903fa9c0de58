"""A reason says of a contact which of its row's causes and results it was (T8, T12, T13, T15)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules.contacts.contact import Leg, Recording
from tests.unit.rules.world import (
    BEGAN,
    DEV,
    FAILED,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    World,
    call,
    chat,
    decide,
    outgoing,
    settings_from,
)

ATTRIBUTES = {"caller_authentication": {"source": "attributes"}}
NOBODY: dict[str, Any] = {"agent": None, "recordings": ()}
IN_THE_FLOW: dict[str, Any] = {**NOBODY, "attempts": 0, "queue": None}
VOICEMAIL = {**NOBODY, "recordings": (Recording("b/k", "IVR"),), "attributes": {"voicemail": "1"}}
PLACEHOLDERS, AGENTS = (
    "a new ticket requested by the placeholder user",
    "a new ticket requested by the agent",
)
LATER = {"contact_id": "c-2", "initiation_method": "TRANSFER"}
REPORTED = "A later leg of a contact: it is reported on the contact's ticket, which the first leg decides"
IN_DOUBT = "T8: The contact ended unattached, and its customer is in doubt"
ALL_OUTBOUND = "T7: An outgoing contact with an unknown customer, with all_outbound"

Row = tuple[Leg, Mapping[str, Any], str]


def _unnamed(leg: Leg, text: str, kind: str) -> Row:
    return leg, {}, f"T13: {text} ({kind}), and missed_contact_tickets does not name that: no ticket"


CASES: tuple[Row, ...] = (
    (
        call(leg={"began": BEGAN - timedelta(days=1)}),
        {"settle_from": "2026-11-02T10:00:00Z"},
        "T15: The contact began before settle_from: no ticket",
    ),
    (
        call(leg={"updated": BEGAN + timedelta(days=40)}),
        {},
        "T15: The contact ended over 30 days ago, and is unknown here: no ticket",
    ),
    _unnamed(call(leg=VOICEMAIL), "The customer left a voicemail", "voicemail"),
    _unnamed(
        call(leg={**NOBODY, "initiation_method": "CALLBACK"}),
        "A callback was requested, and not answered",
        "callback",
    ),
    _unnamed(
        replace(outgoing(), **NOBODY), "An outgoing contact without an agent reached no one", "unreached"
    ),
    _unnamed(call(leg=NOBODY), "It was offered to agents, and taken by none", "missed"),
    _unnamed(
        call(leg={**NOBODY, "attempts": 0}),
        "The customer left the queue before an agent answered",
        "abandoned",
    ),
    _unnamed(call(leg=IN_THE_FLOW), "It ended in the flow, before any queue", "self_service"),
    (chat(leg={**IN_THE_FLOW, "channel": "TASK"}), {}, "T13: It ended before an agent took it: no ticket"),
    (call(zendesk_user="999"), {}, "C7: zendesk_user names a user who does not exist: the agent decides"),
    (call(zendesk_user=str(DEV)), {}, "C7: zendesk_user names a user who is suspended: the agent decides"),
    (call(**FAILED), ATTRIBUTES, "T9: The caller's authentication failed: the agent decides"),
    (
        call(voice_authentication_result="Inconclusive"),
        ATTRIBUTES,
        "T9: The caller's authentication was inconclusive: the agent decides",
    ),
    (
        call(zendesk_ticket="0"),
        {},
        "T1: Automatic, and a new ticket is asked for: a new ticket; recent ones are not looked at",
    ),
    (
        call(zendesk_ticket="999999"),
        {},
        "T1: Automatic, and a ticket is given that does not exist: a new ticket; recent ones are not looked"
        " at",
    ),
    (chat(), {}, "C6: A chat with nothing to search by: the agent decides"),
    (chat(customer_name="No One"), {}, "C6: A chat without a match: the agent decides"),
    (call("anonymous"), {}, f"T6: An anonymous caller: {PLACEHOLDERS}"),
    (call("anonymous"), {"anonymous_requester": "agent"}, f"T6: An anonymous caller: {AGENTS}"),
    (outgoing("anonymous", all_outbound="true"), {}, f"{ALL_OUTBOUND}: {PLACEHOLDERS}"),
    (
        outgoing("anonymous", all_outbound="true"),
        {"anonymous_requester": "agent"},
        f"{ALL_OUTBOUND}: {AGENTS}",
    ),
    (outgoing(UNKNOWN_NUMBER, all_outbound="true"), {}, f"{ALL_OUTBOUND}: a new user and a new ticket"),
    (call(SHARED_NUMBER), {}, f"{IN_DOUBT}: {AGENTS}"),
    (
        call(SHARED_NUMBER, leg=NOBODY),
        {"missed_contact_tickets": "missed"},
        f"{IN_DOUBT}: {PLACEHOLDERS}",
    ),
    (call(leg=LATER), {}, f"T12: {REPORTED}"),
    (call(leg={**LATER, **NOBODY}), {}, f"T12: {REPORTED}"),
    (
        call(leg={**LATER, **IN_THE_FLOW, "initiation_method": "DISCONNECT"}),
        {},
        "T12: A later leg in which no agent spoke with the customer, and that no one waited in: it is not"
        " reported; the first leg decides on the contact's ticket",
    ),
)


@pytest.mark.parametrize(("leg", "settings", "why"), CASES, ids=[why for _, _, why in CASES])
def test_T15_T13_T12_T8_the_reason_says_which_cause_applied_and_who_requests_the_ticket(
    leg: Leg, settings: Mapping[str, Any], why: str
) -> None:
    assert why in decide(leg, settings_from(settings), World())[0].why


def test_T13_the_reason_of_a_ticket_without_an_agent_names_the_kind() -> None:
    settings = settings_from({"missed_contact_tickets": "missed"})
    assert decide(call(leg=NOBODY), settings, World())[0].why == (
        "T4: A recognised customer: a new ticket for that user",
        "T13: It was offered to agents, and taken by none (missed), which missed_contact_tickets names:"
        " decided without an agent",
    )
