"""Who the agent of a page is in Amazon Connect: what the page says, held against what is known (P7, P8)."""

from typing import Literal

from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger import agent_pages
from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import ZendeskError

Problem = Literal["another agent", "another instance"]


def close(services: Services, agent: int) -> None:
    """Note that an agent's page goes: another tab of theirs says within the minute that it is still open."""
    agent_pages.closed(services.ledger, agent)


def report(services: Services, agent: int, arn: str | None) -> Problem | None:
    """Note that an agent's page is open, and return what is wrong with the Amazon Connect agent it has.

    ``arn`` is what the page has of its agent from Amazon Connect, None while it is not signed in there. It is
    believed where P7 finds the same Zendesk user for it, and else only shown. A page that has no such agent
    does not know when anything rings, and does not count as open.
    """
    problem, confirmed = _confirmed(services, agent, arn) if arn else (None, False)
    if confirmed:
        agent_pages.reported(services.ledger, agent, arn)
    return problem


def _confirmed(services: Services, agent: int, arn: str) -> tuple[Problem | None, bool]:
    own = services.connect_instance
    instance, _, user = arn.partition("/agent/")
    # Who is asked for and whose contacts are must be one, whichever way an ARN is read: one slash, no more.
    if not user or "/" in user or (own and instance != own):
        return "another instance", False
    known = known_agents.recall(services.ledger, "", arn)
    if known is None and not agent_pages.may_ask(services.ledger, agent, "arn"):
        return None, False
    try:
        found = agents.known(services, "", arn)
    except (ZendeskError, Throttled):
        return None, False  # what cannot be found out now is no problem of the agent's
    return (None, True) if found.zendesk == agent else ("another agent", False)
