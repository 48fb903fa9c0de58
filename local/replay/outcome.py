"""What came of a replay, as JSON and as text for people."""

from collections.abc import Mapping, Sequence
from textwrap import indent
from typing import Any

from rich.console import Console
from rich.text import Text

from local.stand_ins.zendesk.tickets.html_text import plain_text

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
    notices: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what came of a replay, in the form that `replay --json` prints.

    ``tasks`` are contact records of tasks that were made; ``notices`` what agents are to know (A2).
    """
    flows = {"flow_answers": list(flow_answers)} if flow_answers else {}
    noticed = {"notices": list(notices)} if notices else {}
    return (
        flows
        | noticed
        | {
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
            "dead_letters": [
                {"source": letter["source"], "reason": letter["reason"]} for letter in dead_letters
            ],
        }
    )


def since(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came between two outcomes of one laptop, in the same form.

    Of a ticket that was there, its new comments, and how many ``earlier_comments`` there are; of users, those
    whom the rest names.
    """
    known = {ticket["id"]: ticket for ticket in before["tickets"]}
    tickets = []
    for ticket in after["tickets"]:
        old = known.get(ticket["id"])
        if old is None:
            tickets.append(ticket)
        elif old != ticket:
            count = len(old["comments"])
            tickets.append({**ticket, "comments": ticket["comments"][count:], "earlier_comments": count})
    new = {name: after[name][len(before[name]) :] for name in ("pops", "tasks", "dead_letters")}
    requests = {
        name: times - before["requests"].get(name, 0)
        for name, times in after["requests"].items()
        if times > before["requests"].get(name, 0)
    }
    people = {ticket[name] for ticket in tickets for name in ("requester_id", "assignee_id")}
    people |= {pop.get(name) for pop in new["pops"] for name in ("agent", "user")}
    people |= {notice["agent"] for notice in after.get("notices", ())}
    users = [user for user in after["users"] if user["id"] in people or user not in before["users"]]
    return {**after, **new, "tickets": tickets, "users": users, "requests": requests}


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


def leg_of_call(comment: Mapping[str, Any]) -> str | None:
    """Return the leg whose call a comment of the stand-in shows (M5); None for one that shows none."""
    name = (comment.get("data") or {}).get("external_id")
    return str(name).partition("~")[0] if name else None


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
        console.print(heading, Text(about, "dim"), soft_wrap=True)
        if earlier := ticket.get("earlier_comments"):
            console.print(Text(f"    {earlier} earlier comments", "dim"), soft_wrap=True)
        for comment in ticket["comments"]:
            console.print(_shown(comment), soft_wrap=True)
    for answer in result.get("flow_answers", ()):
        values = ", ".join(f"{name}: {value}" for name, value in answer.items() if value)
        console.print(Text.assemble(("the flow got ", "cyan"), values), soft_wrap=True)
    for pop in result["pops"]:
        shown = (
            f"ticket {pop['ticket']}" if "ticket" in pop else f"user {names.get(pop['user'], pop['user'])}"
        )
        agent = names.get(pop["agent"], pop["agent"])
        console.print(Text.assemble((f"{agent} is shown ", "cyan"), shown), soft_wrap=True)
    for notice in result.get("notices", ()):
        agent = names.get(notice["agent"], notice["agent"] or "?")
        said = f"{notice['rule']}: {notice['text']}"
        console.print(Text.assemble((f"notice to {agent} ", "cyan"), said), soft_wrap=True)
    for task in result["tasks"]:
        when = f", to start at {task['scheduled']}" if task["scheduled"] else ""
        console.print(Text.assemble(("task made ", "cyan"), f"{task['name']}{when}"), soft_wrap=True)
    console.print(Text("Requests to Zendesk", "italic"))
    width = len(str(max(result["requests"].values(), default=0)))
    for endpoint, number in result["requests"].items():
        console.print(Text(f"  {number:>{width}}  {endpoint}"), soft_wrap=True)
    for letter in result["dead_letters"]:
        text = f"dead letter from {letter['source']}: {letter['reason']}"
        console.print(Text(text, "red"), soft_wrap=True)


def _shown(comment: Mapping[str, Any]) -> Text:
    """Return a comment below its ticket. Its lines are as long as they are: a link stays whole."""
    kind = "public" if comment["public"] else "private"
    if comment["kind"] == "voice_comment":
        heading, body = (
            "call" if "call_id" in comment["data"] else "voice comment",
            "\n".join(f"{name}: {text}" for name, text in comment["data"].items() if text not in (None, "")),
        )
    else:
        heading, body = "comment", plain_text(comment["body"])
    return Text.assemble((f"    {heading}, {kind}\n", "cyan"), indent(body, "    "))
