"""`python -m local replay`: the handlers on some events, in order."""

import json
import sys
from argparse import ArgumentParser, Namespace
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from administration.zendesk_setup.place import SetupError
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from local.replay.clock import VirtualClock
from local.replay.events import NotInThisWorld
from local.replay.given_notices import notices_of
from local.replay.in_process import InProcess
from local.replay.inputs import BadInput, Inputs, read_events, read_table
from local.replay.outcome import outcome, show
from local.replay.places import what_is_wrong
from local.stand_ins.amazon_connect import WorldError as ConnectWorldError
from local.stand_ins.zendesk import WorldError as ZendeskWorldError


def add_inputs(parser: ArgumentParser) -> None:
    """Add the arguments that replay and explain share."""
    parser.add_argument(
        "events",
        nargs="+",
        type=Path,
        metavar="EVENT",
        help="a contact record, a contact event, an agent event, a contact flow's call, a walk through a"
        " sample flow, an event of the bus, a Lambda event, or a .jsonl of those",
    )
    parser.add_argument(
        "--app-settings", type=Path, metavar="FILE", help="app settings, as JSON or TOML (default: none)"
    )
    parser.add_argument(
        "--zendesk", type=Path, metavar="WORLD", help="users, tickets, user_fields and plan, as JSON or TOML"
    )
    parser.add_argument(
        "--connect", type=Path, metavar="WORLD", help="users, contacts and queues, as JSON or TOML"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def inputs_of(arguments: Namespace) -> Inputs:
    """Return what the arguments name. Raises `BadInput`."""
    return Inputs(
        *read_events(arguments.events),
        read_table(arguments.zendesk),
        read_table(arguments.connect),
        read_table(arguments.app_settings),
    )


def settings_of(inputs: Inputs) -> AppSettings:
    """Return the app settings, printing what is wrong with them; a wrong one is left out, as on AWS (S4)."""
    settings, problems = app_settings.read(inputs.app_settings or {})
    for problem in problems:
        print(f"app settings: {problem}", file=sys.stderr)
    return settings


def replay(arguments: Namespace) -> int:
    """Run the command; returns the exit code: 1 where a file holds no event.

    What cannot be read is played as well, for the stream delivers such things too, and is reported.
    """
    inputs = inputs_of(arguments)
    for place, event in inputs.placed:
        if (wrong := what_is_wrong(event, place)) is not None:
            print(f"{wrong}; played as it is", file=sys.stderr)
    report_empty(inputs)
    result = in_process(inputs) if arguments.in_process else on_the_emulator(inputs)
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        show(result, Console(highlight=False))
    return 1 if inputs.empty else 0


def report_empty(inputs: Inputs) -> None:
    """Say which files hold no event."""
    for path in inputs.empty:
        print(f"{path}: no event in it", file=sys.stderr)


def stack_of(inputs: Inputs, clock: VirtualClock) -> InProcess:
    """Return the functions in this process, on these worlds. Raises `BadInput`."""
    try:
        return InProcess(
            zendesk_world=inputs.zendesk_world,
            connect_world=inputs.connect_world,
            app_settings=settings_of(inputs),
            clock=clock,
        )
    except ZendeskWorldError as error:
        raise BadInput(f"Zendesk world: {error}") from None
    except ConnectWorldError as error:
        raise BadInput(f"Connect world: {error}") from None


def in_process(inputs: Inputs) -> dict[str, Any]:
    """Play the events in this process, on a virtual clock, until nothing is left to do.

    Zendesk is set up first as on the emulator, webhook included: what happens there is reported here too.
    """
    stack = stack_of(inputs, VirtualClock(next((event.at for event in inputs.events if event.at), None)))
    with redirect_stdout(StringIO()):  # the functions' logs and metrics are no part of the answer
        try:
            is_set_up = stack.set_up_zendesk()
            stack.play(inputs.events)
        except SetupError as error:
            raise BadInput(f"Zendesk world: {error}") from None
        except NotInThisWorld as error:
            raise BadInput(str(error)) from None
    if not is_set_up:
        print("Zendesk could not be set up in this world: its webhooks are left out.", file=sys.stderr)
    return outcome(
        tickets=stack.zendesk.tickets(),
        users=stack.zendesk.users(),
        pops=stack.zendesk.pops,
        requests=stack.zendesk.requests,
        later=[],
        dead_letters=stack.messages.dead_letters,
        tasks=stack.connect.tasks(),
        flow_answers=stack.flow_answers,
        notices=notices_of(stack.services.ledger, inputs.events),
    )


def on_the_emulator(inputs: Inputs) -> dict[str, Any]:
    """Play the events on what `make up` left running, or on an emulator of their own."""
    from local import running
    from local.emulator.laptop import Laptop
    from local.playing import NotPlayed, play

    has_worlds = inputs.zendesk_world or inputs.connect_world or inputs.app_settings
    if not has_worlds and (answer := running.send(inputs.events)) is not None:
        return answer
    if has_worlds:
        print(
            "With worlds or settings of its own: on an emulator of its own, whatever is up.", file=sys.stderr
        )
    progress = Console(stderr=True)
    with Laptop(
        zendesk_world=inputs.zendesk_world,
        connect_world=inputs.connect_world,
        app_settings=inputs.app_settings or {},
        report=lambda step: progress.print(f"[dim]{step.name}[/]") if step.seconds is None else None,
    ) as laptop:
        try:
            answers = play(laptop, inputs.events)
        except NotPlayed as error:
            raise BadInput(str(error)) from None
        return running.outcome_of(laptop, answers, inputs.events)
