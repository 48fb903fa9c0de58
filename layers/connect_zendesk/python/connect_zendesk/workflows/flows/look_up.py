"""Looks a customer up for a contact flow, and saves what it found for when an agent accepts (F1).

The contact's number and attributes are in the block's event, and what was found saves the same question a
minute later: so acceptance needs no DescribeContact, and seldom a search.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connect_zendesk.amazon_connect.contact_flow import Invocation
from connect_zendesk.observability import logger
from connect_zendesk.rules.contacts import customer
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.contacts.lookups import (
    Known,
    LookUp,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByPhone,
)
from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.rules.flows.flow_answer import Answer
from connect_zendesk.rules.flows.flow_request import NothingToSearchBy
from connect_zendesk.workflows.customers import requesters
from connect_zendesk.workflows.flows.flow_snapshot import save_snapshot, try_save_snapshot
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import finding, tickets, users
from connect_zendesk.zendesk.errors import NotFound, ZendeskError
from connect_zendesk.zendesk.finding import Shown

Answers = dict[LookUp, Any]

_SETTLED = ("closed", "solved", "deleted")
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    """What a look-up came to: ``matches`` is how many there are, ``known`` what the rules may ask again."""

    user: Shown | None = None
    ticket: Shown | None = None
    other: Shown | None = None
    matches: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[LookUp, Any] = field(default_factory=dict)
    remembered: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is something to answer with."""
        return (self.user or self.ticket or self.other) is not None


def look_up(services: Services, invocation: Invocation, reply: Callable[[Answer], None]) -> None:
    """Do the look-up that the block's parameters ask for, ``reply`` to the flow, and save a snapshot.

    Raises `BadRequest`, `ZendeskError`, and what AWS raises where the app settings cannot be read.
    """
    found = Found()
    try:
        kind = flow_request.kind_of(invocation.parameters)
        with suppress(NothingToSearchBy, NotFound):
            found = _KINDS[kind.name](services, invocation)
        logger.info(
            "flow look-up answered",
            contact=invocation.leg.root_id,
            kind=kind.name,
            found=found.anything,
            matches=found.matches,
        )
        reply(_answer(invocation, found))
    finally:
        if not found.remembered:
            try_save_snapshot(services, invocation.leg, found.known)


def _answer(invocation: Invocation, found: Found) -> Answer:
    parameters = invocation.parameters
    carried = flow_request.carried_on(parameters)
    if found.remembered:
        return flow_answer.made_of("ok", None, carried)
    if not found.anything:
        return flow_answer.made_of("not found", found.matches, carried)
    wanted = flow_request.names_in(parameters, "return_fields")
    shown = [item for item in (found.ticket, found.user, found.other) if item is not None]
    return flow_answer.made_of(
        "ok",
        found.matches,
        flow_answer.of_user(found.user) if found.user is not None else {},
        flow_answer.of_ticket(found.ticket) if found.ticket is not None else {},
        found.extra,
        *(flow_answer.asked_for(item, wanted) for item in shown),
        carried,
        *(flow_answer.user_fields(item) for item in shown),
    )


def _user(services: Services, invocation: Invocation) -> Found:
    user_id = flow_request.number(invocation.parameters, "zendesk_user")
    user = finding.user(services.zendesk, user_id)
    known: Answers = {UserById(user_id): users.parse(user) if user is not None else None}
    return Found(user, matches=int(user is not None), known=known)


def _ticket(services: Services, invocation: Invocation) -> Found:
    number = flow_request.number(invocation.parameters, "zendesk_ticket")
    ticket = finding.ticket(services.zendesk, number)
    parsed = tickets.parse(ticket) if ticket is not None else None
    # Of a closed one it is asked when it is decided on whether it was merged into another (T1).
    known: Answers = {} if parsed is not None and parsed.closed else {TicketById(number): parsed}
    if ticket is not None and ticket.get("status") == "deleted":
        return Found(known=known)
    return Found(ticket=ticket, matches=int(ticket is not None), known=known)


def _caller(services: Services, invocation: Invocation) -> Found:
    """Find the user whose own number the caller's is, as the rules would (C4, C5)."""
    country = services.app.default_country
    number = customer.own_number(invocation.leg, country)
    if number is None:
        return Found()
    shown = {int(user["id"]): user for user in finding.users_with_phone(services.zendesk, number, country)}
    candidates = tuple(users.parse(user) for user in shown.values())
    if not any(requesters.is_reached_at(services, user, number) for user in candidates):
        made = requesters.made_for_number(services, number)
        if made is not None:
            others = tuple(user for user in candidates if user.id != int(made["id"]))
            shown[int(made["id"])] = made
            candidates = (*others, requesters.candidate(made, number))
    known: Answers = {UsersByPhone(number): candidates}
    bare = replace(invocation.leg, attributes={}, channel="VOICE")  # the number decides, whatever is set
    caller = customer.identify(bare, settings_of(bare, services.app), country, Known(known))
    if caller.user is None:
        return Found(matches=len(caller.candidates), known=known)
    found = _first([shown[caller.user.id]])
    return replace(found, known={**found.known, **known})


def _caller_and_ticket(services: Services, invocation: Invocation) -> Found:
    caller = _caller(services, invocation)
    if caller.user is None:
        return caller
    try:
        recent = _recent_ticket_of(services, invocation, int(caller.user["id"]))
    except ZendeskError:
        return caller  # who is calling is worth more than how many tickets they have
    open_tickets = {"open_tickets": str(recent.matches)}
    known = {**caller.known, **recent.known}
    if recent.ticket is None:
        return replace(caller, extra=open_tickets, known=known)
    return replace(recent, user=caller.user, extra=open_tickets, known=known)


def _recent_ticket(services: Services, invocation: Invocation) -> Found:
    user_id = flow_request.number(invocation.parameters, "zendesk_user")
    return _recent_ticket_of(services, invocation, user_id)


def _recent_ticket_of(services: Services, invocation: Invocation, user_id: int) -> Found:
    listed = finding.tickets_requested_by(services.zendesk, user_id)
    if listed is None:
        return Found()
    hours = flow_request.recent_hours(invocation.parameters)
    since = services.clock() - timedelta(hours=hours)
    by_id = {int(ticket["id"]): ticket for ticket in listed}
    read = tuple(tickets.parse(ticket) for ticket in listed)
    recent = [ticket for ticket in read if ticket.status not in _SETTLED and ticket.created >= since]
    newest = max(recent, key=lambda ticket: (ticket.updated, ticket.id), default=None)
    # One page: whether there are older tickets is known only as far back as it goes.
    reaches = _EVER if len(listed) < finding.PAGE else read[-1].updated
    complete_since = max(reaches, since)
    known: Answers = {
        TicketsRequestedBy(user_id, complete_since): tuple(
            ticket for ticket in read if ticket.updated >= complete_since
        )
    }
    return Found(ticket=by_id[newest.id] if newest else None, matches=len(recent), known=known)


def _custom_field(services: Services, invocation: Invocation) -> Found:
    condition = flow_request.field_condition(invocation.parameters)
    return _first(finding.users_matching(services.zendesk, condition))


def _email(services: Services, invocation: Invocation) -> Found:
    email = flow_request.email(invocation.parameters)
    shown = finding.users_matching(services.zendesk, f'email:"{email}"')
    answer = tuple(users.parse(user) for user in shown)
    found = _first(shown)
    return replace(found, known={**found.known, UsersByEmail(email): answer})


def _external_id(services: Services, invocation: Invocation) -> Found:
    external_id = flow_request.external_id(invocation.parameters)
    return _first(finding.users_with_external_id(services.zendesk, external_id))


def _template(services: Services, invocation: Invocation) -> Found:
    query = flow_request.filled_template(invocation.parameters)
    results, total = finding.search(services.zendesk, query, *flow_request.sorting(invocation.parameters))
    if " phone:" in f" {query}":
        # A number can be several users'; the one whose direct line it is comes first, as in the add-on.
        results.sort(key=lambda result: bool(result.get("shared_phone_number")))
    if not results:
        return Found()
    first = results[0]
    kind = first.get("result_type")
    if kind == "user":
        return Found(user=first, matches=total)
    return Found(ticket=first, matches=total) if kind == "ticket" else Found(other=first, matches=total)


def _remember(services: Services, invocation: Invocation) -> Found:
    """Save the snapshot before the answer, which is about nothing else."""
    save_snapshot(services, invocation.leg, last=True)
    return Found(remembered=True)


_KINDS: Mapping[str, Callable[[Services, Invocation], Found]] = {
    "zendesk_user": _user,
    "zendesk_ticket": _ticket,
    "calling_user": _caller,
    "find_calling_user": _caller_and_ticket,
    "most_recent_ticket": _recent_ticket,
    "custom_field": _custom_field,
    "template": _template,
    "user_email": _email,
    "external_id": _external_id,
    "remember": _remember,
}


def _first(shown: list[Shown]) -> Found:
    """Return the first user: known by id from now on, as flows put what is found into ``zendesk_user``."""
    if not shown:
        return Found()
    first = users.parse(shown[0])
    return Found(shown[0], matches=len(shown), known={UserById(first.id): first})
