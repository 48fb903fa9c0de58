"""What needs the agent's attention (A2): pure rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Agent, Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets.notice import (
    Notice,
    joined_without_ticket,
    of_decision,
    of_made,
    of_opened,
)
from connect_zendesk.rules.tickets.ticket_decision import Decision
from tests.unit.rules.world import BEGAN

APP = AppSettings()
LEG = Leg(
    "c-1", "c-1", "VOICE", "INBOUND", BEGAN, BEGAN, customer_address="+442071838750", agent=Agent("ada")
)


def decided(rule: str, attributes: dict[str, str] | None = None, **fields: Any) -> Decision:
    settings = settings_of(replace(LEG, attributes=attributes or {}), APP)
    return Decision(fields.pop("action", "leave_to_agent"), rule, (), settings, **fields)


@pytest.mark.parametrize("rule", ["C6", "C7", "T2", "T5", "T9"])
def test_A2_a_contact_left_to_its_agent_says_why(rule: str) -> None:
    (notice,) = of_decision(decided(rule), APP)
    assert (notice.rule, notice.text) == (rule, wording.NOTICES[rule])


@pytest.mark.parametrize("rule", ["C3", "T3", "T8"])
def test_A2_manual_assignment_alone_needs_no_attention(rule: str) -> None:
    assert of_decision(decided(rule), APP) == ()


def test_A2_a_new_ticket_by_the_same_rule_is_no_notice() -> None:
    assert of_decision(decided("T5", action="create"), APP) == ()


def test_A2_an_anonymous_customer() -> None:
    assert [notice.rule for notice in of_decision(decided("T8", customer=Customer("anonymous")), APP)] == [
        "C4"
    ]


def test_A2_a_ticket_number_that_does_not_exist_is_told_with_the_attributes_name() -> None:
    app = AppSettings(zendesk_ticket_attribute="case")
    (notice,) = of_decision(decided("T8", missing_ticket=999), app)
    assert notice.rule == "T1"
    assert "case: there is no ticket 999" in notice.text


def test_A2_a_new_ticket_asked_for_in_manual_assignment() -> None:
    (notice,) = of_decision(decided("T8", {"zendesk_ticket": "0"}), APP)
    assert notice.rule == "T1"
    assert of_decision(decided("T1", {"zendesk_ticket": "0"}, action="create"), APP) == ()


def test_A2_settings_that_were_ignored_are_told_in_one_notice() -> None:
    attributes = {"recent_ticket_timeout": "soon", "ticket_assignment": "automatic"}
    (notice,) = of_decision(decided("T8", attributes), APP)
    assert notice.rule == "S4"
    assert "recent_ticket_timeout: expected" in notice.text
    assert "ticket_assignment: expected auto or agent" in notice.text


def test_A2_several_at_once_come_in_the_order_of_importance() -> None:
    attributes = {"zendesk_ticket": "0", "recent_ticket_timeout": "soon"}
    found = of_decision(decided("T9", attributes, customer=Customer("anonymous")), APP)
    assert [notice.rule for notice in found] == ["C4", "T9", "T1", "S4"]


@pytest.mark.parametrize(
    ("leg", "rules"),
    [
        pytest.param(LEG, [], id="nothing to tell"),
        pytest.param(replace(LEG, customer_address="anonymous"), ["C4"], id="anonymous"),
        pytest.param(
            replace(LEG, customer_address="anonymous", attributes={"zendesk_user": "5"}), [], id="named by id"
        ),
        pytest.param(replace(LEG, customer_address=None, channel="TASK"), [], id="a task has no caller"),
        pytest.param(replace(LEG, attributes={"voice_comment": "perhaps"}), ["S4"], id="ignored settings"),
    ],
)
def test_A2_what_is_told_when_an_existing_ticket_was_opened(leg: Leg, rules: list[str]) -> None:
    assert [notice.rule for notice in of_opened(leg, APP)] == rules


def test_A2_what_Zendesk_did_not_accept_of_a_made_ticket_is_a_notice_that_the_ticket_has_already() -> None:
    reasons = ("T16: Another requester.", "T4: A recognised customer: a new ticket", "C8: No number: taken.")
    assert of_made(reasons) == (
        Notice("T16", "Another requester.", said=True),
        Notice("C8", "No number: taken.", said=True),
    )


def test_A2_every_rule_that_the_specification_names_has_a_sentence() -> None:
    assert wording.NOTICES.keys() == {"C4", "C6", "C7", "S4", "T1", "T2", "T5", "T9", "T12"}
    assert [notice.rule for notice in joined_without_ticket()] == ["T12"]
