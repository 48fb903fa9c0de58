"""The workforce and its callers: which agent is free when, who calls, and chance, all from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from local.contact_centre.population import Agent, Customer, Population, unknown_number

_SLOTS = {True: 3, False: 1}  # contacts at once, by whether the agent chats


@dataclass(frozen=True)
class Caller:
    """A caller: `number` is None or "anonymous" where it is withheld."""

    number: str | None
    customer: Customer | None = None


@dataclass
class Workforce:
    """What the stories of a day draw on. `pace` makes everything that lasts so many times shorter."""

    population: Population
    random: Random
    pace: float = 1.0
    _free: dict[tuple[str, int], datetime] = field(default_factory=dict)
    _numbers: int = 0
    _strangers: list[str] = field(default_factory=list)  # who have called in

    def seconds(self, least: float, most: float) -> timedelta:
        """Return how long something lasts: between so many seconds, by the pace, and one at least."""
        return timedelta(seconds=max(1.0, round(self.random.uniform(least, most) / self.pace, 3)))

    def hits(self, share: float) -> bool:
        """Return whether something with this share happens now."""
        return self.random.random() < share

    def new_id(self) -> str:
        """Return an id for a contact."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def customer(self) -> Customer:
        """Return one of the customers."""
        return self.random.choice(self.population.customers)

    def stranger(self) -> str:
        """Return a number without a call from it yet."""
        self._numbers += 1
        return unknown_number(self._numbers)

    def caller(self) -> Caller:
        """Return who calls in: mostly a customer, else an unknown number, new or again, else none at all."""
        chance = self.random.random()
        if chance < 0.6:
            customer = self.customer()
            return Caller(customer.phone, customer)
        if chance < 0.85:
            self._strangers.append(self.stranger())
            return Caller(self._strangers[-1])
        if chance < 0.9 and self._strangers:
            return Caller(self.random.choice(self._strangers))
        return Caller(self.random.choice(("anonymous", "anonymous", None)))

    def take(
        self, at: datetime, *, chats: bool = False, but: tuple[Agent, ...] = ()
    ) -> tuple[Agent, int, datetime]:
        """Return the agent, and the slot, that is free at a time or the soonest after it, and when."""
        free = [
            (max(at, self._free.get((agent.user_id, slot), at)), number, slot)
            for number, agent in enumerate(self.population.agents)
            if agent.chats == chats and agent not in but
            for slot in range(_SLOTS[chats])
        ]
        soonest = min(at for at, _, _ in free)
        at, number, slot = self.random.choice([entry for entry in free if entry[0] == soonest])
        return self.population.agents[number], slot, at

    def keep(self, agent: Agent, slot: int, until: datetime) -> None:
        """Have an agent busy until a time."""
        known = self._free.get((agent.user_id, slot))
        self._free[agent.user_id, slot] = max(until, known) if known else until
