"""Agents of Amazon Connect who are no agents in Zendesk (P7)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, note, some, warning
from administration.doctor.system import System
from connect_zendesk.amazon_connect.client import AmazonConnect, ConnectUser
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger import agents as known_agents
from connect_zendesk.workflows.agents.agent_map import ZendeskAgents
from connect_zendesk.zendesk import users

#: So many e-mail addresses at most are asked for, one a second; others are known by the stack's own run.
_MOST_ASKED = 60
_SHOWN = 10


def matched(system: System) -> Iterator[Said]:
    """Look for agents whom the connector cannot find in Zendesk, and for exceptions that name no agent."""
    by_email, by_external_id, ids = {}, {}, set()
    for number, email, external_id in users.agents(system.place.account.zendesk):
        ids.add(number)
        if email:
            by_email[email.lower()] = number
        if external_id:
            by_external_id[external_id] = number
    zendesk = ZendeskAgents(by_email, by_external_id)
    yield from _wrong_exceptions(system, ids)
    if not system.instance:
        yield Seen("not looked at: which instance is not known")
        return
    there = list(AmazonConnect(system.connect).users(system.instance))
    matches = _matches(system, zendesk, there)
    yield Seen(f"{len(there)} users of Amazon Connect, {len(ids)} agents of Zendesk")
    if matches.not_asked:
        yield Seen(
            f"{matches.not_asked} not looked at: their addresses are asked for one a second, or not shown"
        )
    yield from _is_connector(system, matches.found)
    if unknown := matches.unknown:
        yield warning(
            "agents-unmatched",
            f"{len(unknown)} users of Amazon Connect are no agent in Zendesk: {some(unknown, _SHOWN)}",
            "their contacts' tickets have no assignee, nothing pops, and they cannot attach contacts",
            "give both the same e-mail address; or in Zendesk the user name as the agent's external id;",
            "or, for exceptions:",
            *cures.set_in_app_settings(f'agent_map = {{ "{unknown[0]}" = <id in Zendesk> }}'),
        )


def _is_connector(system: System, agents: set[int]) -> Iterator[Said]:
    """Say where the user who made the OAuth client is a person who takes contacts."""
    connector = system.place.account.integration_user()
    if connector in agents:
        yield warning(
            "integration-user-is-agent",
            f"the user who made the OAuth client ({connector}) is an agent of Amazon Connect, too",
            "what that person does in Zendesk is taken for the connector's own work, and makes no tasks (K4)",
            f"make an OAuth client as a user of its own, in {cures.OAUTH}",
        )


def _wrong_exceptions(system: System, agents: set[int]) -> Iterator[Said]:
    wrong = [f"{name} = {number}" for name, number in system.app.agent_map.items() if number not in agents]
    if wrong:
        yield warning(
            "agent-map-wrong",
            f"agent_map names users who are no agents of Zendesk that take tickets: {some(wrong)}",
            "these agents' tickets have no assignee, and nothing pops",
            *cures.set_in_app_settings("correct agent_map"),
        )


@dataclass
class _Matches:
    """Ids in Zendesk of those who were found, names of those who were not, how many were not asked for."""

    found: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    not_asked: int = 0


def _matches(system: System, zendesk: ZendeskAgents, there: list[ConnectUser]) -> _Matches:
    matches, asked = _Matches(set(system.app.agent_map.values())), 0
    for user in there:
        if user.username in system.app.agent_map:
            continue
        number = zendesk.find(user.username, None)
        if number is None:
            known, email = known_agents.email_known(system.ledger, user.arn)
            if not known:
                asked += 1
                described = _described(system, user) if asked <= _MOST_ASKED else None
                if described is None:
                    matches.not_asked += 1
                    continue
                email = described.email
            number = zendesk.find(user.username, email)
        if number is None:
            matches.unknown.append(user.username)
        else:
            matches.found.add(number)
    return matches


def _described(system: System, user: ConnectUser) -> ConnectUser | None:
    try:
        return AmazonConnect(system.connect).user(user.arn)
    except Throttled:
        return None


def event_stream(system: System) -> Iterator[Said]:
    """Say where there is no stream of agent events, by which contacts pop while they ring (P1)."""
    if system.outputs.get("AgentEventStreamArn") or system.place.agent_app is not None:
        return
    yield note(
        "no-agent-event-stream",
        "the stack reads no stream of agent events",
        "tickets pop when agents accept, and not while contacts ring (P1)",
        "in Amazon Connect: send agent events to a Kinesis data stream (Data streaming)",
        *cures.deployed_with("agent_event_stream_arn", "arn:aws:kinesis:…:stream/…"),
        "or without it: the agent app (agent_app)",
    )
