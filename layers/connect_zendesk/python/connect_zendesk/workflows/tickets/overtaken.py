"""Says on a ticket that was made for a contact that the contact has gone on with another one (A1, T1)."""

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.rules import wording
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_notes import add_note


def note(services: Services, root: str, made: int | None, now: Head) -> None:
    """Leave a note on a ticket that was made for a contact which never came to be on it.

    ``now`` is what holds for the contact. Raises `ZendeskError`, and `Conflict` while another container
    writes the note.
    """
    if made is None or now.ticket in (None, made) or str(made) in heads.earlier(services.ledger, root):
        return
    line = wording.MOVED_TO.format(ticket=now.ticket, contact=root)
    add_note(services, contact_step(root, f"moved#{made}"), made, [line], root)
