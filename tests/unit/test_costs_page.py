"""The page about costs is made of what is counted."""

from __future__ import annotations

from tests import costs_page
from tests.benchmarks.contacts import BUDGETS
from tests.contact_costs import COUNTED, STORIES


def test_the_page_and_its_picture_are_as_counted() -> None:
    assert costs_page.PAGE.read_text("utf-8") == costs_page.page()
    assert costs_page.PICTURE.read_text("utf-8") == costs_page.picture()


def test_every_story_is_counted_and_has_its_budget() -> None:
    assert list(COUNTED) == list(STORIES) == list(BUDGETS) == list(costs_page.BEFORE)
