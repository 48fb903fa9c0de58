"""Who an Amazon Connect agent is in Zendesk (P7)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connect_zendesk.amazon_connect.client import ConnectUser
from connect_zendesk.ledger.ledger import KEEP_AGENT
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users

#: E-mail addresses change seldom, and asking for one costs from a quota of two a second.
KEEP_EMAIL = timedelta(days=1)

_ZENDESK, _EMAIL = "zendesk", "email"


@dataclass(frozen=True)
class KnownAgent:
    """An agent: the Amazon Connect user name, empty where nobody tells it, and the Zendesk id, if any."""

    username: str
    zendesk: int | None


def zendesk_id(services: Services, username: str, arn: str | None) -> int | None:
    """Return the Zendesk user id of an agent, or None. See `known`."""
    return known(services, username, arn).zendesk


def known(services: Services, username: str, arn: str | None) -> KnownAgent:
    """Return who an agent is. Remembered for an hour, and that nobody knows them, too.

    Found by `agent_map`, else by the e-mail address (the user name where it is one, which spares a
    DescribeUser, else the Amazon Connect user's), else by an external id equal to the user name. A contact
    event tells the ARN only: the user name is then looked up too. Raises `ZendeskError`, `Throttled`.
    """
    if username in services.app.agent_map:
        return KnownAgent(username, services.app.agent_map[username])
    key = username or arn or ""
    if (remembered := services.ledger.recall(_partition(key), _ZENDESK)) is not None:
        return _mapped(services, _of(remembered.value, username))
    user = None if username or not arn else services.amazon_connect.user(arn)
    if user is not None:
        remember_email(services, user)
        username = user.username
    if username in services.app.agent_map:
        found = KnownAgent(username, services.app.agent_map[username])
    else:
        email = user.email if user else None
        found = KnownAgent(username, _find(services, username, arn if user is None else None, email))
    remember(services, found, arn)
    return found


def remember(services: Services, agent: KnownAgent, arn: str | None) -> None:
    """Remember for an hour who an agent is, for those who know the user name and those who know the ARN."""
    for key in filter(None, (agent.username, arn)):
        _remember(services, key, agent)


def email_known(services: Services, arn: str) -> tuple[bool, str | None]:
    """Tell whether an agent's e-mail address has been asked for within a day, and which it is."""
    remembered = services.ledger.recall(_partition(arn), _EMAIL)
    return (True, remembered.value) if remembered else (False, None)


def remember_email(services: Services, user: ConnectUser) -> None:
    """Remember for a day which e-mail address an Amazon Connect user has, or that there is none."""
    services.ledger.remember(_partition(user.arn), _EMAIL, user.email, KEEP_EMAIL)


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
    asked, email = email_known(services, arn)
    if asked:
        return email
    user = services.amazon_connect.user(arn)
    if user is not None:
        remember_email(services, user)
    return user.email if user else None


def _mapped(services: Services, agent: KnownAgent) -> KnownAgent:
    """Return an agent as the exceptions have it, which may be newer than what is remembered."""
    return KnownAgent(agent.username, services.app.agent_map.get(agent.username, agent.zendesk))


def _of(value: Any, username: str) -> KnownAgent:
    """Return what is remembered of an agent; the release before this one kept the Zendesk id alone."""
    if isinstance(value, dict):
        return KnownAgent(username or value["username"], value["zendesk"])
    return KnownAgent(username, value)


def _remember(services: Services, key: str, agent: KnownAgent) -> None:
    value = {"username": agent.username, "zendesk": agent.zendesk}
    services.ledger.remember(_partition(key), _ZENDESK, value, KEEP_AGENT)


def _partition(key: str) -> str:
    return f"agent#{key}"
