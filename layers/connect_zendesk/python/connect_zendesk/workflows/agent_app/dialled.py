"""A call that an agent dialled from a ticket or a user in Zendesk is for that ticket, that user (T7)."""

from connect_zendesk.errors import NotReady
from connect_zendesk.http_messages import Rejected
from connect_zendesk.ledger import agent_pages, heads, snapshots
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.ledger.steps import run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.settings.registry import ZENDESK_USER
from connect_zendesk.workflows.agent_app import attachments
from connect_zendesk.workflows.agent_app.attachments import Asked
from connect_zendesk.workflows.agent_app.own_contacts import find
from connect_zendesk.workflows.agent_app.settings_of_contact import settings_of_contact
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import tickets, users

_SOON = 1


def tie(services: Services, agent: int, leg: str, *, ticket: int | None, user: int | None) -> None:
    """Tie an agent's call to the ticket or user that it was dialled from.

    It becomes contact attributes, by which the contact is decided as if its flow had set them (T1, C1): with
    the ticket goes its requester, who is then the customer. A contact that has its ticket already is moved.
    Raises `Rejected`, `NotReady` and `ZendeskError`.
    """
    instance = _instance_of_own(services, agent, leg)
    attributes: dict[str, str] = {}
    if ticket is not None:
        found = tickets.by_id(services.zendesk, ticket)
        if found is None or found.status == "deleted":
            raise Rejected(422, "no such ticket")
        attributes[services.app.zendesk_ticket_attribute] = str(ticket)
        user = found.requester
    if user is not None:
        customer = users.by_id(services.zendesk, user)
        if customer is not None and customer.active and not customer.suspended:
            attributes[ZENDESK_USER.name] = str(user)
        elif ticket is None:
            raise Rejected(422, "no such user")
    root = leg  # an outgoing call is its own first leg
    run_once(
        services.ledger,
        contact_step(root, f"dialled#{root}"),
        write=lambda _: _set(services, instance, root, attributes),
    )
    count(Metric.CALL_DIALLED)
    logger.info("call dialled from Zendesk", contact=root, from_ticket=ticket is not None)
    head = heads.head(services.ledger, root)
    if ticket is not None and head is not None and head.ticket not in (None, ticket):
        attachments.ask(services, agent, Asked(f"dialled:{root}", ticket=ticket, contact=root))


def _set(services: Services, instance: str, root: str, attributes: dict[str, str]) -> bool:
    # Before: an acceptance that comes meanwhile asks Amazon Connect, and decides by what is set here.
    snapshots.outdate(services.ledger, root, services.clock())
    services.amazon_connect.set_attributes(instance, root, attributes)
    return True


def _instance_of_own(services: Services, agent: int, leg: str) -> str:
    """Return the ARN of the instance in which this agent is on this call, which they dialled.

    By an event, else by what Amazon Connect says now. Raises `Rejected` where they are not, and where it is
    no outgoing call: one that rings at several agents in turn would be decided by whom it rang at first.
    """
    page = agent_pages.page_of(services.ledger, agent)
    if page is None or page.arn is None:
        raise NotReady("the page has not said who its agent is in Amazon Connect", _SOON)
    instance = page.arn.partition("/agent/")[0]
    if (found := find(services, agent, leg)) is not None and found.until is None:
        known = settings_of_contact(services, found)
        if known is None:
            raise NotReady("nothing is known of the contact yet", _SOON)
        return _of_outgoing(instance, known.snapshot.leg.initiation_method, is_root=found.root == found.leg)
    if not agent_pages.may_ask(services.ledger, agent, "dialled"):
        raise NotReady("the agent's contacts were asked for just now", _SOON)
    now = services.amazon_connect.contacts_of(page.arn).get(leg)
    if now is None:
        raise Rejected(403, "a contact that the agent is not on")
    return _of_outgoing(instance, now.initiation_method)


def _of_outgoing(instance: str, method: str, *, is_root: bool = True) -> str:
    if method != "OUTBOUND" or not is_root:
        raise Rejected(403, "a contact that the agent did not dial")
    return instance
