"""What a contact costs in requests to DynamoDB, invocations of Lambda, and what is kept: counted, exactly.

A number that goes down is written here, and into docs/scale.md, which is made from the same counts.
"""

from __future__ import annotations

import pytest

from tests.contact_costs import COUNTED, STORIES, counts_of


@pytest.mark.parametrize("story", STORIES)
def test_a_contact_costs_what_the_documentation_says(story: str) -> None:
    assert counts_of(story) == COUNTED[story]
