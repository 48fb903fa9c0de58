"""Seeds of everything at once: calls, chats, tasks, files, commands, with any faults, end as they have to."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulation.seeds import seeds
from tests.simulation.simulator import certainty
from tests.simulation.simulator.certainty import MEETS_ALL, ROOT, Figures, main, one
from tests.simulation.simulator.faults import KINDS, dealt
from tests.simulation.simulator.plan import KINDS as CONTACTS
from tests.simulation.simulator.plan import OF_A_RUN, OUTAGES, plan
from tests.simulation.simulator.report import BEGIN, END, write_page
from tests.simulation.simulator.run import Outcome, play, play_day
from tests.simulation.simulator.shrink import shrink

PAGE = ROOT / "docs" / "certainty.md"
_SHORT = 4
#: How many `make test-long` plays: in as many tests as hundreds, each of which meets every kind of fault.
_LONG = 300


@pytest.mark.parametrize("seed", seeds(_SHORT, short=_SHORT))
def test_T14_whatever_goes_wrong_nothing_is_lost_nothing_is_twice_and_nothing_leaks(seed: int) -> None:
    outcome = play(seed)
    assert outcome.wrong == [], f'make certainty ARGS="--seed {seed}"'
    assert outcome.injected


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, _LONG, MEETS_ALL))
def test_T14_and_in_a_hundred_seeds_with_every_kind_of_fault(first: int) -> None:
    figures = Figures()
    for seed in range(first, first + MEETS_ALL):
        figures.add(one(seed))
    assert (figures.wrong, figures.unmet) == ({}, [])


@pytest.mark.long
def test_T14_and_on_a_day_of_a_thousand_contacts() -> None:
    outcome = play_day(0)
    assert sum(outcome.kinds.values()) == 1_000
    assert outcome.wrong == []
    assert {fault.name for fault in KINDS if not outcome.met[fault.name]} == {*OUTAGES, *OF_A_RUN}


def test_T14_where_nothing_goes_wrong_it_ends_alike() -> None:
    outcome = play(7, faults=())
    assert (outcome.wrong, outcome.injected) == ([], [])


def test_a_seed_is_played_again_exactly() -> None:
    first, again = play(3), play(3)
    assert first.story == again.story
    assert first.injected == again.injected


def test_every_kind_of_fault_is_dealt_to_some_of_any_hundred_seeds() -> None:
    for first in range(0, _LONG, 10):
        met = Counter(name for seed in range(first, first + MEETS_ALL) for name in dealt(seed))
        assert min(met[kind.name] for kind in KINDS) >= 3


def test_a_run_that_never_met_a_kind_of_fault_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def plays(seed: int) -> Outcome:
        return Outcome(seed, [], met=Counter(kind.name for kind in KINDS if kind.name != missing))

    monkeypatch.setattr(certainty, "play", plays)
    monkeypatch.setattr(certainty, "_KEPT", tmp_path)
    asked = ["--seeds", str(MEETS_ALL), "--workers", "1", "--again"]
    missing = ""
    assert main(asked) == 0
    missing = "S3: refuses"
    assert main(asked) == 1
    assert "never met: S3: refuses\n" in capsys.readouterr().out


def test_X4_what_is_said_comes_while_zendesk_is_down_for_a_day() -> None:
    down = "Zendesk: down for a day"
    plans = [plan(seed) for seed in range(_LONG) if down in dealt(seed)]
    assert len(plans) == 12
    said = [
        contact
        for made in plans
        for contact in made.contacts
        if contact.due.words and made.outages[down] < contact.span[1] < made.outages[down] + timedelta(days=1)
    ]
    assert len(said) >= 5


def test_every_kind_of_contact_is_in_some_of_a_hundred_seeds() -> None:
    made = Counter(contact.kind for seed in range(100) for contact in plan(seed).contacts)
    assert all(made[make.__name__] for make in CONTACTS)


def test_the_pages_figures_are_about_the_faults_that_there_are(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    assert page.index(BEGIN) < page.index(END)
    told = re.findall(
        r"^\| ([A-Za-z3 ]+: [^|]+) \|", page.partition(BEGIN)[2].partition(END)[0], re.MULTILINE
    )
    assert told in ([], [kind.name for kind in KINDS])
    copy = tmp_path / "certainty.md"
    copy.write_text(page, "utf-8")
    write_page(Figures(seeds=1, met=Counter({"Zendesk: 429": 1234})), copy)
    assert "| Zendesk: 429 | too many requests, with Retry-After | 1,234 |" in copy.read_text("utf-8")


def test_a_seed_that_is_right_is_not_made_smaller() -> None:
    with pytest.raises(ValueError, match="seed 7 is right"):
        shrink(7)
