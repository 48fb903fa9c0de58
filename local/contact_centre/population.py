"""The agents and customers of the contact centre, and the worlds in which both stand-ins know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

INSTANCE_ID = "0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
ACCOUNT, REGION = "111122223333", "eu-west-2"
INSTANCE_ARN = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE_ID}"

_FIRST = (
    "Ana", "Ben", "Chloé", "Dmitri", "Eva", "Finn", "Grace", "Hugo", "Inês", "Jamal", "Kerstin", "Liam",
    "Mina", "Noor", "Olga", "Piotr", "Quinn", "Rosa", "Søren", "Tariq", "Uma", "Viktor", "Wanda", "Zoë",
)  # fmt: skip
_LAST = (
    "Abbott", "Brandt", "Costa", "Dubois", "Evans", "Fischer", "Gupta", "Hale", "Ito", "Jansen",
    "Khan", "Lee", "Müller", "Nowak", "Okafor", "Patel", "Quist", "Rossi", "Silva", "Turner", "Ueda", "Vance",
    "Weber", "Yilmaz",
)  # fmt: skip
#: Numbers not in use: kept free for drama in the United Kingdom (mobile), and in North America (555-01).
_CUSTOMERS_NUMBERS, _STRANGERS_NUMBERS = "+4477009{:05}", "+1{:03}55501{:02}"
_MOST_CUSTOMERS = 1000
_FEWEST_AGENTS = 8  # for a conference of six


@dataclass(frozen=True)
class Agent:
    """An agent as Amazon Connect has them; `chats` handles chats and tasks, the others calls."""

    user_id: str
    username: str
    name: str
    chats: bool

    @property
    def arn(self) -> str:
        """The agent's ARN."""
        return f"{INSTANCE_ARN}/agent/{self.user_id}"


@dataclass(frozen=True)
class Customer:
    """A customer whom Zendesk knows, with the tickets they have."""

    user_id: int
    name: str
    phone: str
    email: str
    tickets: tuple[int, ...]


@dataclass(frozen=True)
class Population:
    """Agents and customers. Both worlds are in the form in which the stand-ins read them."""

    agents: tuple[Agent, ...]
    customers: tuple[Customer, ...]
    zendesk_world: Mapping[str, Any]
    connect_world: Mapping[str, Any]


def population(seed: int, *, agents: int, customers: int, before: datetime) -> Population:
    """Return so many agents and customers (1000 at most), always the same for a seed.

    `before` is a time before which everything in the worlds was made.
    """
    if agents < _FEWEST_AGENTS or not 1 <= customers <= _MOST_CUSTOMERS:
        raise ValueError(f"at least {_FEWEST_AGENTS} agents, and 1 to {_MOST_CUSTOMERS} customers")
    random = Random(f"people {seed}")  # noqa: S311 - a seed is the point
    names = [f"{first} {last}" for first, last in product(_FIRST, _LAST)]
    random.shuffle(names)
    staff = tuple(_agent(number, _name(names, number)) for number in range(agents))
    known: list[Customer] = []
    tickets: list[dict[str, Any]] = []
    for number in range(customers):
        own = tuple(4001 + len(tickets) + n for n in range(random.choice((0, 0, 1, 2))))
        name = _name(names, agents + number)
        phone = _CUSTOMERS_NUMBERS.format(number)
        known.append(Customer(20_001 + number, name, phone, f"customer{number}@home.example", own))
        tickets += [_ticket(ticket, known[-1], random, before) for ticket in own]
    return Population(staff, tuple(known), _zendesk(staff, known, tickets, before), _connect(staff))


def unknown_number(number: int) -> str:
    """Return one of 79,900 phone numbers that no customer has."""
    return _STRANGERS_NUMBERS.format(201 + number // 100 % 799, number % 100)


def _name(names: list[str], number: int) -> str:
    turn = number // len(names)
    return names[number % len(names)] + (f" {turn + 1}" if turn else "")


def _agent(number: int, name: str) -> Agent:
    # Three ways in which an agent can be found in Zendesk, in turn (P7).
    username = f"agent{number}@shop.example" if number % 3 == 0 else f"agent{number}"
    return Agent(f"a{number:07}", username, name, chats=number % 4 == 1)


def _ticket(number: int, customer: Customer, random: Random, before: datetime) -> dict[str, Any]:
    made = before - timedelta(days=random.randint(2, 60))
    return {
        "id": number,
        "subject": random.choice(("Delivery", "Invoice", "Which plan fits?", "It blinks red")),
        "status": random.choice(("open", "open", "pending", "solved", "closed")),
        "requester_id": customer.user_id,
        "created_at": made.isoformat(),
        "updated_at": (made + timedelta(days=1)).isoformat(),
        "comments": [{"body": "Noted.", "public": False}],
    }


def _zendesk(
    staff: tuple[Agent, ...], known: list[Customer], tickets: list[dict[str, Any]], before: datetime
) -> dict[str, Any]:
    made = {"created_at": (before - timedelta(days=400)).isoformat()}
    users: list[dict[str, Any]] = [
        {"id": c.user_id, "name": c.name, "phone": c.phone, "email": c.email, **made} for c in known
    ]
    for number, agent in enumerate(staff):
        user = {"id": 10_001 + number, "name": agent.name, "role": "agent", **made}
        if number % 3 == 2:
            user |= {"email": f"person{number}@shop.example", "external_id": agent.username}
        else:
            user |= {"email": f"agent{number}@shop.example"}
        users.append(user)
    # Two contacts a second are more updates than the 100 a minute of a plan without the add-on.
    plan = {"name": "suite_professional", "high_volume": True, "talk_partner_edition": True}
    return {"users": users, "tickets": tickets, "user_fields": [], "plan": plan}


def _connect(staff: tuple[Agent, ...]) -> dict[str, Any]:
    users = []
    for number, agent in enumerate(staff):
        first, _, last = agent.name.partition(" ")
        identity = {"FirstName": first, "LastName": last}
        if number % 3 == 1:
            identity["Email"] = f"agent{number}@shop.example"
        users.append(
            {"Id": agent.user_id, "Arn": agent.arn, "Username": agent.username, "IdentityInfo": identity}
        )
    queues = [{"Id": queue, "Arn": f"{INSTANCE_ARN}/queue/{queue}", "Name": name} for queue, name in QUEUES]
    return {"users": users, "contacts": [], "queues": queues}


QUEUES = (("q1", "Support"), ("q2", "Billing"), ("q3", "Sales"))
