"""`python -m local day`: plays a day of the contact centre on the emulator, and reconciles it."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connect_zendesk.rules.settings import app_settings
from local.contact_centre.day import Day
from local.contact_centre.footprint import ENOUGH, Footprint
from local.contact_centre.play import Sent, live, play
from local.contact_centre.population import population
from local.contact_centre.reconciliation import Reconciliation, reconcile
from local.emulator.deployment import DeploymentError
from local.emulator.laptop import Laptop
from local.emulator.process import EmulatorError
from local.emulator.settling import Backlog, NotSettledError
from local.page import laptop_page
from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from local.steps import Steps

SETTINGS: Mapping[str, Any] = {
    "default_country": "GB",
    "time_zone": "Europe/London",
    "connect_instance_url": "https://acme.my.connect.aws",
    "missed_contact_tickets": ["missed"],
}
_AGENTS, _CUSTOMERS = 60, 300
#: How many times shorter calls are than in life, for a day of minutes to have whole ones.
_PACE = 20
_PROGRESS_SECONDS = 5
_PATIENCE_SECONDS = 1200  # a step whose writer crashed is looked at again when its lease has run out
_SHOWN = 20

_MOST = 10_000  # minutes, or contacts a second


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same day again (default: 1)")
    parser.add_argument(
        "--minutes", type=_positive, default=1.0, metavar="M", help="how long contacts come (default: 1)"
    )
    parser.add_argument(
        "--rate", type=_positive, default=2.0, metavar="R", help="contacts a second, on average (default: 2)"
    )
    parser.add_argument(
        "--live", action="store_true", help="send contact events, agent events and files as well"
    )
    parser.add_argument(
        "--faults",
        action="store_true",
        help="switch faults of both services, of the delivery and of the functions on and off, by the seed",
    )
    parser.add_argument("--page", action="store_true", help="serve the page of it meanwhile")


def run(chosen: Namespace) -> int:
    """Run the command; returns the exit code: 1 where the reconciliation finds differences."""
    console = Console(width=max(Console().width, 120), highlight=False)
    steps = Steps(console)
    try:
        return _run(chosen, console, steps)
    except (EmulatorError, DeploymentError, NotSettledError) as error:
        steps.failed(error)
        return 1


def _run(chosen: Namespace, console: Console, steps: Steps) -> int:
    now = datetime.now(UTC)
    staff = population(chosen.seed, agents=_AGENTS, customers=_CUSTOMERS, before=now)
    contacts = max(1, round(chosen.minutes * 60 * chosen.rate))
    console.print(
        f"{contacts} contacts at {chosen.rate:g} a second, seed {chosen.seed}; "
        f"calls are {_PACE} times shorter than in life.\n"
        "The plan has the high-volume add-on, 300 ticket updates a minute: "
        "two contacts a second are more than the 100 without it."
    )
    up = Laptop(
        zendesk_world=staff.zendesk_world,
        connect_world=staff.connect_world,
        app_settings=SETTINGS,
        report=steps.report,
    )
    with up as laptop, ExitStack() as exits:
        if chosen.page:
            page = exits.enter_context(laptop_page.serve(laptop))
            console.print(f"[bold]The page: {page.url}[/]")
        started = time.monotonic()
        day = Day(chosen.seed, datetime.now(UTC), staff, contacts, rate=chosen.rate, pace=_PACE)
        footprint = Footprint(laptop.emulator.process_group)
        progress = _Progress(laptop, console, len(laptop.zendesk.tickets()), footprint)
        chance = Random(f"faults {chosen.seed}") if chosen.faults else None  # noqa: S311 - a seed is the point
        takes = live(laptop) if chosen.live else None
        sent = play(laptop, day, takes=takes, faults=chance, tick=progress.tick)
        played = time.monotonic() - started
        try:
            laptop.wait_until_settled(_PATIENCE_SECONDS, lambda backlog: progress.tick(sent, backlog))
        except NotSettledError:
            console.print(laptop.errors(), markup=False)
            raise
        handled = time.monotonic() - started
        reconciliation = _reconcile(laptop, day, sent, live=chosen.live)
        _show(reconciliation, sent, console)
        records = sent.kinds["contact_record"]
        console.print(
            f"{contacts} contacts in {records} deliveries of records, sent in {played:.0f} s and handled by "
            f"{handled:.0f} s: {contacts / handled:.1f} contacts, {records / handled:.1f} deliveries a second"
        )
        growing = show_footprint(footprint, console)
        for line in laptop.logs() if reconciliation.contacts else ():
            if any(contact in line.text for contact in reconciliation.contacts[:_SHOWN]):
                console.print(f"{line.function}: {line.text}", markup=False, highlight=False)
    return 1 if reconciliation.wrong or growing else 0


def _reconcile(laptop: Laptop, day: Day, sent: Sent, *, live: bool) -> Reconciliation:
    settings, _ = app_settings.read(SETTINGS)
    before = InProcess(
        zendesk_world=day.population.zendesk_world,
        connect_world=day.population.connect_world,
        app_settings=settings,
        clock=VirtualClock(day.start),
    )
    with redirect_stdout(StringIO()):  # logs and metrics of the deciding are no part of the answer
        return reconcile(
            day.expectations,
            sent.records,
            laptop.zendesk.tickets(),
            before=before,
            dead_letters=[letter.reason for letter in laptop.dead_letters()],
            poison=sent.poison,
            live=live,
            files=sent.files,
        )


class _Progress:
    """A line every few seconds, and a look at what the functions' processes hold."""

    def __init__(self, laptop: Laptop, console: Console, tickets_before: int, footprint: Footprint) -> None:
        self._laptop, self._console, self._tickets_before = laptop, console, tickets_before
        self._footprint = footprint
        self._started = self._reported = time.monotonic()
        self._requests: deque[tuple[float, int]] = deque([(self._started, 0)])

    def tick(self, sent: Sent, backlog: Backlog | None = None) -> None:
        """Print a line if it is time to."""
        now = time.monotonic()
        if now - self._reported < _PROGRESS_SECONDS:
            return
        self._reported = now
        self._footprint.look()
        left = backlog or self._laptop.backlog()
        waiting = left.unread + left.waiting + left.in_hand + left.delayed
        records = sent.kinds.get("contact_record", 0)
        zendesk = self._laptop.zendesk
        self._requests.append((now, sum(zendesk.requests.values())))
        while now - self._requests[0][0] > 60:
            self._requests.popleft()
        since, before = self._requests[0]
        a_minute = (self._requests[-1][1] - before) / max(1.0, now - since) * 60
        self._console.print(
            f"{now - self._started:5.0f} s  {records} sent, {max(0, records - waiting)} handled, "
            f"{waiting} waiting, {len(zendesk.tickets()) - self._tickets_before} new tickets, "
            f"{self._laptop.dead_letter_count()} dead letters, {a_minute:.0f} requests/min"
            + (f", {sent.faults} faults so far" if sent.faults else ""),
            markup=False,
            highlight=False,
        )


def _show(reconciliation: Reconciliation, sent: Sent, console: Console) -> None:
    table = Table(box=None, header_style="bold", padding=(0, 1))
    for heading in ("outcome", "rule"):
        table.add_column(heading, no_wrap=True)
    for heading in ("contacts", "legs", "reports", "voice comments"):
        table.add_column(heading, justify="right")
    for outcome in reconciliation.outcomes:
        numbers = (outcome.contacts, outcome.legs, outcome.reports, outcome.voices)
        table.add_row("ticket" if outcome.ticket else "none", outcome.rule, *map(str, numbers))
    totals = [
        sum(getattr(outcome, name) for outcome in reconciliation.outcomes)
        for name in ("contacts", "legs", "reports", "voices")
    ]
    table.add_row("all", "", *map(str, totals), style="bold")
    console.print(table)
    console.print(
        f"dead letters: {reconciliation.dead_letters}, for {reconciliation.poison} sent that are no records"
    )
    for sentence in reconciliation.wrong[:_SHOWN]:
        console.print(Text(sentence, "red"))
    if len(reconciliation.wrong) > _SHOWN:
        console.print(Text(f"and {len(reconciliation.wrong) - _SHOWN} more", "red"))
    verdict = Text(f"not reconciled: {len(reconciliation.wrong)} differences", "red")
    console.print(verdict if reconciliation.wrong else Text("reconciled: no differences", "green"))


def show_footprint(footprint: Footprint, console: Console) -> list[str]:
    """Show what processes held that were looked at for long; returns what grew, as sentences."""
    growths = [growth for growth in footprint.growths() if growth.looks >= ENOUGH]
    if not growths:
        return []
    table = Table(box=None, header_style="bold", padding=(0, 1))
    table.add_column("process of", no_wrap=True)
    for heading in ("minutes", "MB early", "late", "handles early", "late"):
        table.add_column(heading, justify="right")
    for one in growths:
        held = (one.early.memory, one.late.memory, one.early.handles, one.late.handles)
        minutes = one.looks * _PROGRESS_SECONDS / 60
        table.add_row(one.function, f"{minutes:.0f}", *(f"{number:.0f}" for number in held))
    console.print(table)
    growing = [growth.wrong for growth in growths if growth.wrong]
    for sentence in growing:
        console.print(Text(sentence, "red"))
    return growing


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < _MOST:
        raise ArgumentTypeError(f"expected a number above 0 and below {_MOST:,}, got {text!r}")
    return number
