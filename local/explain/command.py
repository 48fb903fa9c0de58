"""The command: explanations as a table that people like to read, and as JSON."""

import json
import sys
from argparse import Namespace
from typing import Any

from rich.console import Console
from rich.text import Text

from local.explain import reported_call
from local.explain.explanations import explanations_of
from local.replay.clock import VirtualClock
from local.replay.command import inputs_of, report_empty, stack_of
from local.replay.places import what_is_wrong


def explain(arguments: Namespace) -> int:
    """Run the command; returns the exit code: 1 where an event could not be explained."""
    inputs = inputs_of(arguments)
    times = [event.at for event in inputs.events if event.at]
    stack = stack_of(inputs, VirtualClock(min(times, default=None)))
    found = explanations_of(stack, inputs.events)
    explanations = [explanation for explanation in found if not isinstance(explanation, str)]
    if arguments.json:
        print(json.dumps(explanations, indent=2))
    else:
        console = Console(highlight=False)
        for explanation in explanations:
            _show(explanation, console)
    report_empty(inputs)
    for (place, event), reason in zip(inputs.placed, found, strict=True):
        if isinstance(reason, str):
            wrong = what_is_wrong(event, place) or f"{place}: {reason}"
            print(f"{wrong}; nothing is decided", file=sys.stderr)
    return 1 if inputs.empty or len(explanations) < len(found) else 0


def _show(explanation: dict[str, Any], console: Console) -> None:
    decision, customer = explanation["decision"], explanation.get("customer")
    contact = explanation["contact"]
    leg = f"  leg {explanation['leg']}" if explanation["leg"] not in (contact, None) else ""
    heading = Text.assemble((_about(explanation), "bold"), leg, (f"  {explanation['event']}", "dim"))
    console.print(heading, soft_wrap=True)
    if customer is not None:
        user = f", user {customer['user']}" if customer["user"] else ""
        by = f", by {customer['by']}" if customer["by"] else ""
        console.print(Text(f"  customer  {customer['kind']}{user}{by}"))
    _show_decision("decision", decision, console)
    if (first := explanation.get("first_leg")) is not None:
        _show_decision("first leg", first, console)
    for given in explanation.get("ticket_fields", ()):
        console.print(Text(f"  sets      {_given(given)}"), soft_wrap=True)
    if (shown := explanation.get("call")) is not None:
        console.print(Text(f"  call      {reported_call.line(shown)}"), soft_wrap=True)
    if (task := explanation.get("task")) is not None:
        scheduled = f", at {task['scheduled']}" if task["scheduled"] else ""
        console.print(Text(f"  task      {task['name']}{scheduled}"), soft_wrap=True)
    if "pop" in explanation:
        shown = explanation["pop"]
        seen = f"{shown['kind']} {shown['id'] or '(the one made for the contact)'}" if shown else "nothing"
        console.print(Text(f"  pop       {seen}"))
    for notice in explanation.get("notices", ()):
        console.print(Text(f"  notice    {notice['rule']}: {notice['text']}"), soft_wrap=True)
    if "settings" in explanation:
        _show_settings(explanation["settings"], console)
    console.print()


def _given(given: dict[str, Any]) -> str:
    """Return a line on what a rule of `ticket_fields` sets (T17)."""
    field = f"field {given['what']}" if isinstance(given["what"], int) else given["what"]
    value = json.dumps(given["value"], ensure_ascii=False)
    taken = f", from the attribute {given['attribute']}" if given["attribute"] else ""
    return f'{field} = {value}  (rule "{given["rule"]}"{taken})'


def _about(explanation: dict[str, Any]) -> str:
    if explanation["contact"]:
        return f"contact {explanation['contact']}"
    ticket = explanation["decision"]["ticket"]
    return f"ticket {ticket}" if ticket else "the agent's contacts"


def _show_decision(heading: str, decision: dict[str, Any], console: Console) -> None:
    target = f" ticket {decision['ticket']}" if decision["ticket"] else ""
    action = decision["action"].replace("_", " ")
    console.print(Text(f"  {heading:<10}{action}{target}  ({decision['rule']})", "green"))
    for reason in decision["reasons"]:
        console.print(Text(f"            {reason['rule']:<4}{reason['text']}"), soft_wrap=True)


def _show_settings(settings: dict[str, dict[str, Any]], console: Console) -> None:
    rows = [
        (name, json.dumps(setting["value"]), setting["source"].replace("_", " "), setting["raw"] or "")
        for name, setting in settings.items()
        if setting["source"] != "default"
    ]
    if not rows:
        console.print(Text("  no setting is given", "dim"))
    else:
        headings = ("setting", "value", "from", "as written")
        # As wide as it has to be, whatever the terminal's width: names are there to be copied.
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for style, row in (("dim", headings), *(("", row) for row in rows)):
            cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            console.print(Text(f"  {cells.rstrip()}", style), soft_wrap=True)
    for setting in settings.values():
        if setting["warning"]:
            console.print(Text(f"  ignored   {setting['warning']}", "yellow"), soft_wrap=True)
