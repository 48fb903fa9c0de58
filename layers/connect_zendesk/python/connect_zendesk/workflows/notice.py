"""Tells the agent what needs their attention (A2): in a private comment, where there is a ticket to put it on."""

from connect_zendesk.ledger import KEEP_CLAIM, contact
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import notice
from connect_zendesk.rules.contact import Leg
from connect_zendesk.rules.notice import Notice
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.once import once
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Permanent


def tell(
    clients: Clients, leg: Leg, agent: int | None, notices: tuple[Notice, ...], ticket: int | None
) -> None:
    """Give an agent (a Zendesk user id) the notices of a contact, each once for the contact and agent.

    ``ticket`` is the contact's, else the one that was shown. Where there is none they are counted and logged
    by their rules; an agent app would show them. Raises `ZendeskError` that may pass, and `Busy`.
    """
    partition, sort = contact(leg.root_id), f"notices#{agent}"
    told = clients.ledger.recall(partition, sort) if notices else None
    new = tuple(item for item in notices if told is None or item.rule not in told.value)
    if not new:
        return
    rules = [item.rule for item in new]
    if ticket is not None and _comment(clients, leg, f"notice#{agent}#{'+'.join(rules)}", ticket, new):
        count("NoticeOnTicket", len(new))
    else:
        count("NoticeWithoutTicket", len(new))
    logger.info("notices to the agent", contact=leg.root_id, rules=rules, on_ticket=ticket is not None)
    clients.ledger.change(partition, sort, lambda known: sorted({*(known or ()), *rules}), KEEP_CLAIM)


def _comment(clients: Clients, leg: Leg, step: str, ticket: int, notices: tuple[Notice, ...]) -> bool:
    """Put notices on a ticket, once; returns whether the ticket took them."""
    written = {"contact": leg.root_id, "leg": leg.contact_id, "step": step}
    change = {
        "comment": {"html_body": notice.as_comment(notices), "public": False},
        "metadata": {tickets.METADATA: written},
    }
    try:
        done = once(
            clients.ledger,
            contact(leg.root_id),
            f"step#{step}",
            body=lambda: change,
            write=lambda claim: tickets.update(clients.zendesk, ticket, claim.body).id,
            find=lambda claim: (
                ticket
                if tickets.was_written(clients.zendesk, ticket, step, claim.since or leg.began)
                else None
            ),
        )
    except Permanent as error:
        # A closed or deleted ticket takes no comment: the contact itself goes on without it.
        logger.info("the ticket does not take a notice", contact=leg.root_id, error=type(error).__name__)
        return False
    return bool(done)
