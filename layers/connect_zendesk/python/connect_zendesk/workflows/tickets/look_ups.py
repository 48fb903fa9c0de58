"""Answers what the rules want to know, from Zendesk and from the ledger."""

from collections.abc import Callable
from typing import Any, TypeVar

from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    Known,
    LookUp,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    Unknown,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.customers import requesters
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import merges
from connect_zendesk.zendesk import tickets, users
from connect_zendesk.zendesk.errors import NotFound

T = TypeVar("T")


def look_up(services: Services, wanted: LookUp) -> Any:
    """Return what the rules want to know (see `rules.contacts.lookups`). Raises `ZendeskError`."""
    zendesk = services.zendesk
    match wanted:
        case UserById(user_id):
            return users.by_id(zendesk, user_id)
        case UsersByPhone(e164):
            found = users.with_phone(zendesk, e164, services.app.default_country)
            if any(requesters.is_reached_at(services, user, e164) for user in found):
                return found
            made = requesters.made_for_number(services, e164)
            if made is None:
                return found
            others = (user for user in found if user.id != int(made["id"]))
            return (*others, requesters.candidate(made, e164))
        case UsersByEmail(email):
            return users.with_email(zendesk, email)
        case UsersByName(name):
            return users.with_name(zendesk, name)
        case TicketById(ticket_id):
            ticket = tickets.by_id(zendesk, ticket_id)
            return merges.after_merges(services, ticket) if ticket is not None else None
        case TicketsRequestedBy(user_id, since):
            try:
                requested = tickets.requested_by(zendesk, user_id)
            except NotFound:
                # Merged or deleted, and search still has them: refused as requester, which is decided again.
                return ()
            return tuple(ticket for ticket in requested if ticket.updated >= since)
        case AgentOf(username, arn):
            return agents.zendesk_id(services, username, arn)
        case PlaceholderUser():
            return requesters.placeholder(services)


def answered(services: Services, ask: Callable[[Known], T], known: Known | None = None) -> T:
    """Return what the rules say once all is known that they want to know. Raises `ZendeskError`."""
    known = known or Known()
    while True:
        try:
            return ask(known)
        except Unknown as missing:
            known = known.with_answer(missing.look_up, look_up(services, missing.look_up))
