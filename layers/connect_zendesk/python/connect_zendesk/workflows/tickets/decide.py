"""Asks the rules for a decision, looking up what they want to know."""

from typing import Any

from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import Known, LookUp, TicketsRequestedBy
from connect_zendesk.rules.tickets import ticket_decision
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import new_ticket
from connect_zendesk.workflows.tickets.look_ups import look_up


def decide(
    services: Services,
    leg: Leg,
    stage: Stage,
    snapshot: Snapshot | None = None,
    asked: dict[LookUp, Any] | None = None,
    known: Known | None = None,
) -> Decision:
    """Return what is decided about a contact's ticket. Raises `ZendeskError`.

    What the contact's ``snapshot`` has answers to is not asked again. What had to be asked is added to
    ``asked``, with the answers. ``known`` is what is known beforehand.
    """
    known, app = known or Known(), services.app
    while not isinstance(wanted := ticket_decision.decide(leg, app, known, stage), Decision):
        found = snapshot.answer(wanted, services.clock()) if snapshot else None
        answer = found.value if found else look_up(services, wanted)
        if found is None and asked is not None:
            asked[wanted] = answer
        if isinstance(wanted, TicketsRequestedBy):
            answer = tuple(new_ticket.made_for(services, ticket) for ticket in answer)
        known = known.with_answer(wanted, answer)
    _log(leg, wanted)
    return wanted


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
