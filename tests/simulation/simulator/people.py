"""Who is there: agents, callers whom Zendesk knows, and numbers that it does not; all callers are marked.

What says who a caller is holds a mark, so that it is known again wherever it must not be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from local.contact_centre.population import Agent
from tests.records import NINE
from tests.voice_authentication import ID, STATUS

#: What every personal value of a caller holds: a name, an address, words; or a number. Seconds since 1970
#: and its thousandths hold such digits too, after others.
MARK = re.compile(r"mxqz|(?<!1)(?<!179[0-9])(?<![0-9]{5})(?<!:[0-9]{2}[.])770091", re.IGNORECASE)
#: Most are on any contacts; of the others each is on one alone, whose macro then means no other contact.
_SHARED, _OWN = 8, 14
#: Of callers there are so many, and on a day of a thousand contacts one for each.
FEW, MANY = 40, 1_000
_EVERYONE = tuple(
    Agent(f"a{number:07}", f"agent{number}@shop.example", f"Agent {number}", chats=True)
    for number in range(_SHARED + MANY)
)
AGENTS = _EVERYONE[: _SHARED + _OWN]
FIRST_AGENT, FIRST_CALLER, FIRST_TICKET = 901, 20_001, 4_001
_LONG_AGO = (NINE - timedelta(days=300)).isoformat()
#: The ticket that others are merged into, and the user: no caller has either.
HEAP_TICKET, HEAP_USER = 4_900, 29_000


def caller(number: int) -> int:
    """Return the user id of a caller whom Zendesk knows."""
    return FIRST_CALLER + number


def phone(number: int) -> str:
    """Return that caller's number."""
    return f"+44770091{5_000 + number}"


def email(number: int) -> str:
    """Return that caller's address."""
    return f"mxqz.{number}@home.example"


def name(number: int) -> str:
    """Return that caller's name."""
    return f"Mxqz Caller {number}"


def stranger(number: int) -> str:
    """Return a number that Zendesk does not know."""
    return f"+44770091{6_000 + number}"


def ticket(number: int) -> int:
    """Return the id of the ticket that a caller has already."""
    return FIRST_TICKET + number + (FIRST_TICKET + number >= HEAP_TICKET)


def shared_agents() -> tuple[Agent, ...]:
    """Return the agents who may be on several contacts at once."""
    return AGENTS[:_SHARED]


def own_agent(number: int) -> Agent:
    """Return the agent who is on the contact of one caller alone."""
    return _EVERYONE[_SHARED + (number % _OWN if number < FEW else number)]


def agent_user(agent: Agent) -> int:
    """Return an agent's user id in Zendesk."""
    return FIRST_AGENT + int(agent.user_id[1:])


def zendesk_world(updated: Mapping[int, str], callers: int = FEW) -> dict[str, Any]:
    """Return the account; ``updated`` says when a caller's ticket was last changed, by number."""
    made = {"created_at": _LONG_AGO}
    users = [
        {"id": caller(n), "name": name(n), "phone": phone(n), "email": email(n), **made}
        for n in range(callers)
    ]
    staff = [
        {"id": agent_user(agent), "name": agent.name, "role": "agent", "email": agent.username, **made}
        for agent in _staff(callers)
    ]
    own = [_ticket(ticket(n), caller(n), updated.get(n, _LONG_AGO)) for n in range(callers)]
    heap = {"id": HEAP_USER, "name": "Mxqz Heap", "email": "mxqz.heap@home.example", **made}
    return {
        "users": [*users, *staff, heap],
        "tickets": [*own, _ticket(HEAP_TICKET, HEAP_USER, _LONG_AGO)],
        "user_fields": [{"key": ID, "type": "text"}, {"key": STATUS, "type": "text"}],
        "plan": {"name": "suite_professional", "high_volume": True, "talk_partner_edition": True},
    }


def connect_world(callers: int = FEW) -> dict[str, Any]:
    """Return the instance."""
    return {
        "users": [
            {"Id": agent.user_id, "Arn": agent.arn, "Username": agent.username, "IdentityInfo": {}}
            for agent in _staff(callers)
        ]
    }


def _staff(callers: int) -> tuple[Agent, ...]:
    return AGENTS if callers <= FEW else _EVERYONE


def _ticket(number: int, requester: int, updated: str) -> dict[str, Any]:
    return {
        "id": number,
        "subject": "By letter",
        "requester_id": requester,
        "created_at": _LONG_AGO,
        "updated_at": updated,
        "comments": [{"body": "It blinks.", "public": False}],
    }
