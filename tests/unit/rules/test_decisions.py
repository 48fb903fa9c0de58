"""Every case of who the customer is (C) and which ticket a contact gets (T)."""

import pytest

from tests.unit.rules import contact_cases, customer_cases, ticket_cases
from tests.unit.rules.cases import Case, expected_of, outcome_of

CASES = (*customer_cases.CASES, *ticket_cases.CASES, *contact_cases.CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    assert outcome_of(case) == expected_of(case)


def test_each_case_says_something_of_its_own() -> None:
    said = [case.says for case in CASES]
    assert len(said) == len(set(said))
