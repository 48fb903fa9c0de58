"""The project on a laptop: `python -m local --help`."""

import logging
import sys
from argparse import ArgumentParser

from local import recordings
from local.contact_centre import command as day
from local.faults import command as faults
from local.flows import command as flows
from local.replay.command import add_inputs
from local.replay.inputs import BadInput


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit code."""
    parser = ArgumentParser(prog="python -m local", description="The deployed stack, on a laptop.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser(
        "demo", help="deploy to the emulator, play a morning of contacts, check every outcome"
    )
    commands.add_parser("up", help="the same, left running, with a page that shows the tickets")
    replay = commands.add_parser(
        "replay",
        help="the handlers on these events, in order",
        description="Plays events on what `make up` left running, else on an emulator of their own.",
    )
    add_inputs(replay)
    replay.add_argument(
        "--in-process", action="store_true", help="without an emulator, on a virtual clock: within seconds"
    )
    explain = commands.add_parser(
        "explain",
        help="what is decided about contacts, and why; writes nothing",
        description="A contact record is the contact's end: the answer is what forced creation would do.",
    )
    add_inputs(explain)
    flows.add_arguments(
        commands.add_parser(
            "flow", help="a contact flow, block by block: what it sets, what it is answered, where it ends"
        )
    )
    day.add_arguments(
        commands.add_parser("day", help="a generated day of a contact centre, and its reconciliation")
    )
    faults.add_arguments(
        commands.add_parser("faults", help="what goes wrong with what `make up` left running, at will")
    )
    recordings.add_arguments(
        commands.add_parser(
            "recording", help="a recording in which a conversation is said, as a wav file for the stand-ins"
        )
    )
    chosen = parser.parse_args(arguments)
    logging.disable()  # the functions' logs, in this process, would mix with a command's answer
    try:
        match chosen.command:
            case "demo":
                from local.demo import demo

                return demo()
            case "up":
                from local.demo import up

                return up()
            case "day":
                return day.run(chosen)
            case "flow":
                return flows.run(chosen)
            case "faults":
                return faults.run(chosen)
            case "recording":
                return recordings.run(chosen)
            case "replay":
                from local.replay.command import replay as run
            case _:
                from local.explain import explain as run
        return run(chosen)
    except BadInput as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
