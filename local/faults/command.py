"""`python -m local faults`: makes things go wrong on what `make up` left running."""

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from local import running


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own commands and options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    commands.add_parser("list", help="what can go wrong, and what does at the moment")
    on = commands.add_parser("on", help="switch a fault on")
    on.add_argument("name", metavar="NAME", help="as listed")
    on.add_argument(
        "arguments", nargs="*", metavar="KEY=VALUE", help='as listed; also matching="METHOD path"'
    )
    off = commands.add_parser("off", help="switch a fault off, or all of them")
    off.add_argument("name", nargs="?", metavar="NAME", help="as listed")


def run(chosen: Namespace) -> int:
    """Run the command; returns the exit code: 2 where nothing is up or there is no such fault."""
    try:
        match chosen.what:
            case "on":
                about = {"name": chosen.name, "arguments": arguments_of(chosen.arguments)}
                said = running.switch_fault({"on": about})["said"]
            case "off":
                said = running.switch_fault({"off": chosen.name})["said"]
            case _:
                said = _listed(running.faults())
    except (running.NothingUp, running.Refused, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(said)
    return 0


def arguments_of(words: list[str]) -> dict[str, Any]:
    """Read `key=value` words; a value is JSON, else text. Raises ValueError."""
    arguments: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise ValueError(f"expected KEY=VALUE, got {word}")
        try:
            arguments[name] = json.loads(value)
        except ValueError:
            arguments[name] = value
    return arguments


def _listed(faults: dict[str, Any]) -> str:
    width = max(len(fault["name"]) for fault in faults["catalogue"])
    lines = []
    for fault in faults["catalogue"]:
        takes = " ".join(f"{name}={json.dumps(value)}" for name, value in fault["arguments"].items())
        mark = "on" if fault["name"] in faults["active"] else ""
        lines.append(f"{mark:2} {fault['name']:<{width}}  {fault['what']}{f'  [{takes}]' if takes else ''}")
    return "\n".join(lines)
