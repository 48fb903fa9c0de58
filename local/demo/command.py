"""`make demo` and `make up`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo import morning as mornings
from local.demo import stories
from local.demo.check import Row, Seen, other_differences, rows
from local.demo.morning import Morning
from local.emulator.deployment import DeploymentError
from local.emulator.laptop import Laptop
from local.emulator.process import EmulatorError
from local.emulator.settling import NotSettledError
from local.faults.laptop_faults import faults_of
from local.steps import Steps

_WAVE_SECONDS = 60


def demo() -> int:
    """Play the morning through the deployed stack and check it; returns the exit code."""
    console = _console()
    steps = Steps(console)
    started = time.monotonic()
    try:
        with _laptop(steps) as laptop:
            morning = mornings.read()
            _play(laptop, morning, steps)
            wrong = _report(laptop, morning, console)
            wrong |= _play_stories(laptop, console)
            if wrong:
                console.print(laptop.errors(), markup=False)
    except (EmulatorError, DeploymentError, NotSettledError) as error:
        steps.failed(error)
        return 1
    console.print(f"{time.monotonic() - started:.0f} seconds in all")
    return 1 if wrong else 0


def up() -> int:
    """Play the morning and stay up, with the page; returns the exit code once interrupted."""
    from local.desk.available import why_no_desk
    from local.page.laptop_page import serve
    from local.running import Listener

    console = _console()
    steps = Steps(console)
    try:
        without = why_no_desk()
        with _laptop(steps, agent_app=not without) as laptop, serve(laptop) as page, Listener(laptop):
            console.print(f"\n[bold]The page: {page.url}[/]")
            console.print(f"[bold]An agent's desk: {laptop.desk}[/]\n" if laptop.desk else f"{without}\n")
            _play(laptop, mornings.read(), steps)
            _play_stories(laptop, console)
            console.print(
                f"Send more with: .venv/bin/python -m local replay events/contact_records/known-caller.json\n"
                f"[bold]{page.url}[/] shows tickets as they change. Ctrl-C ends it."
                + (f"\n[bold]{laptop.desk}[/] is an agent's desk: play one." if laptop.desk else "")
            )
            Event().wait()
    except KeyboardInterrupt:
        console.print("ended")
    except (EmulatorError, DeploymentError, NotSettledError) as error:
        steps.failed(error)
        return 1
    return 0


def _console() -> Console:
    """Return a console wide enough for the table, wherever its output goes."""
    return Console(width=max(Console().width, 160), highlight=False)


@contextmanager
def _laptop(steps: Steps, *, agent_app: bool = False) -> Iterator[Laptop]:
    with Laptop(
        zendesk_world=mornings.world("zendesk"),
        connect_world=mornings.world("connect"),
        app_settings=mornings.app_settings(),
        agent_app=agent_app,
        report=steps.report,
    ) as laptop:
        yield laptop


def _play(laptop: Laptop, morning: Morning, steps: Steps) -> None:
    for number, wave in enumerate(morning.waves(), 1):
        with steps.step(f"wave {number}: {len(wave)} records"):
            laptop.put_records(faults_of(laptop).delivery.delivered(wave))
            laptop.wait_until_settled(timeout=_WAVE_SECONDS)


def _report(laptop: Laptop, morning: Morning, console: Console) -> bool:
    """Print the table; returns whether anything is wrong."""
    seen = Seen(
        laptop.zendesk.tickets(),
        laptop.zendesk.users(),
        [line.content for line in laptop.logs() if line.content],
        [letter.reason for letter in laptop.dead_letters()],
    )
    lines = rows(morning, seen)
    console.print(_table(lines))
    for letter in seen.dead_letters:
        console.print(f"dead letter: {letter}")
    wrong = other_differences(morning, seen)
    for difference in wrong:
        console.print(Text(difference, "red"))
    differing = sum(bool(row.differences) for row in lines) + len(wrong)
    requests = sum(laptop.zendesk.requests.values())
    tickets = sum(row.ticket != "none" for row in lines)
    console.print(
        f"\n{len(lines)} contacts, {tickets} on tickets, {requests} requests to Zendesk in all; "
        + ("everything as expected" if not differing else f"[red]{differing} not as expected[/]")
    )
    return bool(differing)


def _play_stories(laptop: Laptop, console: Console) -> bool:
    """Play the stories, printing each; returns whether anything is wrong."""
    console.print("\n[bold]Contacts from the flow to their end, and what agents are shown[/]")
    wrong = False

    def begun(story: stories.Story) -> None:
        console.print(Text.assemble((story.file, "bold"), f": {story.about}"))

    for played in stories.play_all(laptop, begun):
        differs = "; ".join(played.differences)
        verdict = Text(differs, "red") if differs else Text("as expected", "green")
        console.print(Text.assemble(f"  {played.requests} requests, ", verdict))
        for contact in played.seen.contacts:
            ticket = f"{contact.ticket} ticket" if contact.ticket == "new" else f"ticket {contact.ticket}"
            written = f"{contact.comments} comments, {contact.voice} voice"
            files = f", {contact.files} transcripts" if contact.files else ""
            files += f", {contact.calls} through the Calls API" if contact.calls else ""
            console.print(f"  {contact.rule:<5}{ticket}, {contact.requester}: {written}{files}", markup=False)
        for name, fields in played.seen.users.items():
            shown = ", ".join(f"{key} {value or 'blank'}" for key, value in fields.items())
            console.print(f"  user {name}: {shown}", markup=False)
        if played.seen.tasks:
            console.print(f"  tasks {', '.join(played.seen.tasks)}", markup=False)
        console.print(f"  pops {', '.join(played.seen.pops) or 'none'}", markup=False)
        wrong |= bool(played.differences)
    return wrong


def _table(lines: list[Row]) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 1))
    table.add_column("contact", no_wrap=True)
    for heading in ("rule", "ticket", "requester"):
        table.add_column(heading, no_wrap=True)
    for heading in ("comments", "voice", "requests"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=False, min_width=11)
    for row in lines:
        verdict = Text("; ".join(row.differences), "red") if row.differences else Text("as expected", "green")
        table.add_row(
            row.contact.about,
            row.rule,
            row.ticket,
            row.requester,
            str(row.comments),
            str(row.voice),
            str(row.requests),
            verdict,
        )
    return table
