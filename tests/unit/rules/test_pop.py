"""What pops at which moment (P1 to P5): pure rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.model import User
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets.pop import Pop, of_decision, of_ticket, pops_ringing
from connect_zendesk.rules.tickets.ticket_decision import Decision
from tests.unit.rules.world import ANA, BEGAN

LEG = Leg("c-1", "c-1", "VOICE", "INBOUND", BEGAN, BEGAN)
SETTINGS = settings_of(LEG, AppSettings())
KNOWN = Customer("recognised", User(ANA))


def decision(action: Any, **fields: Any) -> Decision:
    return Decision(action, "T1", (), SETTINGS, **fields)


@pytest.mark.parametrize(
    ("decided", "shown"),
    [
        pytest.param(decision("open", ticket=5, customer=KNOWN), Pop("ticket", 5), id="a ticket is decided"),
        pytest.param(
            decision("leave_to_agent", ticket=5, customer=KNOWN), Pop("ticket", 5), id="manual, a ticket"
        ),
        pytest.param(decision("leave_to_agent", customer=KNOWN), Pop("user", ANA), id="manual, the user"),
        pytest.param(
            decision("create", customer=KNOWN), Pop("user", ANA), id="a new ticket does not exist yet"
        ),
        pytest.param(
            decision("follow_up", ticket=5, customer=KNOWN), Pop("user", ANA), id="nor does a follow-up"
        ),
        pytest.param(decision("follow_up", ticket=5), None, id="a follow-up, nobody asked who it is"),
        pytest.param(decision("create", customer=Customer("unrecognised")), None, id="nobody is recognised"),
        pytest.param(
            decision("leave_to_agent", customer=Customer("ambiguous", candidates=(User(1), User(2)))),
            None,
            id="never a candidate",
        ),
        pytest.param(decision("none", ticket=5, customer=KNOWN), None, id="no ticket, no pop"),
    ],
)
def test_what_a_decision_shows(decided: Decision, shown: Pop | None) -> None:
    assert of_decision(decided) == shown


def test_a_ticket_is_shown_where_there_is_one() -> None:
    assert of_ticket(5) == Pop("ticket", 5)
    assert of_ticket(None) is None


@pytest.mark.parametrize(
    ("leg", "attributes", "pops"),
    [
        pytest.param(LEG, {}, True, id="P1 by default"),
        pytest.param(LEG, {"pop_incoming": "false"}, False, id="P3"),
        pytest.param(LEG, {"pop_incoming": "true"}, True, id="P1"),
        pytest.param(replace(LEG, initiation_method="OUTBOUND"), {}, False, id="what goes out does not ring"),
        pytest.param(replace(LEG, initiation_method="CALLBACK"), {}, True, id="a callback is offered"),
        pytest.param(replace(LEG, initiation_method="TRANSFER"), {}, True, id="a transfer is offered"),
        pytest.param(replace(LEG, initiation_method="MONITOR"), {}, False, id="monitoring does not ring"),
        pytest.param(replace(LEG, channel="TASK", initiation_method="API"), {}, True, id="P5 a task"),
    ],
)
def test_what_pops_while_it_rings(leg: Leg, attributes: dict[str, str], pops: bool) -> None:
    settings = settings_of(replace(leg, attributes=attributes), AppSettings())
    assert pops_ringing(leg, settings) is pops
