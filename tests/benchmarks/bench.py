"""All that is budgeted, in one table: `make bench`. A quarter of an hour; ratios and counts, no seconds.

Each line says what was measured, its budget, and whether it is met. Where one is missed, docs/scale.md says
what was tried. The benchmarks that the lines are from say more, each by itself.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from statistics import median

from rich.console import Console
from rich.table import Table

from connect_zendesk.function_kinds import FlowBlock
from connect_zendesk.topology import FUNCTIONS
from tests import plan_carries
from tests.benchmarks import contacts, own_work, start_up
from tests.contact_costs import STORIES, counts_of
from tests.simulation import busy_hour

ROUNDS = 5
FEW, MANY = contacts.FEW, contacts.MANY
#: Until all functions are busy it takes seven minutes, and as long as that again.
QUIET_MINUTES, BUSY_MINUTES = 5, 14
#: Powertools' batch processing and parameters are kept: flow blocks have no batches.
START_UP, START_UP_OF_BLOCKS = 1.5, 1.5


@dataclass(frozen=True)
class Line:
    """A budgeted figure: what it is, what was measured, and the most that it may be."""

    figure: str
    measured: float
    budget: float

    @property
    def is_met(self) -> bool:
        """Whether it is within its budget."""
        return self.measured <= self.budget


def counted() -> list[Line]:
    """Return the lines that are counts."""
    lines = []
    for story in STORIES:
        counts = counts_of(story)
        for name, most in vars(contacts.BUDGETS[story]).items():
            if most is not None:
                lines.append(Line(f"{story}: {name.replace('_', ' ')}", getattr(counts, name) or 0, most))
    return lines


def carried() -> list[Line]:
    """Return the lines about Zendesk's plan: 100 calls a minute, of transferred ones 50."""
    lines = []
    for name, legs, calls in (("plain call", 1, 100), ("transferred call", 2, 50)):
        cost = plan_carries.cost_of_call(plan_carries.APP, legs)
        for what, of_call, of_plan in (
            ("ticket updates", cost.updates, plan_carries.UPDATES),
            ("requests to Zendesk", cost.requests, plan_carries.REQUESTS),
        ):
            lines.append(Line(f"{name}, Calls API: {what}", of_call, of_plan // calls))
    return lines


def crowded() -> list[Line]:
    """Return the lines about minutes of twice the calls that the plan carries (O7)."""
    quiet = busy_hour.play(busy_hour.Hour(QUIET_MINUTES, busy_hour.CARRIED // 2))
    busy = busy_hour.play(busy_hour.Hour(BUSY_MINUTES))
    return [
        Line("twice the plan: calls lost, or there twice", len(busy.wrong), 0),
        Line("twice the plan: agents not shown the ticket, %", 100 * busy.unseen / busy.calls, 1),
        Line("twice the plan: pops, slowest twentieth over quiet's", busy.slow_pop / quiet.slow_pop, 1.1),
        Line("twice the plan: 429 of background work, % of its requests", busy.limited_share, 0.5),
    ]


def started() -> list[Line]:
    """Return the lines about containers' starts: the worst function of each kind."""
    found = start_up.measured(FUNCTIONS, ROUNDS)
    blocks = {row.key for row in FUNCTIONS if isinstance(row, FlowBlock)}
    workers = [one for one in found if one.function not in blocks]
    return [
        Line("start-up CPU, of the libraries': workers", max(one.ratio for one in workers), START_UP),
        Line(
            "start-up CPU, of the libraries': flow blocks",
            max(one.ratio for one in found if one.function in blocks),
            START_UP_OF_BLOCKS,
        ),
        Line(
            "start-up CPU, of that without bytecode (median)",
            median(one.of_plain for one in found),
            start_up.BUDGET_OF_BYTECODE,
        ),
        Line("memory at start-up, MB", max(one.start.memory for one in found), start_up.MEMORY_BUDGET),
    ]


def grows() -> list[Line]:
    """Return the lines about many contacts."""
    few, many = contacts.grown((FEW, MANY))
    return [
        Line("requests more, of a contact after many", many.counts.requests - few.counts.requests, 0),
        Line("CPU of a contact, many over few", many.cpu / few.cpu, contacts.CPU_GROWS),
    ]


def worked() -> list[Line]:
    """Return the line about a record's own work."""
    return [Line("own work over reading, the worse record", own_work.worst_ratio(), own_work.BUDGET)]


def main() -> int:
    """Measure and print; returns 1 where a budget is exceeded."""
    table, missed = Table("figure", "measured", "at most", ""), 0
    console = Console(width=110)
    measures = {
        "what a contact costs": counted,
        "what Zendesk's plan carries": carried,
        "minutes of twice of that": crowded,
        "a record's own work": worked,
        "thousands of contacts": grows,
        "starts of containers": started,
    }
    for what, measure in measures.items():
        console.print(f"{what} …")
        with redirect_stdout(StringIO()):  # the functions' metrics
            lines = measure()
        for line in lines:
            missed += not line.is_met
            shown = f"{line.measured:.2f}".removesuffix(".00")
            table.add_row(line.figure, shown, f"{line.budget:g}", "" if line.is_met else "missed")
    console.print(table)
    console.print(f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
