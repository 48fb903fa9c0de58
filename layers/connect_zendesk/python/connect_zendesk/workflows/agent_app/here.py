"""Who the agent of a page is in Amazon Connect: what the page says, held against what is known (P7, P8)."""

from typing import Literal

from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger import agent_pages
from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import ZendeskError

Problem = Literal["another agent", "another instance"]


def report(services: Services, agent: int, arn: str | None) -> Problem | None:
    """Note that an agent's page is open, and return what is wrong with the Amazon Connect agent it has.

    ``arn`` is what the page has of its agent from Amazon Connect, None while it is not signed in there. It is
    believed where P7 finds the same Zendesk user for it, and else only shown.
    """
    problem, confirmed = _confirmed(services, agent, arn) if arn else (None, False)
    agent_pages.reported(services.ledger, agent, arn if confirmed else None)
    return problem


def _confirmed(services: Services, agent: int, arn: str) -> tuple[Problem | None, bool]:
    own = services.connect_instance
    if "/agent/" not in arn or (own and not arn.startswith(f"{own}/agent/")):
        return "another instance", False
    known = known_agents.recall(services.ledger, "", arn)
    if known is None and not agent_pages.may_ask(services.ledger, agent, "arn"):
        return None, False
    try:
        found = agents.known(services, "", arn)
    except (ZendeskError, Throttled):
        return None, False  # what cannot be found out now is no problem of the agent's
    return (None, True) if found.zendesk == agent else ("another agent", False)
