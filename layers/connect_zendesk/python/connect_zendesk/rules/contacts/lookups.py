"""What the rules can ask the world for, and what the answers look like.

A rule that needs a fact that has not been looked up yet ends in `Unknown`, which names the look-up. So facts
are fetched only when a rule asks for them, and how many requests a decision costs is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connect_zendesk.rules.model import User


@dataclass(frozen=True)
class UserById:
    """Answered with a `User`, or None where there is none."""

    id: int


@dataclass(frozen=True)
class UsersByPhone:
    """Candidates for a number in E.164: a tuple of `User`. What they match is checked by C5."""

    e164: str


@dataclass(frozen=True)
class UsersByEmail:
    """Users one of whose addresses is this one: a tuple of `User`."""

    email: str


@dataclass(frozen=True)
class UsersByName:
    """Candidates for a name: a tuple of `User`."""

    name: str


@dataclass(frozen=True)
class TicketById:
    """Answered with a `Ticket`, or None where there is none."""

    id: int


@dataclass(frozen=True)
class TicketsRequestedBy:
    """A user's tickets that were updated since then: a tuple of `Ticket`."""

    user: int
    since: datetime


@dataclass(frozen=True)
class AgentOf:
    """The Zendesk user id of an Amazon Connect user (P7), or None."""

    username: str
    arn: str | None


@dataclass(frozen=True)
class PlaceholderUser:
    """The user id of the requester of anonymous callers' tickets (C9), or None where it is not made yet."""


LookUp = (
    UserById
    | UsersByPhone
    | UsersByEmail
    | UsersByName
    | TicketById
    | TicketsRequestedBy
    | AgentOf
    | PlaceholderUser
)


class Unknown(Exception):
    """A fact is needed that has not been looked up."""

    def __init__(self, look_up: LookUp) -> None:
        super().__init__(look_up)
        self.look_up = look_up


@dataclass(frozen=True)
class Known:
    """What has been looked up so far.

    ``refused`` are users whom Zendesk does not accept as requesters, whatever else it says of them: each
    counts as suspended, and is neither agent nor placeholder (T16). ``no_customer``: it is the agent's turn.
    """

    answers: Mapping[LookUp, Any] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()
    no_customer: bool = False

    def get(self, look_up: LookUp) -> Any:
        """Return the answer. Raises `Unknown` where it has not been looked up."""
        try:
            answer = self.answers[look_up]
        except KeyError:
            raise Unknown(look_up) from None
        return self._without_refused(answer) if self.refused else answer

    def _without_refused(self, answer: Any) -> Any:
        if isinstance(answer, tuple):
            return tuple(self._without_refused(each) for each in answer)
        if isinstance(answer, User) and answer.id in self.refused:
            return replace(answer, suspended=True)
        return None if isinstance(answer, int) and answer in self.refused else answer

    def with_answer(self, look_up: LookUp, answer: Any) -> "Known":
        """Return what is known once this has been looked up too."""
        return replace(self, answers={**self.answers, look_up: answer})
