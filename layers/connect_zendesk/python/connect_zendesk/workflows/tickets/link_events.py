"""Publishes, once, what a contact is linked to: what waited for its ticket goes on from there (X4, V1)."""

from connect_zendesk.detail_types import NO_TICKET_LINKED, TICKET_LINKED
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import AUTHENTICATION, FILES, HEAD, contact_step
from connect_zendesk.ledger.steps import result_of, run_once
from connect_zendesk.workflows.services import Services


def publish(services: Services, root: str, head: Head) -> None:
    """Publish *Ticket Linked* for a contact that is settled with a ticket, *No Ticket Linked* without.

    It is a step like any other: published, then confirmed; so call it whenever ``head`` is what holds, and
    after that has been written. A contact that is moved to another ticket is published again. Raises
    `NotReady` while another container publishes it, and `NotPublished`.
    """
    step = contact_step(root, f"linked#{head.ticket}#{head.attached or ''}")
    if result_of(services.ledger, step) is not None:
        return
    detail = {
        "contact": root,
        "ticket": head.ticket,
        "requester": head.requester,
        "customer": head.customer,
        "action": head.action,
        "rule": head.rule,
        "at": services.clock().isoformat(),
        **_waiting(services, root),
    }

    def publish(_: object) -> bool:
        services.messages.publish(TICKET_LINKED if head.ticket else NO_TICKET_LINKED, detail)
        return True

    run_once(services.ledger, step, write=publish)


def _waiting(services: Services, root: str) -> dict[str, bool]:
    """Return what waits for the contact's head, which is written by now: nothing else need be invoked.

    What comes later reads the head, after it has left its pointer.
    """
    services.ledger.look_again(HEAD.key(root=root))
    pointers = {"files": FILES.key(root=root), "authentication": AUTHENTICATION.key(root=root)}
    return {name: services.ledger.recall(key) is not None for name, key in pointers.items()}
