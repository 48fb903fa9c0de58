"""A private note on a ticket, once: a question or a notice about a contact to its agent (A2)."""

from collections.abc import Sequence
from typing import Any

from connect_zendesk.ledger.schema import Step
from connect_zendesk.rules.tickets.comment import escape
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_updates import update_once
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, NotFound


def add_note(services: Services, step: Step, ticket: int, lines: Sequence[str], contact: str | None) -> bool:
    """Write lines of text on a ticket as a private comment, once; returns whether the ticket can have it.

    A closed ticket cannot, nor one that is gone. ``step`` names the note in the ledger and in the ticket's
    audits; ``contact`` is the contact that it is about. Raises `ZendeskError` and `Conflict`.
    """

    def change() -> dict[str, Any]:
        html = "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"
        return {
            "comment": tickets.private_comment(html),
            "metadata": {tickets.METADATA: {"contact": contact, "step": step.place}},
        }

    try:
        update_once(services, step, ticket, step.place, change)
    except (Closed, NotFound):
        return False
    return True
