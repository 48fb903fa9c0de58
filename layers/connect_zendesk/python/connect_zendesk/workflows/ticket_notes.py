"""A private note on a ticket, once: what an agent is asked or told about a contact (A2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connect_zendesk.ledger import Claim
from connect_zendesk.rules.comment import escape
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.once import once
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, NotFound


def add_note(
    clients: Clients, partition: str, step: str, ticket: int, lines: Sequence[str], contact: str | None
) -> bool:
    """Write lines of text on a ticket as a private comment, once; returns whether the ticket can have it.

    A closed ticket cannot, nor one that is gone. ``step`` names the note within the ledger's ``partition``,
    and with the partition in the ticket's audits; ``contact`` is the contact that it is about. Raises
    `ZendeskError` and `Busy`.
    """
    marker = f"{partition} {step}"
    unchanged_since: datetime | None = None

    def body() -> dict[str, Any]:
        html = "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"
        return {
            "comment": {"html_body": html, "public": False},
            "metadata": {tickets.METADATA: {"contact": contact, "step": marker}},
        }

    def write(claim: Claim) -> bool:
        tickets.update(clients.zendesk, ticket, claim.body, unchanged_since)
        return True

    def find(claim: Claim) -> bool | None:
        nonlocal unchanged_since
        assert claim.since is not None  # noqa: S101 - a claim that is ours has a beginning
        # The attempt that died may still be on its way: whatever comes after this look makes our own lose.
        seen = tickets.by_id(clients.zendesk, ticket)
        unchanged_since = seen.updated if seen else None
        return tickets.was_written(clients.zendesk, ticket, marker, claim.since) or None

    try:
        once(clients.ledger, partition, f"step#{step}", body=body, write=write, find=find)
    except (Closed, NotFound):
        return False
    return True
