"""The contacts of an agent: all that the agent app can ask about, by Amazon Connect's own events (A4)."""

from connect_zendesk.http_messages import Rejected
from connect_zendesk.ledger import agent_contacts
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.workflows.services import Services


def own(services: Services, agent: int, named: str, *, still_on: bool = False) -> AgentContact:
    """Return the contact of an agent that a page names, by its id or that of the agent's leg.

    One that the agent is on, or was on until ten minutes ago; with ``still_on`` only the former. Raises
    `Rejected`, alike where there is no such contact and where it is another's.
    """
    found = find(services, agent, named)
    if found is None or (still_on and found.until is not None):
        raise Rejected(403, "a contact that the agent is not on")
    return found


def find(services: Services, agent: int, named: str) -> AgentContact | None:
    """Return the contact of an agent of this id, or None."""
    contacts = agent_contacts.at(services.ledger, agent, services.clock())
    return next((each for each in contacts if named in (each.root, each.leg)), None)
