"""A private note on a ticket, once: what an agent is asked or told about a contact (A2)."""

from collections.abc import Sequence
from typing import Any

from connect_zendesk.rules.tickets.comment import escape
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_updates import update_once
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, NotFound


def add_note(
    services: Services, partition: str, step: str, ticket: int, lines: Sequence[str], contact: str | None
) -> bool:
    """Write lines of text on a ticket as a private comment, once; returns whether the ticket can have it.

    A closed ticket cannot, nor one that is gone. ``step`` names the note within the ledger's ``partition``,
    and with the partition in the ticket's audits; ``contact`` is the contact that it is about. Raises
    `ZendeskError` and `NotReady`.
    """
    mark = f"{partition} {step}"

    def body() -> dict[str, Any]:
        html = "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"
        return {
            "change": {
                "comment": tickets.private_comment(html),
                "metadata": {tickets.METADATA: {"contact": contact, "step": mark}},
            }
        }

    try:
        update_once(services, (partition, f"step#{step}"), ticket, mark, body)
    except (Closed, NotFound):
        return False
    return True
