"""Whether who has the agent app open is an agent still: asked in Zendesk once an hour (A4)."""

from datetime import datetime, timedelta

from connect_zendesk.ledger.schema import APP_AGENT
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import ZendeskError

_ASKED_AGAIN = timedelta(hours=1)


def still_agent(services: Services, agent: int) -> bool:
    """Return whether a Zendesk user is an agent who may sign in.

    Where Zendesk does not answer, what it said before holds for another hour: a recording can be paused while
    Zendesk is out of order. Raises `ZendeskError` where nothing is known.
    """
    key, now = APP_AGENT.key(agent=agent), services.clock()
    known = services.ledger.recall(key)
    if known is not None and now - datetime.fromisoformat(known.value["at"]) < _ASKED_AGAIN:
        return bool(known.value["agent"])
    try:
        found = users.is_agent(services.zendesk, agent)
    except ZendeskError:
        if known is None:
            raise
        return bool(known.value["agent"])
    services.ledger.remember(key, {"agent": found, "at": now.isoformat()})
    return found
