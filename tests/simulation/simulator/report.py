"""What is said of a run and of many: a story, a summary, and the figures in `docs/certainty.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulation.simulator.faults import KINDS
from tests.simulation.simulator.run import Outcome

if TYPE_CHECKING:
    from tests.simulation.simulator.certainty import Figures

BEGIN, END = "<!-- figures: written by make certainty -->", "<!-- end of the figures -->"


def story(outcome: Outcome) -> Iterator[str]:
    """Return what happened in a run, and what is wrong at its end."""
    yield from outcome.story
    yield from (f"WRONG {what}" for what in outcome.wrong)
    yield f'make certainty ARGS="--seed {outcome.seed}" plays this again'


def summary(figures: Figures) -> Iterator[str]:
    """Return what came of many seeds."""
    yield (
        f"{figures.seeds} seeds, {sum(figures.contacts.values())} contacts,"
        f" {figures.invocations} invocations, "
        f"{sum(figures.met.values())} faults: {len(figures.wrong)} seeds are wrong; "
        f"{figures.seconds / max(1, figures.seeds):.2f} s of processor time each"
    )
    yield from (f"never met: {name}" for name in figures.unmet)
    yield from (f'make certainty ARGS="--seed {seed}"' for seed in sorted(figures.wrong)[:20])


def table(figures: Figures) -> Iterator[str]:
    """Return the rows of the page: each kind of fault, what it is, and how often it was met."""
    yield "| fault | what happens | met |"
    yield "|---|---|---|"
    for kind in KINDS:
        yield f"| {kind.name} | {kind.what} | {figures.met[kind.name]:,} |"


def write_page(figures: Figures, page: Path) -> None:
    """Write the figures into the page, between its two marks."""
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    said = "\n".join(
        (
            f"{figures.seeds:,} seeds: {sum(figures.contacts.values()):,} contacts,"
            f" {figures.invocations:,} invocations of functions, {sum(figures.met.values()):,} faults;"
            f" {len(figures.wrong)} seeds in which anything is wrong."
            f" {figures.seconds / figures.seeds:.2f} seconds of processor time each.",
            "",
            *table(figures),
        )
    )
    page.write_text(f"{before}{BEGIN}\n\n{said}\n\n{END}{after}", "utf-8")
