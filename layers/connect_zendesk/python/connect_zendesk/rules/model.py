"""The entities of the rules: Zendesk's users and tickets, who requests one, and what is settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class User:
    """A Zendesk user. ``shared_phone``: the number is not the user's direct line."""

    id: int
    name: str = ""
    phone: str | None = None
    email: str | None = None
    suspended: bool = False
    active: bool = True
    shared_phone: bool = False


@dataclass(frozen=True)
class MadeFor:
    """The contact a ticket was made for: when it began, and how far back it looked for a recent ticket."""

    began: datetime
    looked_back_to: datetime | None


@dataclass(frozen=True)
class Ticket:
    """A Zendesk ticket. Times are aware, in UTC. ``public``: a comment on it can be seen by its requester.

    ``made_for`` is the contact it was made for, where that was done here.
    """

    id: int
    requester: int | None
    status: str
    created: datetime
    updated: datetime
    public: bool = False
    external_id: str | None = None
    made_for: MadeFor | None = None

    @property
    def closed(self) -> bool:
        """Whether the ticket can never change again."""
        return self.status == "closed"


@dataclass(frozen=True)
class FilledTicket(Ticket):
    """A ticket with what it holds: its tags, and its ticket fields by their ids, None where one is empty.

    It is for an update alone: what it holds can be personal, and is kept nowhere.
    """

    tags: tuple[str, ...] = ()
    fields: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ExistingUser:
    """The requester is a user that exists."""

    id: int | None


#: What a new user can do without: what another user has, or Zendesk does not accept, is left out (C8).
Part = Literal["name", "number", "email"]


@dataclass(frozen=True)
class NewUser:
    """The requester is a user to be made: named by the name, else the number, else the e-mail (C8).

    ``address`` is what came in a number's place: the same again is the same user (C4). ``taken`` is what
    another user has: this one is known by it here, and is not given it.
    """

    name: str | None = None
    number: str | None = None
    email: str | None = None
    address: str | None = None
    taken: tuple[Part, ...] = ()

    @property
    def display_name(self) -> str:
        """What the new user is called."""
        return self.name or self.number or self.email or ""


@dataclass(frozen=True)
class Placeholder:
    """The requester is the placeholder for anonymous callers, made when it is first needed (C9)."""

    id: int | None = None


Requester = ExistingUser | NewUser | Placeholder


#: How long it holds that a contact gets no ticket: a contact that no agent answered may be answered after all
#: (T13), and of an old contact the records from when it was new may come late (T15).
Settles = Literal["for good", "until answered", "until an earlier record"]
