"""O3: docs/assumptions.md has every open fact, with code and sections that are there."""

from __future__ import annotations

import pytest

from administration.doctor.probe.fact import Fact
from administration.doctor.probe.facts import FACTS, PROBED
from connect_zendesk.rules import assumptions
from tests.specification import FACTS as SHEETS
from tests.specification import ROOT, sections_of

PAGE = (ROOT / "docs" / "assumptions.md").read_text("utf-8")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact_names_a_section_and_code_that_are_there_and_has_its_row(fact: Fact) -> None:
    assert fact.section in sections_of((SHEETS / fact.sheet).read_text("utf-8"))
    assert (ROOT / fact.depends).is_file()
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{fact.id}` |"))
    assert fact.question in row
    assert all(answer in row and effect in row for answer, effect in fact.answers.items())


def test_what_the_code_follows_is_a_fact_that_the_probe_tries() -> None:
    names = {name for name in vars(assumptions) if name.isupper()}
    followed = {
        str(getattr(assumptions, name))
        for name in names
        if str(getattr(assumptions, name)) in {fact.id for fact in PROBED}
    }
    assert followed == {
        "voice-comment-privacy", "voice-comment-stamp", "voice-comment-mark", "comment-size",
        "conflict-counts", "user-fields-not-given",
    }  # fmt: skip
    for fact in PROBED:
        if fact.id in followed:
            changed = [answer for answer in fact.answers if _assumes(fact, answer) != _assumes(fact)]
            assert changed, f"no answer of {fact.id} changes what the code does"


def _assumes(fact: Fact, answer: str | None = None) -> assumptions.Assumptions:
    return assumptions.Assumptions.of({} if answer is None else {fact.id: answer})
