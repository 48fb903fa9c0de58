"""Who an Amazon Connect agent is in Zendesk, and their address in Amazon Connect: for a while (P7)."""

from dataclasses import dataclass

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import AGENT, AGENT_EMAIL


@dataclass(frozen=True)
class KnownAgent:
    """An agent: the Amazon Connect user name, empty where it is not known, and the Zendesk id, if any."""

    username: str
    zendesk: int | None


def recall(ledger: Ledger, username: str, arn: str | None) -> KnownAgent | None:
    """Return who an agent is, by user name, else by ARN; None where it was not asked for within the hour."""
    remembered = ledger.flag(AGENT.key(agent=username or arn or ""))
    if remembered is None:
        return None
    value = remembered.value
    if isinstance(value, dict):
        if not username:  # who asked by ARN mostly asks by name next
            ledger.keep_flag(AGENT.key(agent=value["username"]), remembered)
        return KnownAgent(username or value["username"], value["zendesk"])
    return KnownAgent(username, value)  # before release 0.1 it was the Zendesk id alone


def remember(ledger: Ledger, agent: KnownAgent, arn: str | None) -> None:
    """Remember for an hour who an agent is, for those who know the user name and those who know the ARN."""
    for name in filter(None, (agent.username, arn)):
        ledger.remember(AGENT.key(agent=name), {"username": agent.username, "zendesk": agent.zendesk})


def email_known(ledger: Ledger, arn: str) -> tuple[bool, str | None]:
    """Return whether an agent's e-mail address has been asked for within a day, and which it is."""
    remembered = ledger.recall(AGENT_EMAIL.key(agent=arn))
    return (True, remembered.value) if remembered else (False, None)


def remember_email(ledger: Ledger, arn: str, email: str | None) -> None:
    """Remember for a day which e-mail address an Amazon Connect user has, or that there is none.

    E-mail addresses change seldom, and asking for one costs from a quota of two a second.
    """
    ledger.remember(AGENT_EMAIL.key(agent=arn), email)
