"""What came of a replay, as JSON and as text for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.zendesk.html_text import plain_text

_TICKET = ("id", "subject", "status", "requester_id", "assignee_id", "external_id", "tags")
_USER = ("id", "name", "phone", "email", "role", "external_id", "user_fields")


def outcome(
    *,
    tickets: Sequence[Mapping[str, Any]],
    users: Sequence[Mapping[str, Any]],
    pops: Sequence[Mapping[str, Any]],
    requests: Mapping[str, int],
    later: Sequence[Any],
    dead_letters: Sequence[Mapping[str, str]],
    tasks: Sequence[Mapping[str, Any]],
    flow_answers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what came of a replay, in the form that `replay --json` prints.

    ``tasks`` are contact records of tasks that were made.
    """
    told = {"flow_answers": list(flow_answers)} if flow_answers else {}
    return told | {
        "tickets": [
            {name: ticket.get(name) for name in _TICKET}
            | {"comments": [_comment(comment) for comment in ticket["comments"]]}
            for ticket in tickets
        ],
        "users": [{name: user.get(name) for name in _USER} for user in users],
        "pops": list(pops),
        "tasks": [_task(record) for record in tasks],
        "requests": dict(sorted(requests.items())),
        "later": list(later),
        "dead_letters": [{"source": letter["source"], "reason": letter["reason"]} for letter in dead_letters],
    }


def _task(record: Mapping[str, Any]) -> dict[str, Any]:
    details = record.get("ContactDetails") or {}
    return {
        "contact": record["ContactId"],
        "name": task_name(record),
        "description": record.get("Description") or details.get("Description"),
        "scheduled": record.get("ScheduledTimestamp"),
        "attributes": record.get("Attributes") or {},
        "references": record.get("References") or [],
    }


def task_name(record: Mapping[str, Any]) -> str:
    """Return the name of a task by its contact record, which has it in one of two places."""
    return str(record.get("Name") or (record.get("ContactDetails") or {}).get("Name"))


def _comment(comment: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"kind": comment["kind"], "public": comment["public"]}
    if comment["kind"] == "voice_comment":
        return shown | {"data": comment["data"]}
    return shown | {"body": comment.get("html_body") or comment["body"]}


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print what came of a replay."""
    names = {user["id"]: user["name"] for user in result["users"]}
    for ticket in result["tickets"]:
        heading = Text.assemble((f"#{ticket['id']} ", "bold"), (ticket["subject"] or "", "bold"))
        about = f"{ticket['status']}, requested by {names.get(ticket['requester_id'], '?')}"
        console.print(heading, Text(about, "dim"))
        for comment in ticket["comments"]:
            console.print(Padding(_shown(comment), (0, 0, 0, 4)))
    for answer in result.get("flow_answers", ()):
        told = ", ".join(f"{name}: {value}" for name, value in answer.items() if value)
        console.print(Text.assemble(("the flow was told ", "cyan"), told), soft_wrap=True)
    for pop in result["pops"]:
        shown = (
            f"ticket {pop['ticket']}" if "ticket" in pop else f"user {names.get(pop['user'], pop['user'])}"
        )
        agent = names.get(pop["agent"], pop["agent"])
        console.print(Text.assemble((f"{agent} is shown ", "cyan"), shown))
    for task in result["tasks"]:
        when = f", to start at {task['scheduled']}" if task["scheduled"] else ""
        console.print(Text.assemble(("task made ", "cyan"), f"{task['name']}{when}"), soft_wrap=True)
    table = Table(title="Requests to Zendesk", title_justify="left", box=None, show_header=False)
    for endpoint, number in result["requests"].items():
        table.add_row(str(number), endpoint)
    console.print(table)
    for letter in result["dead_letters"]:
        console.print(Text(f"dead letter from {letter['source']}: {letter['reason']}", "red"))


def _shown(comment: Mapping[str, Any]) -> Group:
    kind = "public" if comment["public"] else "private"
    if comment["kind"] == "voice_comment":
        told = "\n".join(f"{name}: {value}" for name, value in comment["data"].items())
        return Group(Text(f"voice comment, {kind}", "cyan"), Text(told))
    return Group(Text(f"comment, {kind}", "cyan"), Text(plain_text(comment["body"])))
