"""Says on a ticket that was made for a contact that the contact has gone on with another one (A1, T1)."""

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.rules import wording
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.new_ticket import begun
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets


def tell(services: Services, root: str, name: str, now: Head) -> None:
    """Leave a note on the contact's ticket of this name, where there is one that the contact never was on.

    ``now`` is what holds for the contact. Raises `ZendeskError`, and `Conflict` while another container
    writes the note.
    """
    known = begun(services, root, name)
    if now.ticket is None or known is None or known.notes is None:
        return
    made = known.notes["head"].get("ticket")
    if made is None:  # whoever was making it may have come as far as Zendesk
        found = tickets.by_external_id(services.zendesk, name)
        made = found.id if found is not None else now.ticket
    if str(made) not in {str(now.ticket), *heads.earlier(services.ledger, root)}:
        line = wording.MOVED_TO.format(ticket=now.ticket, contact=root)
        add_note(services, contact_step(root, f"overtaken#{made}"), made, [line], root)
