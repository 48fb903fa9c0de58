"""Who an Amazon Connect agent is in Zendesk (P7)."""

from connect_zendesk.ledger import agents, legs
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users


def zendesk_id(services: Services, username: str, arn: str | None) -> int | None:
    """Return the Zendesk user id of an agent, or None. See `known`."""
    return known(services, username, arn).zendesk


def of_leg(services: Services, leg: Leg) -> int | None:
    """Return the Zendesk user id of a leg's agent, or None: who accepted it, else as `zendesk_id` does."""
    if leg.agent is None:
        return None
    username = leg.agent.username
    if username in services.app.agent_map:
        return services.app.agent_map[username]
    accepted = legs.agent_of(services.ledger, leg.root_id, leg.contact_id)
    return accepted if accepted is not None else zendesk_id(services, username, leg.agent.arn)


def known(services: Services, username: str, arn: str | None) -> KnownAgent:
    """Return who an agent is. Remembered for an hour, also where no one in Zendesk is found.

    Found by `agent_map`, else by the e-mail address (the user name where it is one, which spares a
    DescribeUser, else the Amazon Connect user's), else by an external id equal to the user name. A contact
    event has the ARN only: the user name is then looked up too. Raises `ZendeskError`, `Throttled`.
    """
    if username in services.app.agent_map:
        return KnownAgent(username, services.app.agent_map[username])
    if (remembered := agents.recall(services.ledger, username, arn)) is not None:
        return _mapped(services, remembered)
    user = None if username or not arn else services.amazon_connect.user(arn)
    if user is not None:
        agents.remember_email(services.ledger, user.arn, user.email)
        username = user.username
    if username in services.app.agent_map:
        found = KnownAgent(username, services.app.agent_map[username])
    else:
        email = user.email if user else None
        found = KnownAgent(username, _find(services, username, arn if user is None else None, email))
    agents.remember(services.ledger, found, arn)
    return found


def _find(services: Services, username: str, arn: str | None, email: str | None) -> int | None:
    if "@" in username and (found := users.agent_with_email(services.zendesk, username)):
        return found
    if email is None and arn:
        email = _email_of(services, arn)
    if email and email.lower() != username.lower():
        found = users.agent_with_email(services.zendesk, email)
        if found is not None:
            return found
    return users.agent_with_external_id(services.zendesk, username) if username else None


def _email_of(services: Services, arn: str) -> str | None:
    asked, email = agents.email_known(services.ledger, arn)
    if asked:
        return email
    user = services.amazon_connect.user(arn)
    if user is not None:
        agents.remember_email(services.ledger, user.arn, user.email)
    return user.email if user else None


def _mapped(services: Services, agent: KnownAgent) -> KnownAgent:
    """Return an agent as the exceptions have it, which may be newer than what is remembered."""
    return KnownAgent(agent.username, services.app.agent_map.get(agent.username, agent.zendesk))
