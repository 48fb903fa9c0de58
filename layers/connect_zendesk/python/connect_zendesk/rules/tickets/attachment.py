"""An agent attaches a contact by hand: the command, and which contact it means (A1).

The command is an event on the bus that any component may send: source ``connect-zendesk``, detail type
``Attachment Requested``. Its detail::

    id       text: names the command, which is done once however often it is delivered
    agent    number: the agent's Zendesk user id
    at       text: when the agent asked for it, in ISO 8601 with an offset from UTC
    ticket   number: the ticket to attach the contact to; or
    user     number: the user to make a ticket for; or
    new      true: make a ticket for a new customer
    contact  text, optional: the contact's id, or that of the agent's leg, where the agent says which
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from connect_zendesk.rules import wording

#: Clocks differ, but no agent asks for something tomorrow.
_CLOCKS_DIFFER = timedelta(minutes=5)
#: What the names of commands begin with that the agent app asks for.
BY_PAGE = "app:"
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_FIELDS = frozenset({"id", "agent", "at", "ticket", "user", "new", "contact"})


class NotAnAttachment(ValueError):
    """The command cannot be read. The message says why, without what it held."""


@dataclass(frozen=True)
class Attachment:
    """The command to attach a contact. Exactly one of ``ticket``, ``user`` and ``new`` is set.

    ``asked_on`` is the ticket that the agent looked at, where it was given there (a macro).
    """

    id: str
    agent: int
    at: datetime
    ticket: int | None = None
    user: int | None = None
    new: bool = False
    contact: str | None = None
    asked_on: int | None = None

    @property
    def answered_on(self) -> int | None:
        """The ticket on which the agent is asked or notified, None where there is none to see it."""
        return self.ticket if self.ticket is not None else self.asked_on

    @property
    def by_page(self) -> bool:
        """Whether the agent app asked for it, whose page shows its agent itself what came of it."""
        return self.id.startswith(BY_PAGE)

    @property
    def stamp(self) -> str:
        """Text that puts commands in the order in which agents gave them, and distinguishes any two."""
        return f"{self.at.isoformat(timespec='milliseconds')} {self.id}"


class AgentsContact(Protocol):
    """A contact that an agent is on, or was on until a while ago."""

    @property
    def root(self) -> str:
        """The contact's id."""

    @property
    def leg(self) -> str:
        """The id of the agent's own leg."""

    @property
    def channel(self) -> str:
        """VOICE, CHAT or TASK."""

    @property
    def since(self) -> str:
        """When the agent joined, in ISO 8601."""

    @property
    def customer(self) -> int | None:
        """The Zendesk id of the contact's customer, where recognised."""


_Contact = TypeVar("_Contact", bound=AgentsContact)


def parse(detail: Mapping[str, Any], now: datetime) -> Attachment:
    """Return the command in an event's detail. Raises `NotAnAttachment`."""
    if unknown := sorted(detail.keys() - _FIELDS):
        known = ", ".join(sorted(_FIELDS))
        raise NotAnAttachment(f"{len(unknown)} fields that are not known; known are {known}")
    targets = [
        name
        for name in ("ticket", "user", "new")
        if detail.get(name) is not None and detail[name] is not False
    ]
    if len(targets) != 1:
        raise NotAnAttachment("expected one of ticket, user and new")
    if targets == ["new"] and detail["new"] is not True:
        raise NotAnAttachment("new: expected true")
    at = _timestamp(detail.get("at"))
    if at > now + _CLOCKS_DIFFER:
        raise NotAnAttachment("at: a time in the future")
    return Attachment(
        id=_name(detail, "id"),
        agent=_number(detail, "agent"),
        at=at,
        ticket=_number(detail, "ticket") if targets == ["ticket"] else None,
        user=_number(detail, "user") if targets == ["user"] else None,
        new=targets == ["new"],
        contact=_name(detail, "contact") if detail.get("contact") is not None else None,
    )


def match(contacts: Sequence[_Contact], requester: int | None, named: str | None) -> _Contact | None:
    """Return the contact that an agent means (A1), or None where the agent has to say which.

    ``contacts`` are those the agent is on or was on until ten minutes before, each once. The one that is
    ``named``; else the only one whose customer is the ``requester`` (a Zendesk id); else the only one.
    """
    if named is not None:
        return next((contact for contact in contacts if named in (contact.root, contact.leg)), None)
    theirs = [contact for contact in contacts if requester is not None and contact.customer == requester]
    for found in (theirs, contacts):
        if len(found) == 1:
            return found[0]
    return None


def question(contacts: Sequence[AgentsContact], named: str | None, time_zone: str) -> tuple[str, ...]:
    """Return, as lines of text, what asks an agent which contact is meant (A2)."""
    if not contacts:
        return (wording.NO_CONTACT_TO_ATTACH,)
    listed = (
        wording.CONTACT_TO_ATTACH.format(
            time=datetime.fromisoformat(contact.since)
            .astimezone(ZoneInfo(time_zone))
            .strftime("%Y-%m-%d %H:%M %Z"),
            channel=wording.CHANNELS.get(contact.channel, contact.channel.title()),
            contact=contact.root,
        )
        for contact in sorted(contacts, key=lambda contact: contact.since)
    )
    return (wording.WHICH_CONTACT if named is None else wording.NOT_THAT_CONTACT, *listed)


def _name(detail: Mapping[str, Any], field: str) -> str:
    value = detail.get(field)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise NotAnAttachment(f"{field}: expected up to 100 letters, digits and . _ : -")
    return value


def _number(detail: Mapping[str, Any], field: str) -> int:
    value = detail.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise NotAnAttachment(f"{field}: expected a number, 1 or more")
    return value


def _timestamp(value: Any) -> datetime:
    try:
        timestamp = datetime.fromisoformat(value)
        if timestamp.tzinfo is None:
            raise ValueError
        return timestamp.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise NotAnAttachment("at: expected a time in ISO 8601 with its offset from UTC") from None
