"""The page about events says what is published."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from connect_zendesk.detail_types import NO_TICKET_LINKED, TICKET_LINKED
from tests.records import call
from tests.stack import Stack

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")


def section(name: str) -> str:
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, name
    return found.group(1)


@pytest.mark.parametrize("part", ["sample", "table"])
def test_the_fields_of_ticket_linked_are_those_that_are_published(part: str) -> None:
    stack = Stack()
    stack.play_records(call())
    (published,) = [detail for kind, detail in stack.messages.published if kind == TICKET_LINKED]
    text = section("Ticket Linked")
    if part == "sample":
        sample = json.loads(text.partition("```json\n")[2].partition("```")[0])
        assert {name: type(value) for name, value in sample.items()} == {
            name: type(value) for name, value in published.items()
        }
    else:
        assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(published)


def test_no_ticket_linked_has_the_same_fields_and_no_ticket() -> None:
    stack = Stack()
    stack.play_records(call(agent=None))
    (published,) = [detail for kind, detail in stack.messages.published if kind == NO_TICKET_LINKED]
    assert published["ticket"] is None
    assert published["rule"] == "T13"
    assert "`ticket` is `null`" in section("No Ticket Linked")
