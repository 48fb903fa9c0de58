"""The facts about a contact that the decision table asks for, each worked out when a rule first asks."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from connect_zendesk.rules import phone_numbers
from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts import customer as customers
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    Known,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByPhone,
)
from connect_zendesk.rules.contacts.unanswered import Unanswered, unanswered
from connect_zendesk.rules.model import ExistingUser, NewUser, Placeholder, Requester, Ticket, User
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.registry import (
    CUSTOMER_NUMBER,
    RECENT_TICKET_TIMEOUT,
    TICKET_ASSIGNMENT,
    VOICEID_ENABLED,
    ZENDESK_TICKET,
    ZENDESK_USER,
)
from connect_zendesk.rules.settings.settings import Settings, resolve

#: Amazon Connect re-emits the records of old contacts for two years; those get no ticket now (T15).
OLDEST_UNKNOWN = timedelta(days=30)

_TASK_NAME = re.compile(r"Zendesk-([0-9]{1,18})\s*", re.IGNORECASE)


def settings_of(leg: Leg, app: AppSettings) -> Settings:
    """Resolve the settings of a contact from its attributes and the app settings (S1)."""
    return resolve(
        leg.attributes,
        app.defaults,
        ticket_attribute=app.zendesk_ticket_attribute,
        default_country=app.default_country,
        named=app.named_attributes,
    )


def facts_of(leg: Leg, app: AppSettings) -> "Facts":
    """Return what is known of a contact from its leg alone: what would have to be looked up is `Unknown`."""
    return Facts(leg, app, settings_of(leg, app), Known())


def on_its_own(leg: Leg, app: AppSettings) -> Leg:
    """Return a leg as it is decided on: a task of another contact that names a ticket is its own (C3)."""
    if leg.is_side_task and facts_of(leg, app).asked_ticket:
        return replace(leg, root_id=leg.contact_id)
    return leg


@dataclass(frozen=True)
class Facts:
    """Everything the decision table can ask about one contact.

    ``in_doubt``: the ticket was left to the agent by a rule that leaves the customer in doubt; ``automatic``
    is how forced creation then looks at the contact (T8). Reading a fact that has not been looked up raises
    `Unknown`.
    """

    leg: Leg
    app: AppSettings
    settings: Settings
    known: Known
    in_doubt: bool = False
    automatic: bool = False

    # Who

    @cached_property
    def customer(self) -> Customer:
        """The customer (C1 to C7)."""
        if self.leg.channel == "TASK":
            if self.given_ticket is None or self.given_ticket.requester is None:
                return Customer("unrecognised")
            return Customer("recognised", User(self.given_ticket.requester))
        return customers.identify(self.leg, self.settings, self.app.default_country, self.known)

    @property
    def number(self) -> str | None:
        """The customer's number in E.164: the one that the flow gives, else their own (C1)."""
        return self.settings[CUSTOMER_NUMBER] or customers.own_number(self.leg, self.app.default_country)

    @property
    def customer_requester(self) -> Requester:
        """Who requests a new ticket when it is the customer's own (T4 to T7)."""
        if self.known.no_customer:
            return self.agent_or_placeholder
        customer = self.customer
        if customer.user is not None:
            return ExistingUser(customer.user.id)
        if customer.kind == "anonymous" or not customer.new_user.display_name:
            return self.anonymous_requester
        return self.with_own_only(customer.new_user)

    @property
    def replacement(self) -> Requester:
        """Who requests a ticket in place of a user whom Zendesk refused, but for T (T16)."""
        in_doubt = self.leg.channel == "TASK" or self.customer.kind == "ambiguous"
        if in_doubt or self.customer.problem == "unusable user":
            return self.agent_or_placeholder
        return self.customer_requester

    def with_own_only(self, new: NewUser) -> NewUser:
        """Return a new user with what another user has marked as taken; each is searched for first (C8)."""
        if new.number is not None:
            country = self.app.default_country
            having = self.known.get(UsersByPhone(new.number))
            same = [user for user in having if phone_numbers.is_same(user.phone, new.number, country)]
            if any(user.active and not user.suspended for user in same):
                # Another customer's: the new user is not known by it either.
                new = replace(new, name=new.name or new.number, number=None, taken=("number",))
            elif same:
                new = replace(new, taken=("number",))
        if new.email is not None and self.known.get(UsersByEmail(new.email)):
            new = replace(new, taken=(*new.taken, "email"))
        return new

    @property
    def anonymous_requester(self) -> Requester:
        """Who requests an anonymous caller's ticket (C9)."""
        return self.agent_or_placeholder if self.app.anonymous_requester == "agent" else self.placeholder

    @property
    def agent_or_placeholder(self) -> Requester:
        """The agent, or the placeholder where the agent is unknown (T8)."""
        agent = self.leg.agent
        user = self.known.get(AgentOf(agent.username, agent.arn)) if agent else None
        return ExistingUser(user) if user is not None else self.placeholder

    @property
    def placeholder(self) -> Placeholder:
        """The placeholder requester (C9)."""
        return Placeholder(self.known.get(PlaceholderUser()))

    @property
    def authentication_failed(self) -> bool:
        """Whether the caller's voice authentication failed or was inconclusive (T9)."""
        source, enabled = self.app.caller_authentication, self.settings[VOICEID_ENABLED]
        return authentication.has_failed(authentication.result_of(self.leg, source, enabled=enabled))

    @property
    def authentication_inconclusive(self) -> bool:
        """Whether the caller's voice authentication came to no result (T9)."""
        source, enabled = self.app.caller_authentication, self.settings[VOICEID_ENABLED]
        return authentication.is_inconclusive(authentication.result_of(self.leg, source, enabled=enabled))

    @property
    def named_user(self) -> User | None:
        """The user whose id the flow gives, in whatever state; None where there is none (C7)."""
        named = self.settings[ZENDESK_USER]
        user: User | None = self.known.get(UserById(named)) if named is not None else None
        return user if user is not None and user.active else None

    # Which ticket

    @cached_property
    def asked_ticket(self) -> int | None:
        """The ticket number that the flow, or a task's name, gives; 0 asks for a new ticket (T1, C3)."""
        number = self.settings[ZENDESK_TICKET]
        if number is None and self.leg.channel == "TASK":
            named = _TASK_NAME.fullmatch(self.leg.task_name or "")
            return int(named.group(1)) if named else None
        return number

    @cached_property
    def given_ticket(self) -> Ticket | None:
        """The ticket that was asked for, or None where none was or there is no such ticket.

        None as well where it is closed and Zendesk refuses its requester: it has no follow-up then (T16).
        """
        ticket = self.existing_ticket
        refused = ticket is not None and ticket.closed and ticket.requester in self.known.refused
        return None if refused else ticket

    @property
    def existing_ticket(self) -> Ticket | None:
        """The ticket that was asked for, with any requester."""
        if not self.asked_ticket:
            return None
        ticket: Ticket | None = self.known.get(TicketById(self.asked_ticket))
        return None if ticket is None or ticket.status == "deleted" else ticket

    @property
    def asks_for_new_ticket(self) -> bool:
        """Whether a new ticket was asked for, or one that does not exist (T1)."""
        return self.asked_ticket is not None and self.given_ticket is None

    @property
    def looks_back_to(self) -> datetime | None:
        """How far back a recent ticket is looked for (T3), or None where none is."""
        minutes = self.settings[RECENT_TICKET_TIMEOUT]
        if not minutes or self.outbound or self.asked_ticket is not None:
            return None
        return self.leg.began - timedelta(minutes=minutes)

    def _came_first(self, ticket: Ticket) -> bool:
        """Whether a ticket would be there had the records come in the order of their contacts.

        One that was made here for a later contact would not, unless that contact itself looked back as
        far as this one, and would have opened this one's ticket.
        """
        other = ticket.made_for
        if other is None or other.began <= self.leg.began:
            return True
        return other.looked_back_to is not None and other.looked_back_to <= (self.leg.ended or self.leg.began)

    @cached_property
    def recent_ticket(self) -> Ticket | None:
        """The recognised customer's recent ticket (T3), or None.

        The minutes count back from when the contact began, so that a late record decides alike.
        """
        user, since = self.customer.user, self.looks_back_to
        if since is None or user is None:
            return None
        recent = [
            ticket
            for ticket in self.known.get(TicketsRequestedBy(user.id, since))
            if ticket.status not in ("closed", "deleted")
            and ticket.updated >= since
            and self._came_first(ticket)
        ]
        return max(recent, key=lambda ticket: (ticket.updated, ticket.id), default=None)

    # When

    @property
    def too_old(self) -> bool:
        """Whether the contact began before this project's time, or ended long ago (T15).

        As of the record's own time, so that it does not matter when the record is processed.
        """
        return self.began_too_early or self.ended_long_ago

    @property
    def began_too_early(self) -> bool:
        """Whether the contact began before this project's time (T15)."""
        return self.app.settle_from is not None and self.leg.began < self.app.settle_from

    @property
    def ended_long_ago(self) -> bool:
        """Whether the contact had ended long before its record was written (T15)."""
        return self.leg.ended is not None and self.leg.updated - self.leg.ended > OLDEST_UNKNOWN

    @cached_property
    def unanswered(self) -> Unanswered | None:
        """Why no agent spoke with the customer (T13), or None where one did, or may yet."""
        return unanswered(self.leg, self.app.voicemail_attributes)

    @property
    def missed_without_ticket(self) -> bool:
        """Whether no agent spoke with the customer, and such contacts get no ticket (T13)."""
        return self.unanswered is not None and self.unanswered not in self.app.missed_contact_tickets

    @property
    def is_reported(self) -> bool:
        """Whether a leg is reported on its contact's ticket, where there is one (T12, T13).

        Of the later legs in which no agent spoke with the customer, those are that a customer waited in,
        or left a message in.
        """
        if self.leg.decides:
            return not self.missed_without_ticket
        if self.unanswered in (None, Unanswered.VOICEMAIL):
            return True
        return self.leg.queued and self.leg.channel != "TASK"

    @property
    def outbound(self) -> bool:
        """Whether the contact centre called the customer."""
        return self.leg.direction == "outbound"

    @property
    def left_to_agent(self) -> bool:
        """Whether the ticket is the agent's to choose by the setting (T8)."""
        return not self.automatic and self.settings[TICKET_ASSIGNMENT] == "agent"
