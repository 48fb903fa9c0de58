"""`python -m local flow`: what a contact flow comes to, before any contact enters it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from infra.flow_language.action_table import action_table
from infra.flow_language.flow import Flow, NotAFlow, read
from infra.flow_language.problems import Problem
from infra.flow_language.validation import problems_of
from infra.sample_flows import BY_NAME
from local.flows.contact import FlowContact
from local.flows.exploration import explore
from local.flows.findings import Finding, findings
from local.flows.script import Script, read_script
from local.flows.surroundings import surroundings
from local.flows.walk import Step, Surroundings, Walked, walk
from local.replay.clock import VirtualClock
from local.replay.command import stack_of
from local.replay.in_process import InProcess
from local.replay.inputs import BadInput, Inputs, read_table


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "flow",
        metavar="FILE",
        help="a flow as JSON (an export, or what DescribeContactFlow says), or a sample's name",
    )
    parser.add_argument(
        "--type",
        choices=action_table().flow_types,
        help="its type (default: the export's, else CONTACT_FLOW)",
    )
    parser.add_argument("--channel", default="VOICE", choices=("VOICE", "CHAT", "TASK"))
    parser.add_argument("--caller", metavar="NUMBER", help="who calls (default: a withheld number)")
    parser.add_argument(
        "--attribute",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a contact attribute that is set before",
    )
    parser.add_argument(
        "--keys",
        action="append",
        default=[],
        metavar="BLOCK=KEYS",
        help="keys that are pressed at a block; again for its next visit",
    )
    parser.add_argument(
        "--script",
        type=Path,
        metavar="FILE",
        help="what happens at which block, as JSON or TOML: keys, error, hang_up, intent and slots, result,"
        " answer, seconds",
    )
    parser.add_argument("--zendesk", type=Path, metavar="WORLD", help="users and tickets, as JSON or TOML")
    parser.add_argument("--connect", type=Path, metavar="WORLD", help="users and contacts, as JSON or TOML")
    parser.add_argument("--app-settings", type=Path, metavar="FILE", help="app settings, as JSON or TOML")
    parser.add_argument(
        "--every-branch",
        action="store_true",
        help="try everything at every block, and say which branch nothing takes",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: Namespace) -> int:
    """Run the command; returns the exit code: 1 where the flow would be refused. Raises `BadInput`."""
    text, name, flow_type = _content(arguments)
    problems = problems_of(text, flow_type)
    try:
        flow = read(text, name=name, flow_type=flow_type)
    except NotAFlow as error:
        raise BadInput(f"{arguments.flow}: {error}") from None
    around, walks = _surroundings(arguments), _Walks(arguments, flow)
    with redirect_stdout(StringIO()):  # the functions' logs and metrics are no part of the answer
        walked = walks.one(around)
        untaken = walks.untaken(around) if arguments.every_branch else []
    found = [
        *findings(flow),
        *(Finding(block, f"in these walks nothing took the branch {branch}") for block, branch in untaken),
    ]
    if arguments.json:
        print(json.dumps(_as_json(problems, found, walked), indent=2))
    else:
        _show(problems, found, walked, Console(highlight=False))
    return 1 if problems else 0


class _Walks:
    """The walks that the arguments ask for."""

    def __init__(self, arguments: Namespace, flow: Flow) -> None:
        self._flow = flow
        self._script = _script(arguments)
        self._contact = FlowContact(
            channel=arguments.channel,
            caller=arguments.caller,
            attributes=dict(_pair(each, "--attribute") for each in arguments.attribute),
        )

    def one(self, around: Surroundings) -> Walked:
        return walk(self._flow, self._contact, self._script, around)

    def untaken(self, around: Surroundings) -> list[tuple[str, str]]:
        explored = explore(
            self._flow, lambda script: walk(self._flow, self._contact, script, around), script=self._script
        )
        return explored.missing


def _content(arguments: Namespace) -> tuple[str, str, str | None]:
    if (sample := BY_NAME.get(arguments.flow)) is not None:
        return sample.text, sample.name, arguments.type or sample.type
    path = Path(arguments.flow)
    try:
        return path.read_text("utf-8-sig"), path.stem, arguments.type
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadInput(f"{path}: {reason}; samples are {', '.join(BY_NAME)}") from None


def _script(arguments: Namespace) -> Script:
    content: dict[str, Any] = dict(read_table(arguments.script) or {})
    for each in arguments.keys:
        block, keys = _pair(each, "--keys")
        said = content.get(block, [])
        content[block] = [*(said if isinstance(said, list) else [said]), keys]
    return read_script(content)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput(f"{option} {text}: expected a name and a value with = between them")
    return name, value


def _surroundings(arguments: Namespace) -> Surroundings:
    tables = (read_table(path) for path in (arguments.zendesk, arguments.connect, arguments.app_settings))
    stack: InProcess = stack_of(Inputs([], [], *tables), VirtualClock(None))
    return surroundings(stack.invoke_flow)


def _as_json(problems: list[Problem], found: list[Finding], walked: Walked) -> dict[str, Any]:
    return {
        "problems": [asdict(problem) for problem in problems],
        "findings": [asdict(finding) for finding in found],
        "steps": [_step(step) for step in walked.steps],
        "ended": walked.ended,
        "attributes": dict(walked.attributes),
    }


def _step(step: Step) -> dict[str, Any]:
    outcome = step.outcome
    about = {
        "said": outcome.said,
        "note": outcome.note,
        "attributes": dict(outcome.attributes),
        "answer": outcome.answer,
    }
    return {"flow": step.flow, "block": step.block, "branch": step.branch} | {
        name: value for name, value in about.items() if value
    }


def _show(problems: list[Problem], found: list[Finding], walked: Walked, console: Console) -> None:
    def line(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    line("Creation", "bold")
    for problem in problems:
        line(f"  {problem}", "red")
    if not problems:
        line("  Amazon Connect would create it, as far as is known.", "green")
    if found:
        line("Findings", "bold")
        for finding in found:
            line(f"  {finding.block}: {finding.text}", "yellow")
    line("Walk", "bold")
    for step in walked.steps:
        line(f"  {step.block}" + (f"  → {step.branch}" if step.branch not in (None, "next") else ""))
        _show_outcome(step, line)
    line(f"  Ended {walked.ended}.", "bold")
    line("Attributes", "bold")
    for name, value in walked.attributes.items():
        line(f"  {name} = {value}")
    if not walked.attributes:
        line("  none")


def _show_outcome(step: Step, line: Callable[..., None]) -> None:
    outcome = step.outcome
    if outcome.said:
        line(f"      “{outcome.said}”")
    if outcome.note:
        line(f"      {outcome.note}", "dim")
    for name, value in outcome.attributes.items():
        line(f"      sets {name} = {value}", "green")
    if isinstance(outcome.answer, dict):
        for name, value in outcome.answer.items():
            if value != "":
                line(f"      answer {name} = {value}", "cyan")
