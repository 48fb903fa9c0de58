"""Every case of who the customer is (C) and which ticket a contact gets (T)."""

from dataclasses import replace

import pytest

from connect_zendesk.rules.contacts.contact import Leg
from tests.unit.rules import (
    cases_c1_to_c3,
    cases_c4_to_c9,
    cases_t1_to_t2,
    cases_t3_to_t6,
    cases_t7_to_t8,
    cases_t9_to_t12,
    cases_t13_to_t15,
)
from tests.unit.rules.cases import Case, expected_of, outcome_of
from tests.unit.rules.world import (
    MANUAL,
    RECENT,
    World,
    call,
    decide,
    minutes_before,
    outgoing,
    settings_from,
    task,
)

TABLES = (
    *(cases_c1_to_c3.CASES, cases_c4_to_c9.CASES, cases_t1_to_t2.CASES, cases_t3_to_t6.CASES),
    *(cases_t7_to_t8.CASES, cases_t9_to_t12.CASES, cases_t13_to_t15.CASES),
)
CASES = tuple(case for table in TABLES for case in table)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    assert outcome_of(case) == expected_of(case)


def test_each_case_says_something_of_its_own() -> None:
    said = [case.says for case in CASES]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("leg", "minutes"),
    [
        (call(**RECENT), 15),
        (call(recent_ticket_timeout="1.5"), 1.5),
        (call(), None),
        (call(recent_ticket_timeout="0"), None),
        (call(zendesk_ticket="0", **RECENT), None),
        (outgoing(**RECENT), None),
    ],
)
def test_T3_T14_a_decision_says_how_far_back_it_looked_for_those_that_come_later(
    leg: Leg, minutes: float | None
) -> None:
    decision, _ = decide(leg, settings_from({}), World())
    assert decision.looked_back_to == (None if minutes is None else minutes_before(minutes))


def test_C3_a_task_whose_ticket_has_no_requester_opens_it_all_the_same() -> None:
    nobodys = replace(World().tickets[0], requester=None)
    decision, _ = decide(task("Zendesk-4711"), settings_from({}), World(tickets=(nobodys,)))
    assert (decision.action, decision.ticket) == ("open", 4711)
    assert decision.customer is not None
    assert decision.customer.kind == "unrecognised"


def test_a_decision_says_why_in_words_an_administrator_reads() -> None:
    decision, _ = decide(call(**MANUAL), settings_from({}), World())
    assert decision.why == (
        "T8: The contact ended unattached: decided as if assignment were automatic",
        "T8: Manual assignment: the agent decides",
        "T4: A recognised customer: a new ticket for that user",
    )
