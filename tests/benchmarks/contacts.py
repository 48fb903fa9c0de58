"""What a contact costs, and whether that grows with their number: `python -m tests.benchmarks.contacts`.

The counts are those that a test holds (`tests/functional/test_contact_costs.py`); here they are
held against their budgets. CPU is of this process, the stand-ins for AWS and Zendesk included.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from tests.contact_costs import PLAIN_CALL, STORIES, Contact, Costs, CountingStack, Counts, counts_of, play
from tests.records import NINE

#: How many contacts are played, first and last.
FEW, MANY = 1_000, 10_000
#: Of the CPU for each contact, when there are many of them, over that when there are few.
CPU_GROWS = 1.15


@dataclass(frozen=True)
class Budget:
    """The most that a story may cost, None where there is no limit."""

    requests: int
    before_the_pop: int | None
    invocations: int | None
    kept: int | None
    searches: int | None = 1


BUDGETS: Mapping[str, Budget] = {
    "plain call": Budget(30, 8, 6, 1_200),
    "record only": Budget(16, None, None, 1_200),
    "redelivery": Budget(2, None, None, None, 0),
    "chat with transcript": Budget(45, 8, 7, None),
    "transfer of two legs": Budget(55, 8, None, 1_700),
}


@dataclass(frozen=True)
class Grown:
    """What one contact more costs after so many: its ``counts``, and the CPU of each in seconds."""

    contacts: int
    counts: Counts
    cpu: float


def exceeded(counts: Counts, budget: Budget) -> list[str]:
    """Return the names of the counts that exceed their budget."""
    return [
        name
        for name, most in vars(budget).items()
        if most is not None and (getattr(counts, name) or 0) > most
    ]


def grown(sizes: tuple[int, ...]) -> list[Grown]:
    """Play plain calls one after another; returns what one more costs after each of these numbers."""
    stack, done, found = CountingStack(), 0, []
    for size in sizes:
        began, before = time.process_time(), done
        while done < size:
            costs = _one(stack, done)
            done += 1
        found.append(Grown(size, _counts(costs), (time.process_time() - began) / (done - before)))
    return found


def _one(stack: CountingStack, number: int) -> Costs:
    contact = Contact(f"c0ffee00-0000-4000-8000-{number:012}", NINE + number * timedelta(minutes=10))
    return play(stack, PLAIN_CALL, contact)[contact.id]


def _counts(costs: Costs) -> Counts:
    return Counts.of(costs, kept=0)


def table_of_counts() -> tuple[Table, bool]:
    """Return the stories with their counts, and whether all are within their budgets."""
    titles = (
        "requests",
        "read units",
        "write units",
        "before the pop",
        "Lambda",
        "searches",
        "updates",
        "kept",
    )
    table, good = Table("story", *titles, "exceeded"), True
    for story in STORIES:
        counts, budget = counts_of(story), BUDGETS[story]
        over = exceeded(counts, budget)
        good = good and not over
        cells = [_cell(value, getattr(budget, name, None)) for name, value in vars(counts).items()]
        table.add_row(story, *cells, ", ".join(over))
    return table, good


def _cell(value: int | None, most: int | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if most is None else f"{value:,} ≤ {most:,}"


def main() -> int:
    """Count and print; returns 1 where a budget is exceeded."""
    table, good = table_of_counts()
    few, many = grown((FEW, MANY))
    console = Console(width=160)
    console.print(table)
    growth = many.cpu / few.cpu
    same = few.counts == many.counts
    console.print(
        f"{few.contacts:,} to {many.contacts:,} contacts: {few.counts.requests} and {many.counts.requests}"
        f" requests for each, CPU × {growth:.2f} (at most {CPU_GROWS})"
    )
    return 0 if good and same and growth <= CPU_GROWS else 1


if __name__ == "__main__":
    sys.exit(main())
