"""Publishes, once, what a contact is linked to: what waited for its ticket goes on from there (X4, V1)."""

from connect_zendesk.detail_types import NO_TICKET_LINKED, TICKET_LINKED
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.ledger.steps import run_once
from connect_zendesk.workflows.services import Services


def publish(services: Services, root: str, head: Head) -> None:
    """Publish *Ticket Linked* for a contact that is settled with a ticket, *No Ticket Linked* without.

    It is a step like any other: published, then confirmed; so call it whenever ``head`` is what holds, and
    after that has been written. A contact that is moved to another ticket is published again. Raises
    `NotReady` while another container publishes it, and `NotPublished`.
    """
    detail = {
        "contact": root,
        "ticket": head.ticket,
        "requester": head.requester,
        "customer": head.customer,
        "action": head.action,
        "rule": head.rule,
        "at": services.clock().isoformat(),
    }

    def publish(_: object) -> bool:
        services.messages.publish(TICKET_LINKED if head.ticket else NO_TICKET_LINKED, detail)
        return True

    step = contact_step(root, f"linked#{head.ticket}#{head.attached or ''}")
    run_once(services.ledger, step, write=publish)
