"""Finds out ahead who all agents are in Zendesk, so that the first calls of a shift need not ask (P7).

A shift of 500 that logs in at nine would meet DescribeUser's two a second, and each contact would wait for
its turn. Here the agents are listed on both sides, which takes a request for each hundred or thousand of
them, and only those whose e-mail address is not known yet are described: one a second, and then not again
for a day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connect_zendesk.amazon_connect.client import ConnectUser
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.errors import Conflict
from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.ledger.agents import KnownAgent
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import AGENT_MAP_RUN, own_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users

#: One a second leaves half of DescribeUser's quota to requests that an agent or a caller waits for.
SECONDS_BETWEEN = 1.0
#: Seconds of the invocation that are not begun any more.
_SPARE_SECONDS = 15.0
_AFTER_THROTTLING = 5.0


@dataclass(frozen=True)
class ZendeskAgents:
    """The agents of the account who can be assigned tickets: ids by e-mail address and by external id."""

    by_email: Mapping[str, int] = field(default_factory=dict)
    by_external_id: Mapping[str, int] = field(default_factory=dict)

    def find(self, username: str, email: str | None) -> int | None:
        """Return who a user of Amazon Connect is: by address, else by an external id equal to the name."""
        for address in filter(None, (username if "@" in username else None, email)):
            if (found := self.by_email.get(address.lower())) is not None:
                return found
        return self.by_external_id.get(username)


def fill(
    services: Services, instance_arn: str, remaining: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    """Find out who the agents of an instance are, as far as the time goes; the next run does the rest.

    ``remaining`` returns the seconds that are left, ``sleep`` waits for so many. What is known is written
    first, for all agents; misses, too. Does nothing while another run is in progress. Raises `ZendeskError`,
    and `Throttled` where the agents cannot even be listed.
    """
    try:
        with exclusive_lock(services.ledger, own_step(AGENT_MAP_RUN.key())):
            _fill(services, instance_arn, remaining, sleep)
    except Conflict:
        logger.info("another run of the agent map is in progress")


def _fill(
    services: Services, instance_arn: str, remaining: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    known = _zendesk_agents(services)
    unasked: list[ConnectUser] = []
    number = 0
    for user in services.amazon_connect.users(instance_arn):
        number += 1
        asked, email = known_agents.email_known(services.ledger, user.arn)
        by_name = "@" in user.username and user.username.lower() in known.by_email
        if asked or by_name or user.username in services.app.agent_map:
            _write(services, known, user, email)
        else:
            unasked.append(user)
    left = _describe(services, known, unasked, remaining, sleep)
    count(Metric.AGENTS_LISTED, number)
    count(Metric.AGENTS_PENDING, left)
    logger.info("agent map updated", listed=number, described=len(unasked) - left, left=left)


def _describe(
    services: Services,
    known: ZendeskAgents,
    unasked: list[ConnectUser],
    remaining: Callable[[], float],
    sleep: Callable[[float], None],
) -> int:
    """Ask for users' e-mail addresses, one after another; returns how many are left for the next run."""
    left = len(unasked)
    for user in unasked:
        if remaining() < _SPARE_SECONDS:
            break
        try:
            described = services.amazon_connect.user(user.arn)
        except Throttled:
            # Another caller needs the quota more. This one is asked for again in the next run.
            count(Metric.AGENT_MAP_THROTTLED)
            sleep(_AFTER_THROTTLING)
            continue
        sleep(SECONDS_BETWEEN)
        if described is not None:
            known_agents.remember_email(services.ledger, described.arn, described.email)
        _write(services, known, user, described.email if described else None)
        left -= 1
    return left


def _write(services: Services, known: ZendeskAgents, user: ConnectUser, email: str | None) -> None:
    exception = services.app.agent_map.get(user.username)
    zendesk = exception if exception is not None else known.find(user.username, email)
    known_agents.remember(services.ledger, KnownAgent(user.username, zendesk), user.arn)


def _zendesk_agents(services: Services) -> ZendeskAgents:
    by_email: dict[str, int] = {}
    by_external_id: dict[str, int] = {}
    for user, email, external_id in users.agents(services.zendesk):
        if email:
            by_email[email.lower()] = user
        if external_id:
            by_external_id[external_id] = user
    return ZendeskAgents(by_email, by_external_id)
