"""The reasons for a ticket as its details show them: names in place of ids, where they are known (M1)."""

from collections.abc import Iterable

from connect_zendesk.ledger import agents
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.workflows.services import Services


def with_names(services: Services, leg: Leg, reasons: Iterable[str]) -> tuple[str, ...]:
    """Return reasons that name the leg's agent where they name that agent's Zendesk id (A1).

    The id stays in what is kept of a contact and in the logs. No one is asked who the agent is.
    """
    lines = tuple(reasons)
    username = leg.agent.username if leg.agent else ""
    if not username or not any(line.startswith("A1: ") for line in lines):
        return lines
    known = agents.recall(services.ledger, username, leg.agent.arn if leg.agent else None)
    zendesk = services.app.agent_map.get(username, known.zendesk if known else None)
    if zendesk is None:
        return lines
    by_id, by_name = (wording.BY_AGENT.format(agent=agent) for agent in (zendesk, username))
    return tuple(line.replace(by_id, by_name) if line.startswith("A1: ") else line for line in lines)
