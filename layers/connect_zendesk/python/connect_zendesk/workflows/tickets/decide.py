"""Asks the rules for a decision, looking up what they want to know."""

from typing import Any

from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import (
    AgentOf,
    Known,
    LookUp,
    PlaceholderUser,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from connect_zendesk.rules.model import User
from connect_zendesk.rules.tickets import ticket_decision
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.customers import requesters
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import open_ticket
from connect_zendesk.zendesk import tickets, users


def decide(
    services: Services,
    leg: Leg,
    stage: Stage,
    snapshot: Snapshot | None = None,
    asked: dict[LookUp, Any] | None = None,
) -> Decision:
    """Return what is decided about a contact's ticket. Raises `ZendeskError`.

    What the contact's ``snapshot`` has answers to is not asked again. What had to be asked is added to
    ``asked``, with the answers.
    """
    known, app = Known(), services.app
    while not isinstance(wanted := ticket_decision.decide(leg, app, known, stage), Decision):
        found = snapshot.answer(wanted, services.clock()) if snapshot else None
        answer = found.value if found else look_up(services, wanted)
        if found is None and asked is not None:
            asked[wanted] = answer
        if isinstance(wanted, TicketsRequestedBy):
            answer = tuple(open_ticket.made_for(services, ticket) for ticket in answer)
        known = known.with_answer(wanted, answer)
    _log(leg, wanted)
    return wanted


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
            made = requesters.made_for_number(services.ledger, e164)
            return found if made is None else (*found, User(made, phone=e164))
        case UsersByEmail(email):
            return users.with_email(zendesk, email)
        case UsersByName(name):
            return users.with_name(zendesk, name)
        case TicketById(ticket_id):
            given = tickets.by_id(zendesk, ticket_id)
            return tickets.after_merges(zendesk, given) if given is not None else None
        case TicketsRequestedBy(user_id, since):
            requested = tickets.requested_by(zendesk, user_id)
            return tuple(ticket for ticket in requested if ticket.updated >= since)
        case AgentOf(username, arn):
            return agents.zendesk_id(services, username, arn)
        case PlaceholderUser():
            return requesters.placeholder(services)


def _log(leg: Leg, decision: Decision) -> None:
    warnings = decision.settings.warnings
    if warnings:
        count(Metric.SETTING_IGNORED, len(warnings))
    logger.info(
        "ticket decided",
        contact=leg.root_id,
        action=decision.action,
        rule=decision.rule,
        reasons=[f"{reason.rule}: {reason.text}" for reason in decision.reasons],
        settings={
            name: decision.settings.by_name[name].source
            for reason in decision.reasons
            for name in reason.settings
            if name in decision.settings.by_name
        },
        ignored=[warning.for_log for warning in warnings],
    )
