"""What an agent's page shows by itself for a leg, once, and never beside Zendesk's display (P1, P2, P8)."""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect import described_contact
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.amazon_connect.errors import Refused
from connect_zendesk.errors import NotReady
from connect_zendesk.http_messages import Rejected
from connect_zendesk.ledger import agent_pages
from connect_zendesk.ledger.agent_pages import Offer
from connect_zendesk.ledger.schema import POP
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Agent
from connect_zendesk.rules.tickets.pop import LATEST
from connect_zendesk.workflows.agent_app.own_contacts import find
from connect_zendesk.workflows.contact_events import ring
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import ZendeskError

#: States of a leg that GetCurrentUserData has, while it is offered to an agent.
_RINGING = frozenset({"CONNECTING", "INCOMING", "PENDING"})
_SOON = 1


def claim(services: Services, agent: int, leg: str, *, answered: bool) -> dict[str, Any]:
    """Return what a page is to show now for a leg of its agent's, as JSON has it; each thing once.

    Accepted, or ringing with an agent event stream: what was left to the page. Ringing without one: as P1 has
    it, where Amazon Connect says that it rings at this agent. ``answered``: by now, as the page sees it, so
    what was left to it while the contact rang is not the last. Raises `Rejected` where the leg is not this
    agent's, and `NotReady` where the event that says so is still to come.
    """
    offer = agent_pages.offered(services.ledger, agent, leg)
    on = find(services, agent, leg) is not None
    if offer is not None and offer.rings and answered and not on:
        raise NotReady("the contact event of the acceptance is still to come", _SOON)
    if offer is None and not on:
        offer = _ringing(services, agent, leg)
    if offer is None or offer.kind is None or offer.id is None:
        return {"shows": None}
    if services.clock() - datetime.fromisoformat(offer.at) > LATEST:
        count(Metric.POP_TOO_LATE)
        return {"shows": None}
    shown = POP.key(root=offer.root, leg=leg, agent=agent, what=offer.kind, id=offer.id)
    if not services.ledger.first(shown):
        return {"shows": None}
    count(Metric.POP_BY_PAGE)
    logger.info("pop shown by the page", contact=offer.root, leg=leg, what=offer.kind)
    return {"shows": {"kind": offer.kind, "id": offer.id}}


def _ringing(services: Services, agent: int, leg: str) -> Offer | None:
    """Leave to the page what it is to show for a leg that rings at its agent, and return that."""
    page = agent_pages.page_of(services.ledger, agent)
    if page is None or page.arn is None:
        raise NotReady("the page has not said who its agent is in Amazon Connect", _SOON)
    instance = page.arn.partition("/agent/")[0]
    if not agent_pages.may_ask(services.ledger, agent, "ringing"):
        raise NotReady("the agent's contacts were asked for just now", _SOON)
    try:
        offered = services.amazon_connect.contacts_of(page.arn).get(leg)
        if offered is None:
            raise Rejected(403, "a contact that the agent is not on")
        if offered.state not in _RINGING:
            raise NotReady("the contact event of the acceptance is still to come", _SOON)
        described = services.amazon_connect.contact(instance, leg)
        ringing = described_contact.parse(described, instance) if described else None
        shown = ring.shown(services, ringing, Agent("", page.arn)) if ringing else None
    except (Refused, ClientError, ZendeskError, NotAContactRecord) as error:
        count(Metric.POP_FAILED)
        logger.info("pop not shown", leg=leg, why=type(error).__name__)
        return None
    what = (shown.kind, shown.id) if shown is not None else None
    root = ringing.root_id if ringing else leg
    agent_pages.offer(services.ledger, agent, leg, root, what, rings=True)
    return agent_pages.offered(services.ledger, agent, leg)
