"""`python -m local explain`: what is decided about a contact, and why, as of its event. Writes nothing."""

import json
import sys
from argparse import Namespace
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connect_zendesk.rules.contact import Leg
from connect_zendesk.rules.customer import Customer
from connect_zendesk.rules.facts import Facts, NewUser
from connect_zendesk.rules.lookups import Known, Unknown
from connect_zendesk.rules.settings import Resolved
from connect_zendesk.rules.ticket import Decision
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.decide import decide, look_up
from local.replay.clock import VirtualClock
from local.replay.command import inputs_of, stack_of
from local.replay.in_process import InProcess
from local.replay.inputs import Inputs


def explain(arguments: Namespace) -> int:
    """Run the command; returns the exit code: 1 where an event could not be explained."""
    inputs = inputs_of(arguments)
    explanations = explanations_of(inputs)
    if arguments.json:
        print(json.dumps(explanations, indent=2))
    else:
        console = Console()
        for explanation in explanations:
            _show(explanation, console)
    unexplained = len(inputs.events) - len(explanations)
    if unexplained:
        print(f"{unexplained} of the events are no contact records: nothing to decide", file=sys.stderr)
    return 1 if unexplained else 0


def explanations_of(inputs: Inputs) -> list[dict[str, Any]]:
    """Return one explanation for each contact leg, in the order of the events."""
    legs = [event.leg for event in inputs.events]
    stack = stack_of(inputs, VirtualClock(min((leg.updated for leg in legs if leg), default=None)))
    return [_explanation(stack, leg) for leg in legs if leg is not None]


def _explanation(stack: InProcess, leg: Leg) -> dict[str, Any]:
    decision = decide(stack.clients, leg, "ended")
    customer = decision.customer or _customer(stack.clients, leg, decision)
    requester = decision.requester
    return {
        "contact": leg.root_id,
        "leg": leg.contact_id,
        "settings": {name: _setting(resolved) for name, resolved in decision.settings.by_name.items()},
        "customer": {"kind": customer.kind, "user": customer.user.id if customer.user else None},
        "decision": {
            "action": decision.action,
            "ticket": decision.ticket,
            "requester": None if requester is None or isinstance(requester, NewUser) else requester.id,
            "rule": decision.rule,
            "reasons": [{"rule": reason.rule, "text": reason.text} for reason in decision.reasons],
        },
    }


def _customer(clients: Clients, leg: Leg, decision: Decision) -> Customer:
    """Find out who the customer is though no rule asked: whoever asks for an explanation wants to know."""
    known = Known()
    while True:
        try:
            return Facts(leg, clients.app, decision.settings, known).customer
        except Unknown as missing:
            known = known.with_answer(missing.look_up, look_up(clients, missing.look_up))


def _setting(resolved: Resolved) -> dict[str, Any]:
    value = list(resolved.value) if isinstance(resolved.value, tuple) else resolved.value
    warning = "; ".join(str(warning) for warning in resolved.warnings) or None
    return {"value": value, "source": resolved.source, "raw": resolved.raw, "warning": warning}


def _show(explanation: dict[str, Any], console: Console) -> None:
    decision, customer = explanation["decision"], explanation["customer"]
    console.print(Text(f"contact {explanation['contact']}", "bold"))
    user = f", user {customer['user']}" if customer["user"] else ""
    console.print(Text(f"  customer  {customer['kind']}{user}"))
    target = f" ticket {decision['ticket']}" if decision["ticket"] else ""
    action = decision["action"].replace("_", " ")
    console.print(Text(f"  decision  {action}{target}  ({decision['rule']})", "green"))
    for reason in decision["reasons"]:
        console.print(Text(f"            {reason['rule']:<4}{reason['text']}"), soft_wrap=True)
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("  setting", "value", "from", "as written"):
        table.add_column(heading)
    for name, setting in explanation["settings"].items():
        if setting["source"] != "default":
            row = (f"  {name}", json.dumps(setting["value"]), setting["source"].replace("_", " "))
            table.add_row(*(Text(cell) for cell in row), Text(setting["raw"] or ""))
    console.print(table if table.row_count else Text("  no setting is given", "dim"))
    for setting in explanation["settings"].values():
        if setting["warning"]:
            console.print(Text(f"  ignored   {setting['warning']}", "yellow"), soft_wrap=True)
    console.print()
