"""Holds what the stand-ins and the functions' logs show against what the morning expects."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connect_zendesk.workflows.tickets.open_ticket import external_id
from connect_zendesk.zendesk.tickets import METADATA
from local.demo.morning import Contact, Morning


@dataclass(frozen=True)
class Row:
    """One contact's line of the table: what was seen, and what of it differs from what was expected."""

    contact: Contact
    rule: str
    ticket: str
    requester: str
    comments: int
    voice: int
    requests: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What there was to see after the morning: the stand-in's tickets and users, and the functions' logs."""

    tickets: Sequence[Mapping[str, Any]]
    users: Sequence[Mapping[str, Any]]
    logs: Sequence[Mapping[str, Any]]
    dead_letters: Sequence[str]


def rows(morning: Morning, seen: Seen) -> list[Row]:
    """Return a line for each contact."""
    requests: Counter[str] = Counter()
    for line in seen.logs:
        if {"zendesk_requests", "contact"} <= line.keys():
            requests[line["contact"]] += line["zendesk_requests"]
    rules = {line["contact"]: line["rule"] for line in seen.logs if {"contact", "rule"} <= line.keys()}
    return [_row(contact, seen, rules, requests) for contact in morning.contacts]


def other_differences(morning: Morning, seen: Seen) -> list[str]:
    """Return what is wrong with the morning as a whole: dead letters, unexpected tickets, duplicates."""
    wrong = []
    expected = sorted(letter.reason for letter in morning.dead_letters)
    if sorted(seen.dead_letters) != expected:
        wrong.append(f"dead letters: expected {expected}, got {sorted(seen.dead_letters)}")
    made = Counter(ticket["external_id"] for ticket in seen.tickets if ticket["external_id"])
    wrong += [f"{count} tickets for {name}" for name, count in made.items() if count > 1]
    ours = {external_id(contact.contact_id) for contact in morning.contacts if _is_new(contact)}
    wrong += [f"a ticket that no contact asks for: {name}" for name in made if name not in ours]
    made_here = [user for user in seen.users if str(user["external_id"]).startswith("amazon")]
    numbers = Counter(user["phone"] for user in made_here if user["phone"])
    wrong += [f"{count} users for one number" for number, count in numbers.items() if count > 1]
    return wrong


def _row(contact: Contact, seen: Seen, rules: Mapping[str, str], requests: Mapping[str, int]) -> Row:
    ticket = _ticket_of(contact, seen.tickets)
    users = {user["id"]: user for user in seen.users}
    requester = users.get(ticket["requester_id"], {}) if ticket else {}
    comments, voice = _written(contact, ticket) if ticket else (0, 0)
    row = Row(
        contact,
        rules.get(contact.contact_id, "?"),
        f"#{ticket['id']}" if ticket else "none",
        requester.get("name") or "",
        comments,
        voice,
        requests.get(contact.contact_id, 0),
        (),
    )
    wrong = list(_differences(row, ticket, requester))
    return Row(**{**row.__dict__, "differences": tuple(wrong)})


def _differences(row: Row, ticket: Mapping[str, Any] | None, requester: Mapping[str, Any]) -> Iterable[str]:
    contact = row.contact
    if row.rule != contact.rule:
        yield f"rule {contact.rule} expected"
    if contact.ticket == "none":
        if ticket is not None:
            yield "no ticket expected"
    elif ticket is None:
        yield f"ticket {contact.ticket} expected"
    else:
        followed = f"follow-up of {ticket['followup_source_id']}"
        is_new = ticket["external_id"] == external_id(contact.contact_id)
        if contact.ticket not in (ticket["id"], followed if is_new else None, "new" if is_new else None):
            yield f"ticket {contact.ticket} expected"
        if contact.requester not in (requester.get("name"), requester.get("phone")):
            yield f"requester {contact.requester} expected"
    if (row.comments, row.voice) != (contact.comments, contact.voice):
        yield f"{contact.comments} comments and {contact.voice} voice comments expected"
    if row.requests != contact.requests:
        yield f"{contact.requests} requests expected"


def _ticket_of(contact: Contact, tickets: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the ticket that the contact was written to, by the metadata of its audits."""
    return next((ticket for ticket in tickets if _steps(contact, ticket)), None)


def _steps(contact: Contact, ticket: Mapping[str, Any]) -> list[str]:
    ours = [(custom or {}).get(METADATA) or {} for custom in ticket["metadata"]]
    return [about["step"] for about in ours if about.get("contact") == contact.contact_id]


def _written(contact: Contact, ticket: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many private comments and how many voice comments the contact added.

    They are counted on the ticket, not in the metadata: by the contact's id in a comment and in a recording.
    """
    comments = [
        comment
        for comment in ticket["comments"]
        if comment["kind"] == "comment" and not comment["public"] and contact.contact_id in comment["body"]
    ]
    voice = sum(step.startswith("voice#") for step in _steps(contact, ticket))
    on_ticket = sum(comment["kind"] == "voice_comment" for comment in ticket["comments"])
    return len(comments), min(voice, on_ticket)


def _is_new(contact: Contact) -> bool:
    return contact.ticket == "new" or str(contact.ticket).startswith("follow-up")
