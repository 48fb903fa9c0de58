"""Who an Amazon Connect agent is in Zendesk (P7)."""

from connect_zendesk.ledger import KEEP_AGENT
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.zendesk import users


def zendesk_id(clients: Clients, username: str, arn: str | None) -> int | None:
    """Return the Zendesk user id of an agent, or None. Both are remembered for an hour.

    Found by `agent_map`, else by the e-mail address (the user name where it is one, which spares a
    DescribeUser, else the Amazon Connect user's), else by an external id equal to the user name.
    """
    if (mapped := clients.app.agent_map.get(username)) is not None:
        return mapped
    partition = f"agent#{username or arn}"
    if (remembered := clients.ledger.recall(partition, "zendesk")) is not None:
        known: int | None = remembered.value
        return known
    found = _find(clients, username, arn)
    clients.ledger.remember(partition, "zendesk", found, KEEP_AGENT)
    return found


def _find(clients: Clients, username: str, arn: str | None) -> int | None:
    if "@" in username and (found := users.agent_with_email(clients.zendesk, username)):
        return found
    email = clients.amazon_connect.email_of(arn) if arn else None
    if email and email.lower() != username.lower():
        found = users.agent_with_email(clients.zendesk, email)
        if found is not None:
            return found
    return users.agent_with_external_id(clients.zendesk, username) if username else None
